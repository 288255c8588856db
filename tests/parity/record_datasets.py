"""Records what Keras 3 makes of small files of data: `KERAS_BACKEND=jax python record_datasets.py`."""

import importlib
import json
import pathlib
import tempfile

from dataset_cases import CASES, as_lists, make_files

found = []
with tempfile.TemporaryDirectory() as directory:
    paths = make_files(pathlib.Path(directory))
    for name, kwargs in CASES:
        module = importlib.import_module(f"keras.src.datasets.{name}")
        module.get_file = lambda *args, name=name, **kwargs: str(paths[name])
        found.append(as_lists(module.load_data(**kwargs)))
path = pathlib.Path(__file__).parent / "fixtures" / "datasets.json"
path.write_text(json.dumps(found, separators=(",", ":")))
