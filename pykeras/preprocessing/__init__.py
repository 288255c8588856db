"""Text, sequences and images brought to arrays; ``*_from_*`` make data sets of files and of series."""

from pykeras import lazy

# Name -> module it comes from.
_EXPORTS = {
    "image_dataset_from_directory": "pykeras.utils.image_directories",
    "text_dataset_from_directory": "pykeras.utils.text_directories",
    "timeseries_dataset_from_array": "pykeras.utils.timeseries",
}
_MODULES = ("image", "sequence", "text")

__all__ = sorted({*_EXPORTS, *_MODULES})

__getattr__, __dir__ = lazy.namespace(__name__, _EXPORTS, _MODULES)
