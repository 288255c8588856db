"""Records Keras 2's image generators: `python record_generators.py` (with tensorflow, tf_keras, SciPy and Pillow)."""

import pathlib
import tempfile

import packed
import tf_keras
from generator_cases import results

with tempfile.TemporaryDirectory() as directory:
    content = results(tf_keras.preprocessing.image, pathlib.Path(directory))
packed.save(pathlib.Path(__file__).parent / "fixtures" / "generators.npz", content)
