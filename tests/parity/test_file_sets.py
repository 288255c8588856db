"""Files below directories, images, series and splits as Keras 3 has them."""

import pathlib

import numpy as np
import pytest
from parity import packed
from parity.file_cases import image_results, make_files, set_results

from pykeras import utils
from pykeras.preprocessing import image

pytest.importorskip("PIL", reason="needs Pillow")

WANTED = packed.load(pathlib.Path(__file__).parent / "fixtures" / "file_sets.npz")


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    root = tmp_path_factory.mktemp("files")
    make_files(root)
    return {**set_results(utils, root), "functions": image_results(utils, image)}


def compare(ours, wanted, place):
    if isinstance(wanted, dict):
        assert set(ours) == set(wanted)
        for key, item in wanted.items():
            compare(ours[key], item, f"{place}/{key}")
    elif isinstance(wanted, list):
        assert len(ours) == len(wanted), place
        for number, (a, b) in enumerate(zip(ours, wanted)):
            compare(a, b, f"{place}/{number}")
    elif isinstance(wanted, np.ndarray):
        if place.startswith("images/2/"):  # grey: TensorFlow rounds otherwise, and keeps bytes with "nearest"
            assert ours.dtype == "float32" and np.abs(ours - wanted.astype("float32")).max() <= 1
            return
        assert ours.shape == wanted.shape and ours.dtype.kind == wanted.dtype.kind, place
        # TensorFlow takes bicubic weights from a table.
        atol = 0 if ours.dtype.kind != "f" else 0.2 if place.startswith("images/3/") else 2e-3
        np.testing.assert_allclose(ours, wanted, rtol=1e-5, atol=atol, err_msg=place)
    else:
        assert ours == wanted, place


@pytest.mark.parametrize("name", [name for name in WANTED if name != "keras"])
def test_same(found, name):
    compare(found[name], WANTED[name], name)
