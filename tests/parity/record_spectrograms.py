"""Records Keras 3's spectrograms: `KERAS_BACKEND=jax python record_spectrograms.py`."""

import pathlib

import numpy as np
from keras import layers
from spectrogram_cases import CASES

found = {name: np.asarray(getattr(layers, layer)(**config)(x)) for name, (layer, config, x) in CASES.items()}
np.savez_compressed(pathlib.Path(__file__).parent / "fixtures" / "spectrograms.npz", **found)
