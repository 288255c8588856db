"""Text, sequences and images brought to arrays; ``*_from_*`` make data sets of files and of series."""

import importlib

# Name -> module it comes from.
_EXPORTS = {
    "image_dataset_from_directory": "pykeras.utils.image_directories",
    "text_dataset_from_directory": "pykeras.utils.text_directories",
    "timeseries_dataset_from_array": "pykeras.utils.timeseries",
}
_MODULES = ("image", "sequence", "text")

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
