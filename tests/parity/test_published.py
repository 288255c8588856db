"""Files that others published open and predict what real Keras predicts: see ``tools/published_files.py``.

The files are not part of the repository; ``PYKERAS_PUBLISHED`` names a folder that has them, or where to fetch them to.
"""

import importlib.util
import os
import pathlib

import numpy as np
import pytest

TOOL = pathlib.Path(__file__).parents[2] / "tools" / "published_files.py"
FOLDER = os.environ.get("PYKERAS_PUBLISHED")


def tool():
    spec = importlib.util.spec_from_file_location("published_files", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(not FOLDER, reason="PYKERAS_PUBLISHED names no folder with the files")
def test_published_files_open_and_predict_what_was_recorded():
    published = tool()
    paths = published.fetch(FOLDER)
    assert len(paths) == len(published.FILES) >= 5
    for name, path in paths.items():
        published.check(name, path)


def test_the_record_holds_every_file():
    published = tool()
    with np.load(published.RECORD) as record:
        assert set(record.files) == set(published.FILES)
