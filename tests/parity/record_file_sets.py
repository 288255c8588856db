"""Records what Keras 3 reads from files: `KERAS_BACKEND=tensorflow python record_file_sets.py` (with Pillow)."""

import pathlib
import tempfile

import keras
import packed
from file_cases import image_results, make_files, set_results

with tempfile.TemporaryDirectory() as directory:
    make_files(pathlib.Path(directory))
    content = set_results(keras.utils, pathlib.Path(directory))
content["functions"] = image_results(keras.utils, keras.preprocessing.image)
packed.save(pathlib.Path(__file__).parent / "fixtures" / "file_sets.npz", {"keras": keras.__version__, **content})
