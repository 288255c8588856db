"""Files of one format and dialect into another."""

from __future__ import annotations

import os
import warnings

from pykeras.saving import atomic, keras_archive, legacy_hdf5, text

DIALECTS = ("keras2", "keras3")
_TEXT = {".json": (text.to_json, text.model_from_json), ".yaml": (text.to_yaml, text.model_from_yaml),
         ".yml": (text.to_yaml, text.model_from_yaml)}  # fmt: skip


def convert(source, target, dialect=None, custom_objects=None, safe_mode=True):
    """Writes the model of one file into another.

    Arguments:
        source: of a whole model, of any Keras; or its structure as ``.json`` or ``.yaml``, to go into the other.
        target: ending in ``.keras``, ``.h5``, ``.onnx``, ``.json`` or ``.yaml`` (the last two hold no weights).
        dialect: ``"keras3"`` or ``"keras2"`` (tf_keras); by default Keras 3's for ``.keras`` and Keras 2's for ``.h5``.
        custom_objects: dict from name to your own classes and functions.
        safe_mode: True refuses code stored in the file.

    Returns:
        The model.

    Raises:
        ValueError: a suffix or dialect that is not known; weights alone; what the target's form cannot hold.
        OSError: files that cannot be read or written.
    """
    from pykeras import models

    source, target = os.fspath(source), os.fspath(target)
    if dialect not in (None, *DIALECTS):
        raise ValueError(f"dialect: expected one of {', '.join(DIALECTS)}, got {dialect!r}")
    if target.endswith(".weights.h5"):
        raise ValueError(f"{target}: to keep weights alone, load the model and call save_weights")
    reader = _TEXT.get(os.path.splitext(source)[1])
    suffix = os.path.splitext(target)[1]
    if suffix not in (".keras", ".h5", ".hdf5", ".onnx", *_TEXT):
        raise ValueError(f"{target}: expected a name ending in .keras, .h5, .onnx, .json or .yaml")
    if reader and suffix not in _TEXT:
        raise ValueError(f"{source} holds no weights, which {target} needs")
    if suffix in _TEXT and dialect == "keras2":
        raise ValueError(f"{target}: JSON and YAML are written in Keras 3's form")
    if reader:
        with open(source, encoding="utf8") as file:
            model = reader[1](file.read(), custom_objects, safe_mode)
    else:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*was not compiled when it was saved")
            model = models.load_model(source, custom_objects, safe_mode=safe_mode)
    if suffix in _TEXT:
        with atomic.replacing(target) as temporary, open(temporary, "w", encoding="utf8") as file:
            file.write(_TEXT[suffix][0](model))
    elif suffix == ".onnx":
        model.export(target)
    elif suffix == ".keras":
        keras_archive.save_model(model, target, dialect=dialect or "keras3")
    else:
        legacy_hdf5.save_model(model, target, dialect=dialect or "keras2")
    return model
