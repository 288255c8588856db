"""Pickled arrays and lists, and nothing else: no pickle read here can name a function to run."""

from __future__ import annotations

import pickle
import zipfile

import numpy as np

_RECONSTRUCT = np.empty(0).__reduce__()[0]  # wherever this NumPy has it
_ALLOWED = {
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("numpy.core.multiarray", "_reconstruct"): _RECONSTRUCT,
    ("numpy._core.multiarray", "_reconstruct"): _RECONSTRUCT,
}


class ArrayUnpickler(pickle.Unpickler):
    """Makes arrays, lists, tuples, dicts, numbers and strings; refuses every other class and function.

    Raises:
        pickle.UnpicklingError: something else, naming it.
    """

    def find_class(self, module, name):
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} is not allowed in a file of data")
        return _ALLOWED[module, name]


def load_arrays(path, names):
    """Arrays of an ``.npz`` file, arrays of objects among them.

    Raises:
        ValueError, KeyError, EOFError, pickle.UnpicklingError, zipfile.BadZipFile: a damaged file, or one that holds
            other things.
    """
    arrays = []
    with zipfile.ZipFile(path) as archive:
        for name in names:
            with archive.open(f"{name}.npy") as file:
                version = np.lib.format.read_magic(file)
                read = {1: np.lib.format.read_array_header_1_0, 2: np.lib.format.read_array_header_2_0}.get(version[0])
                if read is None:
                    raise ValueError(f"{name}: format {version} of .npy")
                shape, _, dtype = read(file)
                if not dtype.hasobject:
                    with archive.open(f"{name}.npy") as whole:
                        arrays.append(np.lib.format.read_array(whole, allow_pickle=False))
                    continue
                array = ArrayUnpickler(file, encoding="latin1").load()
                if not isinstance(array, np.ndarray) or array.shape != shape:
                    raise ValueError(f"{name}: expected an array of shape {shape}")
                arrays.append(array)
    return arrays
