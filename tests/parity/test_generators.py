"""Keras 2's image generators draw and make the same images."""

import pathlib

import numpy as np
import pytest
from parity import packed

pytest.importorskip("PIL", reason="needs Pillow")

from parity.generator_cases import results  # noqa: E402

from pykeras.preprocessing import image  # noqa: E402

WANTED = packed.load(pathlib.Path(__file__).parent / "fixtures" / "generators.npz")


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return results(image, tmp_path_factory.mktemp("images"))


def compare(ours, wanted, place):
    if isinstance(wanted, (list, tuple)):
        assert len(ours) == len(wanted), place
        for number, (a, b) in enumerate(zip(ours, wanted)):
            compare(a, b, f"{place}/{number}")
    elif isinstance(wanted, np.ndarray):
        assert ours.shape == wanted.shape, place
        np.testing.assert_allclose(ours, wanted, rtol=1e-4, atol=2e-3, err_msg=place)
    else:
        assert ours == wanted, place


@pytest.mark.parametrize("name", WANTED)
def test_same(found, name):
    compare(found[name], WANTED[name], name)
