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
from pykeras.saving import archive, atomic, files
from pykeras.saving.limits import limits

# Suffix to format; the longest that fits counts.
_SUFFIXES = {".weights.h5": "weights.h5", ".keras": "keras", ".h5": "h5", ".hdf5": "h5", ".he5": "h5"}
_FORMATS = {"h5": "h5", "hdf5": "h5", "keras": "keras"}
_SAVED_MODEL = "TensorFlow's SavedModel format, which needs TensorFlow"


def _format(path, save_format=None, weights=False):
    """The format to write: ``"keras"``, ``"h5"`` or ``"weights.h5"``; ``save_format`` says more than the suffix."""
    if files.is_group(path):
        return "h5"
    if hasattr(path, "write") and not weights:
        return "keras"
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"filepath: expected a path or an open file, got {path!r}")
    name = os.fspath(path)
    if save_format == "tf":
        raise ValueError(f"{name}: save_format='tf' is {_SAVED_MODEL}; use 'keras' or 'h5'")
    if save_format is not None and save_format not in _FORMATS:
        raise ValueError(f"save_format: expected 'keras' or 'h5', got {save_format!r}")
    by_suffix = next((kind for suffix, kind in _SUFFIXES.items() if name.endswith(suffix)), None)
    wanted = _FORMATS.get(save_format, by_suffix)
    if by_suffix == "weights.h5" and not weights:
        raise ValueError(f"{name}: the suffix .weights.h5 is for weights alone: use save_weights(), or another name")
    if wanted is None:
        raise ValueError(f"{name}: the suffix says no format; use .weights.h5 or .h5" if weights else
                         f"{name}: the suffix says no format; use .keras (or .h5, which older Keras opens)")  # fmt: skip
    if weights and wanted == "keras":
        raise ValueError(f"{name}: weights alone are saved as .weights.h5 or .h5; .keras is for whole models")
    return "weights.h5" if weights and by_suffix == "weights.h5" and save_format is None else wanted


def _may_write(path, overwrite):
    return overwrite or not isinstance(path, (str, os.PathLike)) or atomic.ask_to_overwrite(os.fspath(path))


def save_model(model, filepath, overwrite=True, save_format=None, include_optimizer=True, zipped=None, **kwargs):
    """Saves a model: structure, weights, compilation, optimizer state.

    Arguments:
        model: any with weights.
        filepath: path ending in ``.keras`` (of Keras 3), or ``.h5`` (of Keras 2, Sequential and functional models
            only); or an open file: h5py's, or a binary one for a ``.keras`` archive.
        overwrite: replace a file that exists without asking.
        save_format: ``"keras"`` or ``"h5"``, whatever the suffix.
        include_optimizer: whether to save compilation and optimizer state.
        zipped: True or None; ``.keras`` files are archives.

    Raises:
        ValueError: a suffix without a format, an unknown argument; the model holds what the format cannot, or has no
            weights yet (``.h5``; a ``.keras`` file takes it).
        NotImplementedError: a subclassed model in an ``.h5`` file.
        FileExistsError: with ``overwrite=False`` and nobody to ask.
        OSError: the file cannot be written; one that was there stays.
    """
    from pykeras.saving import keras_archive, legacy_hdf5

    for name in ("signatures", "options", "save_traces"):  # of SavedModel, None unless that is meant
        if kwargs.pop(name, None) not in (None, True):
            raise ValueError(f"save_model: {name} belongs to {_SAVED_MODEL}")
    if kwargs:
        raise ValueError(f"save_model: the arguments {', '.join(kwargs)} are not supported")
    if zipped is False:
        raise ValueError(
            "save_model: zipped=False (a folder) is not written: a file can be replaced whole, a folder not"
        )
    writer = {"keras": keras_archive, "h5": legacy_hdf5}[_format(filepath, save_format)]
    if _may_write(filepath, overwrite):
        writer.save_model(model, filepath, include_optimizer)


def load_model(filepath, custom_objects=None, compile=True, safe_mode=True):
    """The model of a file, whichever Keras wrote it.

    Arguments:
        filepath: of a ``.keras`` or HDF5 file (what it holds decides, not its name); of a folder that Keras 3 wrote with
            ``zipped=False``; or an open file, h5py's or binary.
        custom_objects: dict from name to your own classes and functions.
        compile: whether to compile it as it was, with the optimizer's state.
        safe_mode: True refuses code stored in the file.

    Raises:
        FileNotFoundError, OSError, ValueError, TypeError: no such file, a damaged or foreign one, unknown names in it.
    """
    from pykeras.saving import keras_archive, legacy_hdf5

    reader = keras_archive if _is_archive(filepath) else legacy_hdf5
    return reader.load_model(filepath, custom_objects, compile, safe_mode)


class NoSuchFile(FileNotFoundError, ValueError):
    """There is no such file: an OSError as Python has it, and the ValueError that Keras raises."""


def _is_archive(path):
    """Whether a file is a zip archive, by its first bytes."""
    if files.is_group(path):
        return False
    if hasattr(path, "read"):
        start = path.read(len(archive.SIGNATURE))
        path.seek(0)
        return start == archive.SIGNATURE
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"filepath: expected a path or an open file, got {path!r}")
    if not os.path.exists(path):
        raise NoSuchFile(f"no file {os.fspath(path)!r} (working directory {os.getcwd()})")
    if os.path.isdir(path):
        if os.path.isfile(os.path.join(path, "config.json")):  # of Keras 3, written with zipped=False
            return True
        raise OSError(f"{os.fspath(path)} is a folder; {_SAVED_MODEL} is not read")
    with open(path, "rb") as file:
        return file.read(len(archive.SIGNATURE)) == archive.SIGNATURE


def save_weights(model, filepath, overwrite=True, max_shard_size=None, save_format=None, **kwargs):
    """Saves the weights of any model.

    Arguments:
        model: with weights.
        filepath: path ending in ``.weights.h5`` (of Keras 3; with the optimizer's state) or ``.h5`` (of Keras 2).
        overwrite: replace a file that exists without asking.
        max_shard_size: must be None: a file can be replaced whole, several not.
        save_format: ``"h5"`` for Keras 2's form, whatever the suffix.

    Raises:
        As ``save_model``.
    """
    from pykeras.saving import legacy_hdf5, state

    kwargs.pop("options", None)
    if kwargs:
        raise ValueError(f"save_weights: invalid keyword arguments: {', '.join(kwargs)}")
    if max_shard_size is not None:
        raise ValueError("save_weights: max_shard_size: weights are written into one file, which has no limit of size")
    wanted = _format(filepath, save_format, weights=True)
    if not _may_write(filepath, overwrite):
        return
    if wanted == "h5":
        legacy_hdf5.save_weights(model, filepath)
        return
    model.weights  # noqa: B018 - raises for a model without weights, before a file is begun
    with files.writing(filepath) as file:
        state.write(file, model)


def load_weights(model, filepath, by_name=False, skip_mismatch=False, **kwargs):
    """Loads weights into a model.

    Arguments:
        model: of the same structure as the one saved, built.
        filepath: of a file of weights or of a whole model, of any Keras; of the ``.weights.json`` of a file in shards.
        by_name: load the layers whose names agree, whatever the rest.
        skip_mismatch: leave out layers whose weights do not fit, with a warning.

    Raises:
        FileNotFoundError, OSError: no such file, neither HDF5 nor zip, or a damaged one.
        ValueError: numbers of layers or weights, or shapes differ (named with both sides).
    """
    from pykeras.saving import keras_archive, legacy_hdf5

    kwargs.pop("options", None)
    if kwargs:
        raise ValueError(f"load_weights: invalid keyword arguments: {', '.join(kwargs)}")
    if not _is_archive(filepath):
        if isinstance(filepath, (str, os.PathLike)) and os.fspath(filepath).endswith(".json"):
            from pykeras.saving import shards

            with shards.joined(filepath) as whole:
                legacy_hdf5.load_weights(model, whole, by_name, skip_mismatch)
            return
        legacy_hdf5.load_weights(model, filepath, by_name, skip_mismatch)
        return
    with archive.opened(filepath) as opened, opened.unpacked(keras_archive.WEIGHTS) as weights:
        legacy_hdf5.load_weights(model, weights, by_name, skip_mismatch)


def __getattr__(name):
    if name == "KerasFileEditor":
        from pykeras.saving.editor import KerasFileEditor

        return KerasFileEditor
    raise AttributeError(f"module 'pykeras.saving' has no attribute {name!r}")


__all__ = [
    "CustomObjectScope",
    "KerasFileEditor",
    "custom_object_scope",
    "deserialize_keras_object",
    "enable_unsafe_deserialization",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "limits",
    "load_model",
    "load_weights",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
]
