"""The examples in docstrings run."""

import doctest
import importlib
import pkgutil

import numpy as np
import pytest

import pykeras


def modules():
    found = [name for _, name, _ in pkgutil.walk_packages(pykeras.__path__, "pykeras.")]
    return ["pykeras", *(name for name in found if name != "pykeras._core")]


@pytest.mark.parametrize("name", modules())
def test_doctests(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    names = {"np": np, "pykeras": pykeras, "keras": pykeras, **vars(module)}
    finder, runner = doctest.DocTestFinder(exclude_empty=True), doctest.DocTestRunner(optionflags=flags)
    report = []
    for test in (each for each in finder.find(module, name, globs=names) if each.examples):
        pykeras.utils.set_random_seed(0)
        pykeras.utils.clear_session()
        runner.run(test, out=report.append)
    assert not runner.failures, "".join(report)
