"""Spectrogram layers against the numbers of Keras 3."""

import pathlib

import numpy as np
import pytest
from parity.spectrogram_cases import CASES

import pykeras
from pykeras import layers

NUMBERS = np.load(pathlib.Path(__file__).parent / "fixtures" / "spectrograms.npz")


@pytest.mark.parametrize("name", CASES)
def test_values_shapes_and_configuration(name):
    kind, config, x = CASES[name]
    layer = getattr(layers, kind)(**config)
    y = layer(x)
    want = NUMBERS[name]
    np.testing.assert_allclose(y.numpy(), want, rtol=2e-4, atol=1e-4 if name in ("log", "mel") else 2e-5)
    assert tuple(layer.compute_output_shape(x.shape)) == want.shape
    symbol = layer(pykeras.Input(x.shape[1:]))
    assert symbol.shape[1:] == want.shape[1:]
    again = layers.deserialize(layers.serialize(layer))
    np.testing.assert_array_equal(again(x).numpy(), y.numpy())


def test_errors():
    with pytest.raises(ValueError, match="fft_length: expected at least frame_length"):
        layers.STFTSpectrogram(frame_length=16, fft_length=8)
    with pytest.raises(ValueError, match="min_freq < max_freq"):
        layers.MelSpectrogram(min_freq=100.0, max_freq=50.0)
    with pytest.raises(ValueError, match="expected floats with 3 axes"):
        layers.STFTSpectrogram()(np.ones((2, 3)))
