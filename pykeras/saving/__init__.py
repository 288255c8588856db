"""Models and weights in files, and the names under which objects are known there."""

from __future__ import annotations

import os

from pykeras.registry import (
    CustomObjectScope,
    custom_object_scope,
    deserialize_keras_object,
    enable_unsafe_deserialization,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
    serialize_keras_object,
)
from pykeras.saving import files

_HDF5 = (".h5", ".hdf5", ".he5", ".keras_h5")
_FORMATS = {"h5": "h5", "hdf5": "h5", "keras": "keras", "tf": "tf"}


def _format(path, save_format=None):
    """``"h5"``, or an error that says what the path or format asks for instead."""
    if files.is_group(path):
        return "h5"
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"filepath: expected a path or an open h5py file, got {path!r}")
    name = os.fspath(path)
    if save_format is not None and save_format not in _FORMATS:
        raise ValueError(f"save_format: expected one of {', '.join(map(repr, _FORMATS))}, got {save_format!r}")
    wanted = _FORMATS.get(save_format)
    if wanted is None and name.endswith(_HDF5):
        wanted = "weights.h5" if name.endswith(".weights.h5") else "h5"
    if wanted is None:
        wanted = "keras" if name.endswith(".keras") else None
    if wanted == "h5":
        return wanted
    if wanted is None:
        raise ValueError(f"{name}: the suffix says no format that is known here; use .h5 (or save_format='h5')")
    what = {"keras": "the .keras format", "weights.h5": "Keras 3's .weights.h5 format",
            "tf": "TensorFlow's SavedModel format"}[wanted]  # fmt: skip
    raise NotImplementedError(f"{name}: {what} is not supported yet; use a name that ends in .h5 (not .weights.h5)")


def _may_write(path, overwrite):
    return overwrite or files.is_group(path) or files.ask_to_overwrite(os.fspath(path))


def save_model(model, filepath, overwrite=True, save_format=None, include_optimizer=True, **kwargs):
    """Saves a model: structure, weights, compilation, optimizer state.

    Arguments:
        model: Sequential or functional.
        filepath: path ending in ``.h5``, or an open h5py file.
        overwrite: replace a file that exists without asking.
        save_format: ``"h5"``, whatever the suffix.
        include_optimizer: whether to save compilation and optimizer state.

    Raises:
        NotImplementedError: a subclassed model, or a format that is not supported yet.
        FileExistsError: with ``overwrite=False`` and nobody to ask.
        OSError: the file cannot be written; one that was there stays.
    """
    from pykeras.saving import legacy_hdf5

    kwargs.pop("signatures", None), kwargs.pop("options", None), kwargs.pop("save_traces", None)
    if kwargs:
        raise TypeError(f"save_model: unknown argument {next(iter(kwargs))!r}")
    _format(filepath, save_format)
    if _may_write(filepath, overwrite):
        legacy_hdf5.save_model(model, filepath, include_optimizer)


def load_model(filepath, custom_objects=None, compile=True, safe_mode=True):
    """The model of a file.

    Arguments:
        filepath: of an HDF5 file written here, by tf_keras or Keras; or an open h5py file.
        custom_objects: dict from name to your own classes and functions.
        compile: whether to compile it as it was, with the optimizer's state.
        safe_mode: True refuses code stored in the file.

    Raises:
        FileNotFoundError, OSError, ValueError, TypeError: no such file, a damaged or foreign one, unknown names in it.
    """
    from pykeras.saving import legacy_hdf5

    _check_readable(filepath)
    return legacy_hdf5.load_model(filepath, custom_objects, compile, safe_mode)


def _check_readable(path):
    if files.is_group(path):
        return
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"filepath: expected a path or an open h5py file, got {path!r}")
    if not os.path.exists(path):
        raise FileNotFoundError(f"no file {os.fspath(path)!r} (working directory {os.getcwd()})")
    if os.path.isdir(path):
        raise NotImplementedError(f"{os.fspath(path)} is a folder: TensorFlow's SavedModel format is not supported")
    with open(path, "rb") as file:
        if file.read(4) == b"PK\x03\x04":
            raise NotImplementedError(
                f"{os.fspath(path)}: the .keras format is not supported yet; save the model as .h5"
            )


def save_weights(model, filepath, overwrite=True, save_format=None, **kwargs):
    """Saves the weights of any model.

    Arguments and errors as for ``save_model``; subclassed models are fine.
    """
    from pykeras.saving import legacy_hdf5

    kwargs.pop("options", None)
    if kwargs:
        raise TypeError(f"save_weights: unknown argument {next(iter(kwargs))!r}")
    _format(filepath, save_format)
    if _may_write(filepath, overwrite):
        legacy_hdf5.save_weights(model, filepath)


def load_weights(model, filepath, by_name=False, skip_mismatch=False, **kwargs):
    """Loads weights into a model.

    Arguments:
        model: of the same structure as the one saved, built.
        filepath: of a file of weights or of a whole model.
        by_name: load the layers whose names agree, whatever the rest.
        skip_mismatch: leave out layers whose weights do not fit, with a warning.

    Raises:
        FileNotFoundError, OSError: no such file, no HDF5 file, or a damaged one.
        ValueError: numbers of layers or weights, or shapes differ (named with both sides).
    """
    from pykeras.saving import legacy_hdf5

    kwargs.pop("options", None)
    if kwargs:
        raise TypeError(f"load_weights: unknown argument {next(iter(kwargs))!r}")
    _check_readable(filepath)
    legacy_hdf5.load_weights(model, filepath, by_name, skip_mismatch)


__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "deserialize_keras_object",
    "enable_unsafe_deserialization",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "load_model",
    "load_weights",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
]
