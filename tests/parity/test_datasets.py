"""Data sets as Keras 3 makes them of the same files."""

import importlib
import json
import pathlib

import pytest
from parity.dataset_cases import CASES, as_lists, make_files

from pykeras.utils.downloads import hash_file

WANTED = json.loads((pathlib.Path(__file__).parent / "fixtures" / "datasets.json").read_text())


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda n: f"{n}-{CASES[n][0]}")
def test_same(number, tmp_path, monkeypatch):
    name, kwargs = CASES[number]
    path = make_files(tmp_path)[name]
    module = importlib.import_module(f"pykeras.datasets.{name}")
    monkeypatch.setattr(module, "_SHA256", hash_file(path))
    assert as_lists(module.load_data(path=str(path), **kwargs)) == WANTED[number]
