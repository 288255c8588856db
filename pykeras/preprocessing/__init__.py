"""Text, sequences and images brought to arrays; ``*_from_*`` make data sets of files and of series."""

import importlib

# Name -> module it comes from.
_EXPORTS = {}
_MODULES = ("sequence", "text")

__all__ = sorted({*_EXPORTS, *_MODULES})


def __getattr__(name):
    if name in _MODULES:
        return importlib.import_module(f"pykeras.preprocessing.{name}")
    if name not in _EXPORTS:
        raise AttributeError(f"module 'pykeras.preprocessing' has no attribute {name!r}")
    value = getattr(importlib.import_module(_EXPORTS[name]), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})
