"""The structure of a model as JSON or YAML text, of any Keras."""

from __future__ import annotations

import json

from pykeras import extras, registry
from pykeras.saving import keras_archive
from pykeras.saving.limits import limits
from pykeras.variables import budget

_TUPLE = "tag:yaml.org,2002:python/tuple"
_STRINGS = ("tag:yaml.org,2002:python/unicode", "tag:yaml.org,2002:python/str")
_MOST_NODES = 1_000_000


def to_json(model, **kwargs):
    """The configuration of a model, with what ``compile`` was told, as JSON in Keras 3's form.

    Arguments:
        model: to be described; its weights are not.
        **kwargs: of ``json.dumps``.

    Example:
        >>> import pykeras
        >>> model = pykeras.Sequential([pykeras.layers.Dense(2, input_shape=(3,))])
        >>> model_from_json(to_json(model)).count_params()
        8
    """
    return json.dumps(registry.serialize(model), **{"default": keras_archive.plain, **kwargs})


def model_from_json(json_string, custom_objects=None, safe_mode=True):
    """The model of JSON text that any Keras wrote, with weights of its own.

    Arguments:
        json_string: of ``to_json``.
        custom_objects: dict from name to your own classes and functions.
        safe_mode: True refuses code stored in the text.

    Raises:
        ValueError, TypeError: no JSON, no model, unknown names.
    """
    _check_size(json_string)
    config = keras_archive.parse(json_string, "the text")
    with budget(limits.text_bytes, "a text (pykeras.saving.limits.text_bytes)"):
        return keras_archive.model_from(config, "the text", custom_objects, True, safe_mode)


def _check_size(text):
    if not isinstance(text, (str, bytes)):
        raise TypeError(f"expected text, got {type(text).__name__}")
    if len(text) > limits.config_bytes:
        raise ValueError(f"the text has {len(text):,} characters, at most {limits.config_bytes:,} are read")


def _yaml():
    return extras.package("yaml", "YAML", "PyYAML", "yaml")


def to_yaml(model, **kwargs):
    """The configuration of a model as YAML in Keras 3's form; see ``to_json``.

    Raises:
        ImportError: PyYAML is not installed.
    """
    return _yaml().safe_dump(json.loads(to_json(model)), **{"sort_keys": False, **kwargs})


def model_from_yaml(yaml_string, custom_objects=None, safe_mode=True):
    """The model of YAML text that any Keras wrote. Nothing but plain data is made of the text, and tuples as lists.

    Raises:
        ImportError: PyYAML is not installed.
        ValueError, TypeError: no YAML, tags that would make Python objects, references that grow without bounds, no
            model, unknown names.
    """
    _check_size(yaml_string)
    yaml = _yaml()
    try:
        config = yaml.load(yaml_string, Loader=_loader(yaml))  # noqa: S506 - a SafeLoader
    except yaml.constructor.ConstructorError as error:
        raise ValueError(f"the YAML text would make objects, which is refused: {error}") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ValueError(f"the text is no YAML: {error}") from error
    if _nodes(config, {}) > _MOST_NODES:
        raise ValueError(f"the YAML text refers to itself until it has more than {_MOST_NODES:,} values: refused")
    config = keras_archive.parse(json.dumps(config, default=str), "the text")
    with budget(limits.text_bytes, "a text (pykeras.saving.limits.text_bytes)"):
        return keras_archive.model_from(config, "the text", custom_objects, True, safe_mode)


def _loader(yaml):
    class Loader(yaml.SafeLoader):
        """Keras 1 and 2 wrote tuples with a tag of Python's; these are the only ones taken."""

    Loader.add_constructor(_TUPLE, lambda loader, node: loader.construct_sequence(node, deep=True))
    for tag in _STRINGS:
        Loader.add_constructor(tag, lambda loader, node: loader.construct_scalar(node))
    return Loader


def _nodes(value, known):
    """How many values there are when what is referred to counts each time."""
    if not isinstance(value, (list, dict)):
        return 1
    key = id(value)
    if key not in known:
        known[key] = float("inf")  # met again inside itself
        children = [*value, *value.values()] if isinstance(value, dict) else value
        known[key] = 1 + sum(_nodes(child, known) for child in children)
    return known[key]
