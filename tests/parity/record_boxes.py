"""Records what Keras 3 makes of boxes: `KERAS_BACKEND=jax python record_boxes.py`."""

import pathlib

import keras
import numpy as np
import packed
from box_cases import results

found = {name: np.asarray(value) for name, value in results(keras.utils.bounding_boxes).items()}
packed.save(pathlib.Path(__file__).parent / "fixtures" / "boxes.npz", found)
