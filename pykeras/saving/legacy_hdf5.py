"""Whole models in HDF5 files, in tf_keras's layout: ``model_config``, ``model_weights``, ``training_config``,
``optimizer_weights``. Files of tf_keras 2.x, and Keras 3's of the same layout, are read."""

from __future__ import annotations

import json
import warnings

from pykeras import registry
from pykeras.saving import dialects, files, keras_archive, optimizer_hdf5, state, training_config, weights_hdf5
from pykeras.saving.limits import limits


def save_model(model, path, include_optimizer=True, dialect="keras2"):
    """Writes structure, weights, what ``compile`` was told, and the optimizer's state.

    Keras 3.15 opens such files only with ``compile=False`` (also its own), and only in its own form when there is a
    model inside a model; ``.keras`` is the better file for it.

    Arguments:
        model: a Sequential or functional model with weights.
        path: of the file, or an open h5py file or group.
        include_optimizer: whether to write the last two.
        dialect: ``"keras2"`` for Keras 2 and tf_keras, or ``"keras3"``.

    Raises:
        NotImplementedError: a subclassed model, whose structure is code.
        ValueError: the model has no weights yet, or holds an op that the format has no word for.
        OSError: the file cannot be written; one that was there stays.

    Example:
        >>> import os, tempfile, pykeras
        >>> model = pykeras.Sequential([pykeras.layers.Dense(2, input_shape=(3,))])
        >>> path = os.path.join(tempfile.mkdtemp(), "model.h5")
        >>> save_model(model, path)
        >>> (load_model(path, compile=False).get_weights()[0] == model.get_weights()[0]).all().item()
        True
    """
    _check_can_be_described(model)
    model.weights  # noqa: B018 - raises for a model without weights, before a file is begun
    with registry.self_contained():
        config = model_config(model, dialect)
    compilation = training_config.write(model, dialect) if include_optimizer and model.compiled else None
    with files.writing(path) as file:
        file.attrs["keras_version"] = weights_hdf5.VERSIONS[dialect].encode()
        file.attrs["backend"] = weights_hdf5.BACKEND.encode()
        file.attrs["model_config"] = json.dumps(config).encode()
        weights_hdf5.write(file.create_group("model_weights"), model)
        if compilation is None:
            return
        file.attrs["training_config"] = json.dumps(compilation, default=_json).encode()
        if model.optimizer is not None and model.optimizer.built:
            optimizer_hdf5.write(file.create_group("optimizer_weights"), model.optimizer)


def _check_can_be_described(model):
    from pykeras.models import Functional, Sequential

    if not isinstance(model, (Functional, Sequential)):
        raise NotImplementedError(
            f'{type(model).__name__} "{model.name}" is a subclassed model: its structure is Python code, which an HDF5 '
            "file cannot hold. Save its weights with model.save_weights(path), make the model again from your class, "
            "and load them with model.load_weights(path)."
        )


def model_config(model, dialect="keras2"):
    """The configuration of a model in Keras 2's form or Keras 3's, without what ``compile`` was told."""
    if dialect == "keras3":
        return {key: value for key, value in registry.serialize(model).items() if key != "compile_config"}
    with registry.keras2_form():
        return dialects.to_keras2(registry.serialize(model))


def _json(value):
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{value!r} cannot be written as JSON")


def load_model(path, custom_objects=None, compile=True, safe_mode=True):
    """The model of a file.

    Arguments:
        path: of the file, or an open h5py file or group.
        custom_objects: dict from name to your own classes and functions.
        compile: whether to compile it as it was, with the optimizer's state.
        safe_mode: True refuses code stored in the file (lambdas).

    Raises:
        FileNotFoundError, OSError: no such file, no HDF5 file, or a damaged one.
        ValueError: no model in it, or one that is not understood.
        TypeError: a class or function that is not known.
    """
    with registry.custom_object_scope(custom_objects), registry.safe_mode_scope(registry.in_safe_mode(safe_mode)):
        with files.reading(path) as file, limits.weights(files.size(file), files.label(file)):
            model = _structure(file)
            names = weights_hdf5.read(files.member(file, "model_weights"), model)
            if compile:
                _compile(file, model, names)
    return model


def _attribute(file, name):
    text = files.read_text(file, name)
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError(f"{files.label(file)}: its {name} is no JSON, the file is damaged: {error}") from error


def _structure(file):
    from pykeras import models

    config = _attribute(file, "model_config")
    if config is None:
        what = (
            "it holds weights alone: make the model and call load_weights"
            if files.has_attribute(file, "layer_names")
            else "is it of Keras?"
        )
        raise ValueError(f"{files.label(file)}: no model_config in the file; {what}")
    if not isinstance(config, dict) or "class_name" not in config or "config" not in config:
        raise ValueError(f"{files.label(file)}: cannot interpret its model_config, expected class_name and config")
    config = dialects.keras2_functions(config, files.read_text(file, "keras_version"))
    with keras_archive.understanding(f"{files.label(file)}: cannot interpret its model_config"):
        return models.deserialize(dialects.to_keras3(config))


def _compile(file, model, names):
    config = _attribute(file, "training_config")
    if config is None:
        warnings.warn(f"{files.label(file)}: the model was not compiled when it was saved; compile it to train or "
                      "evaluate it", stacklevel=4)  # fmt: skip
        return
    arguments = training_config.read(config, None, getattr(model, "output_names", None))
    model.compile(**arguments)
    if files.has(file, "optimizer_weights") and model.optimizer is not None:
        model.optimizer.build(model.trainable_variables)
        version = files.read_text(file, "keras_version")
        optimizer_hdf5.read(files.member(file, "optimizer_weights"), model.optimizer, names, version)


def save_weights(model, path):
    """Writes the weights of any model that has some.

    Raises:
        ValueError: it has none yet.
    """
    model.weights  # noqa: B018
    with files.writing(path) as file:
        weights_hdf5.write(file, model)


def load_weights(model, path, by_name=False, skip_mismatch=False):
    """Reads weights into a model; see ``pykeras.saving.load_weights``."""
    with files.reading(path) as file:
        if state.holds_state(file):
            read = state.read_by_name if by_name else state.read
            read(file, model, skip_mismatch)
            return
        group = weights_hdf5.weights_group(file)
        if by_name:
            weights_hdf5.read_by_name(group, model, skip_mismatch)
        else:
            weights_hdf5.read(group, model, skip_mismatch)
