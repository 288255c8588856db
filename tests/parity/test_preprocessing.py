"""Preprocessing layers give what Keras 3 (on TensorFlow and JAX) and tf_keras give."""

import json
import pathlib

import numpy as np
import pytest
from parity.preprocessing_cases import CASES, called, made, name_of

from pykeras import layers

RECORDED = json.loads((pathlib.Path(__file__).parent / "fixtures" / "preprocessing.json").read_text("utf-8"))


@pytest.mark.parametrize("number", range(len(CASES)), ids=name_of)
def test_as_recorded(number):
    entry = CASES[number]
    layer = made(layers, entry)
    assert RECORDED[name_of(number)]
    for which, recorded in RECORDED[name_of(number)].items():
        for inputs, wanted in zip(entry["inputs"], recorded["outputs"], strict=True):
            found = called(layer, entry, inputs).numpy()
            wanted = np.array(wanted)
            assert found.shape == wanted.shape, which
            np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=2e-5, err_msg=which)
        if "vocabulary" in recorded:
            assert layer.get_vocabulary() == recorded["vocabulary"], which
        if "boundaries" in recorded:
            np.testing.assert_allclose(layer.bin_boundaries, recorded["boundaries"], rtol=1e-5, atol=1e-5)
