"""FeatureSpace gives what Keras 3's gives, and opens its files."""

import pathlib

import numpy as np
import pytest
from parity import packed
from parity.feature_space_cases import CASES, DATA, NEW, made, of

import pykeras
from pykeras.utils import FeatureSpace

RECORDED = packed.load(pathlib.Path(__file__).parent / "fixtures" / "feature_space.npz")


def check_outputs(found, wanted):
    if isinstance(found, dict):
        assert list(found) == list(wanted)
        for name, value in found.items():
            check_outputs(value, wanted[name])
        return
    assert found.dtype == wanted["dtype"]
    assert found.shape == wanted["values"].shape
    np.testing.assert_allclose(found.numpy(), wanted["values"], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_as_recorded(name):
    entry, recorded = CASES[name], RECORDED[name]
    pykeras.utils.clear_session()
    space = made(FeatureSpace, entry)
    space.adapt(of(entry, DATA))
    check_outputs(space(of(entry, NEW)), recorded["batch"])
    check_outputs(space({key: values[0] for key, values in of(entry, NEW).items()}), recorded["single"])
    encoded = space.get_encoded_features()
    shapes = {n: list(t.shape) for n, t in encoded.items()} if isinstance(encoded, dict) else list(encoded.shape)
    assert shapes == recorded["shapes"]
    assert {key: layer.name for key, layer in space.preprocessors.items()} == recorded["preprocessors"]


def test_opens_a_file_of_keras(tmp_path):
    path = tmp_path / "space.keras"
    path.write_bytes(RECORDED["file"].tobytes())
    space = pykeras.models.load_model(path)
    assert isinstance(space, FeatureSpace)
    check_outputs(space(of(CASES["parameters"], NEW)), RECORDED["parameters"]["batch"])
