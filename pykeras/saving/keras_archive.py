"""``.keras`` files: a zip archive of ``metadata.json``, ``config.json``, ``model.weights.h5`` and ``assets/``.

Written as Keras 3 does (or tf_keras, see ``dialect``); both are read.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import json
import tempfile

from pykeras import _core, registry
from pykeras.layers import Layer
from pykeras.models import Model
from pykeras.saving import archive as archives
from pykeras.saving import dialects, files, state, training_config
from pykeras.saving.limits import limits
from pykeras.saving.places import KERAS3, TF_KERAS, places
from pykeras.saving.weights_hdf5 import VERSIONS

METADATA, CONFIG, WEIGHTS, ASSETS = "metadata.json", "config.json", "model.weights.h5", "assets/"


def save_model(model, path, include_optimizer=True, dialect="keras3"):
    """Writes a model.

    Arguments:
        model: any with weights; a subclassed one is made again from its class by ``get_config``.
        path: of the file, or an open binary file.
        include_optimizer: whether to write what ``compile`` was told and the optimizer's state.
        dialect: ``"keras3"``, or ``"keras2"`` for tf_keras.

    Raises:
        ValueError: the model holds what the form cannot hold.
        OSError: the file cannot be written; one that was there stays.

    Example:
        >>> import os, tempfile, pykeras
        >>> model = pykeras.Sequential([pykeras.layers.Dense(2, input_shape=(3,))])
        >>> path = os.path.join(tempfile.mkdtemp(), "model.keras")
        >>> save_model(model, path)
        >>> (load_model(path).get_weights()[0] == model.get_weights()[0]).all().item()
        True
    """
    config = model_config(model, include_optimizer, dialect)
    text = json.dumps(config, default=plain)
    now = datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S")
    about = {"keras_version": VERSIONS[dialect], "date_saved": now, "pykeras_version": _core.version}
    layout = KERAS3 if dialect == "keras3" else TF_KERAS
    with archives.writing(path) as archive:
        archive.writestr(METADATA, json.dumps(about))
        archive.writestr(CONFIG, text)
        weights = io.BytesIO()
        with files.hdf5().File(weights, "w") as file:
            state.write(file, model, layout, include_optimizer)
        with archive.open(WEIGHTS, "w", force_zip64=True) as member:
            member.write(weights.getbuffer())
        _write_assets(archive, model)


def _write_assets(archive, model):
    for path, owner in places(model):
        if hasattr(owner, "save_assets"):
            with tempfile.TemporaryDirectory() as folder:
                owner.save_assets(folder)
                archives.add_tree(archive, folder, f"{ASSETS}{path}/" if path else ASSETS)


def model_config(model, include_optimizer=True, dialect="keras3"):
    """The configuration of a model with what ``compile`` was told, in the form of Keras 3 or tf_keras."""
    if dialect == "keras2":
        with registry.keras2_form():
            config = dialects.to_keras2(registry.serialize(model))
        if include_optimizer and model.compiled:
            compilation = training_config.write(model)
            config["compile_config"] = {"optimizer": compilation.pop("optimizer_config"), **compilation}
        config = dialects.with_modules(config)
        config["build_config"] = {"input_shape": None}
        return config
    with registry.object_sharing(writing=True):
        config = registry.serialize(model)
    if not include_optimizer:
        config.pop("compile_config", None)
    return config


def plain(value):
    """For ``json.dumps``: NumPy's numbers as Python's."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{value!r} cannot be written as JSON")


def load_model(path, custom_objects=None, compile=True, safe_mode=True):
    """The model of a ``.keras`` file of Keras 3 or tf_keras.

    Arguments:
        path: of the file, or an open binary file.
        custom_objects: dict from name to your own classes and functions.
        compile: whether to compile it as it was, with the optimizer's state.
        safe_mode: True refuses code stored in the file (lambdas).

    Raises:
        OSError: no zip file, or a damaged one.
        ValueError: no model in it, one that is not understood, or an archive that looks like an attack.
        TypeError: a class or function that is not known.
    """
    with archives.opened(path) as archive:
        config = parse(archive.text(CONFIG), f"{archive.name}: its {CONFIG}")
        if WEIGHTS not in archive:
            raise ValueError(f"{archive.name}: no {WEIGHTS!r} in it")
        config = dialects.keras2_functions(config, metadata(archive).get("keras_version") or VERSIONS["keras3"])
        with limits.weights(archive.size(WEIGHTS), f"{archive.name} with weights"):
            model = model_from(config, archive.name, custom_objects, compile, safe_mode)
            _build(model, config)
            with archive.unpacked(WEIGHTS) as weights, files.reading(weights) as file:
                state.read(file, model)
        _read_assets(archive, model)
    return model


def _build(model, config):
    """Builds a model whose layers do not say how they are connected."""
    if not model.built and config.get("build_config"):
        model.build_from_config(config["build_config"])


def _read_assets(archive, model):
    for path, owner in places(model):
        prefix = f"{ASSETS}{path}/" if path else ASSETS
        if hasattr(owner, "load_assets") and any(name.startswith(prefix) for name in archive.names()):
            with tempfile.TemporaryDirectory() as folder:
                archive.extract(prefix, folder)
                owner.load_assets(folder)


def parse_json(text, what):
    """A dictionary from JSON.

    Raises:
        ValueError: no JSON, or not of a dictionary.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{what} is no JSON, the file is damaged: {error}") from error
    if not isinstance(found, dict):
        raise ValueError(f"{what} cannot be interpreted: expected a dictionary")
    return found


def metadata(archive):
    """What an open archive says of its writer; empty when it says nothing."""
    return parse_json(archive.text(METADATA), f"{archive.name}: its {METADATA}") if METADATA in archive else {}


def parse(text, what):
    """A configuration dictionary from JSON.

    Raises:
        ValueError: no JSON, or not of an object.
    """
    config = parse_json(text, what)
    if "class_name" not in config or "config" not in config:
        raise ValueError(f"{what} cannot be interpreted: expected class_name and config")
    return config


@contextlib.contextmanager
def understanding(what):
    """Errors of every kind that a damaged configuration leads to inside the block as ValueError."""
    try:
        yield
    except (LookupError, AttributeError, ArithmeticError, AssertionError, MemoryError, RuntimeError) as error:
        if isinstance(error, NotImplementedError):
            raise
        raise ValueError(f"{what}: {error!r}") from error


def model_from(config, name, custom_objects=None, compile=True, safe_mode=True):
    """The model of a configuration in any dialect; compiled when it holds ``compile_config``.

    Raises:
        ValueError, TypeError: it is not understood, or names what is not known.
    """
    if "keras_version" in config:  # of Keras 2's JSON and YAML
        config = dialects.keras2_functions(config, config["keras_version"])
    compilation = config.get("compile_config")
    scopes = registry.custom_object_scope(custom_objects), registry.safe_mode_scope(registry.in_safe_mode(safe_mode))
    with scopes[0], scopes[1], registry.object_sharing():
        with understanding(f"{name}: cannot interpret its configuration"):
            config = dialects.to_keras3({key: value for key, value in config.items() if key != "compile_config"})
            model = registry.deserialize(config, kind="models")
        if not isinstance(model, Layer):  # a FeatureSpace is no model
            raise ValueError(f"{name}: its configuration describes a {type(model).__name__}, expected a model")
        if compile and compilation:
            _compile(model, compilation)
    return model


def _compile(model, config):
    if type(model).compile_from_config is not Model.compile_from_config:
        model.compile_from_config(config)
        return
    arguments = training_config.read(config, None, getattr(model, "output_names", None))
    rest = {key: config[key] for key in ("run_eagerly", "steps_per_execution") if config.get(key)}
    model.compile(**arguments, **rest)
