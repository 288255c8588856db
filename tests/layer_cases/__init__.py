"""Cases of layers, a file per family. ``parity/record_layers.py`` asks real Keras, ``parity/test_layers.py`` asks us.

To add a family: write ``layer_cases/<family>.py`` with a list ``CASES``, run ``record_layers.py <family>`` and commit
the table and ``parity/fixtures/layers_<family>.npz``. Nothing here imports Keras or pykeras.
"""

import importlib
import pathlib

from .case import Case, Make, Values, bools, floats, given, ints, same

_HERE = pathlib.Path(__file__).parent
FAMILIES = sorted(path.stem for path in _HERE.glob("*.py") if path.stem not in ("__init__", "case"))


def cases(family):
    """The cases of one family. Their names differ."""
    found = importlib.import_module(f"layer_cases.{family}").CASES
    names = [case.name for case in found]
    for name in names:
        assert names.count(name) == 1, f"{family}: two cases are called {name!r}: give one of them a note="
    return found


__all__ = ["FAMILIES", "Case", "Make", "Values", "bools", "cases", "floats", "given", "ints", "same"]
