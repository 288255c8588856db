"""Objects to configuration dictionaries and back.

Keras 3 writes ``{"module", "class_name", "config", "registered_name"}`` for an object and marks plain values that JSON
lacks with a class name of their own (``__numpy__``, ``__slice__``, ...). Keras 2 writes ``{"class_name", "config"}``
for an object and the bare name for a function. Both are read; Keras 3's is written, Keras 2's inside ``keras2_form()``.
"""

from __future__ import annotations

import inspect
import sys
import types

import numpy as np

from pykeras.registry import custom, lambdas, names
from pykeras.registry.scopes import collect, local

# First parts of the module names under which Keras has lived.
_KERAS_ROOTS = ("keras", "tf_keras", "pykeras", "tensorflow", "keras_core")


def serialize(obj):
    """The configuration of an object, made of what JSON holds (tuples stay tuples, as in Keras).

    Arguments:
        obj: None, a plain value, list, tuple or dict of such, NumPy array, tensor, slice, bytes, function, or an
            object with ``get_config()``.

    Raises:
        TypeError: an object without ``get_config()``, or a class instead of an instance.

    Example:
        >>> from pykeras import initializers, registry
        >>> registry.serialize({"init": initializers.Constant(2.0), "axes": (0, 1)})["init"]["class_name"]
        'Constant'
    """
    if isinstance(obj, np.generic):
        return obj.item()
    if obj is None or isinstance(obj, (str, bool, int, float)):
        return obj
    if isinstance(obj, (list, tuple)):
        return type(obj)(map(serialize, obj)) if type(obj) in (list, tuple) else [serialize(each) for each in obj]
    if isinstance(obj, dict):
        return {key: serialize(value) for key, value in obj.items()}
    for kinds, encode in _ENCODERS:
        if isinstance(obj, kinds):
            return encode(obj)
    core = sys.modules.get("pykeras._core")
    if core is not None and isinstance(obj, core.Tensor):
        return _encode_array(obj, "__tensor__")
    return _encode_object(obj)


def _marked(mark, **config):
    return {"class_name": mark, "config": config}


def _encode_array(array, mark="__numpy__"):
    array = np.asarray(array)
    return _marked(mark, value=array.tolist(), dtype=array.dtype.name)


def _encode_function(function):
    if getattr(function, "__name__", "") == "<lambda>":
        return _marked("__lambda__", value=lambdas.dump_function(function))
    name = custom.get_registered_name(function)
    if not any(function in registry for registry in names.registries()):
        collect(name, function)
    if local.keras2:
        return name
    return {"module": "builtins", "class_name": "function", "config": name, "registered_name": "function"}


def _encode_object(obj):
    cls = vars(type(obj)).get("_written_class", type(obj))  # models that became functional in their constructor
    if callable(obj) and hasattr(obj, "__name__") and not inspect.isclass(obj) and not hasattr(obj, "get_config"):
        return _encode_function(obj)
    if inspect.isclass(obj) or not hasattr(obj, "get_config"):
        what = f"the class {obj.__name__}" if inspect.isclass(obj) else f"{obj!r} ({cls.__name__})"
        raise TypeError(f"cannot serialize {what}: expected an instance of a class with get_config()")
    config = {key: serialize(value) for key, value in obj.get_config().items()}
    registered_name = custom.get_registered_name(cls)
    if local.keras2:
        return {"class_name": registered_name, "config": config}
    home = next((registry for registry in names.registries() if cls in registry), None)
    if home is not None and registered_name == cls.__name__:
        module, registered_name = getattr(cls, "_keras_module", home.module), None
    else:
        collect(registered_name, cls)
        module = None if cls.__module__ in ("__main__", "builtins") else cls.__module__
    result = {"module": module, "class_name": cls.__name__, "config": config, "registered_name": registered_name}
    for key, method in (("build_config", "get_build_config"), ("compile_config", "get_compile_config")):
        extra = getattr(obj, method, lambda: None)()
        if extra is not None:
            result[key] = serialize(extra)
    if local.shared is not None and local.shared.writing:
        result["shared_object_id"] = local.shared.number(obj)
    return result


_ENCODERS = (
    (np.ndarray, _encode_array),
    (bytes, lambda value: _marked("__bytes__", value=value.decode("utf-8", "surrogateescape"))),
    (type(...), lambda value: _marked("__ellipsis__")),
    (slice, lambda value: _marked("__slice__", **{k: serialize(getattr(value, k)) for k in ("start", "stop", "step")})),
    (types.FunctionType, _encode_function),
)


def deserialize(config, custom_objects=None, safe_mode=None, kind=None):
    """The object that a configuration describes.

    Arguments:
        config: what ``serialize`` gives, in Keras 3's or Keras 2's form. Plain values, and strings without ``kind``,
            are returned as they are; lists and dicts are gone through.
        custom_objects: dict from name to the caller's class or function; comes before the registries.
        safe_mode: True (the default) refuses code stored in the configuration.
        kind: namespace such as "losses" in which a name without a module is looked for first.

    Raises:
        TypeError: a class or function that nothing known is called, or a class that rejects its configuration.
        ValueError: stored code in safe mode.

    Example:
        >>> from pykeras import registry
        >>> config = {"class_name": "L2", "config": {"l2": 0.5}}
        >>> registry.deserialize(config, kind="regularizers").get_config()
        {'l2': 0.5}
    """
    if isinstance(config, str):
        registry = names.registries(kind) if kind else None
        return registry.lookup(config, custom_objects) if registry else _custom_string(config, custom_objects)
    if isinstance(config, (list, tuple)):
        return type(config)(deserialize(each, custom_objects, safe_mode) for each in config)
    if not isinstance(config, dict):
        return config
    class_name = config.get("class_name")
    if class_name is None or not ("config" in config or "items" in config):
        return {key: deserialize(value, custom_objects, safe_mode) for key, value in config.items()}
    decode = _DECODERS.get(class_name)
    with custom.CustomObjectScope(custom_objects), lambdas.safe_mode_scope(lambdas.in_safe_mode(safe_mode)):
        if decode is not None:
            return decode(config.get("config", config))
        if class_name == "function":
            return _find(config["config"], config, kind, functions=True)
        return _build(config, kind)


def _custom_string(name, custom_objects):
    found = custom_objects.get(name) if custom_objects else None
    return name if found is None else found


def _build(config, kind):
    shared, number = local.shared, config.get("shared_object_id")
    shared = None if shared is None or shared.writing else shared
    if shared is not None and number in shared.read:
        return shared.read[number]
    cls = _find(config["class_name"], config, kind)
    inner = config["config"] if config["config"] is not None else {}
    if not inspect.isclass(cls):  # Keras 2 wrote some functions this way
        return cls
    if not isinstance(inner, dict):
        raise TypeError(f"config of {config['class_name']}: expected a dict, got {inner!r}")
    try:
        obj = cls.from_config(inner) if hasattr(cls, "from_config") else cls(**inner)
    except TypeError as error:
        raise TypeError(f"{_said(cls, inner)} cannot be made from its configuration{_shown(inner)}: {error}") from error
    for key, method in (("build_config", "build_from_config"), ("compile_config", "compile_from_config")):
        if config.get(key) and hasattr(obj, method):
            getattr(obj, method)(config[key])
    if shared is not None and number is not None:
        shared.read[number] = obj
    return obj


def _said(cls, config):
    """Class and name of what a configuration describes; what is in it would fill pages."""
    name = config.get("name")
    return f'{cls.__name__} "{name}"' if isinstance(name, str) else cls.__name__


def _shown(config):
    """A configuration that is short enough to be read, or nothing."""
    text = repr(config)
    return f" {text}" if len(text) < 200 else ""


def _find(name, config, kind, functions=False):
    """The class or function called ``name``: a custom object, else one of ours in the family that is meant."""
    if not isinstance(name, str):
        raise TypeError(f"a name was expected in the configuration {config}, got {name!r}")
    for candidate in (config.get("registered_name"), name):
        if candidate and (candidate != "function" or not functions):
            found = custom.get_registered_object(candidate)
            if found is not None:
                return found
    families = _families(config.get("module"), kind)
    for registry in families:
        found = (registry.functions.get(name) if functions else None) or registry.find(name)
        if found is not None and not (functions and inspect.isclass(found)):
            return found
    hint = names.did_you_mean(name, [*(each for family in families for each in family), *custom.known_names()])
    raise TypeError(
        f'the configuration names the {"function" if functions else "class"} "{name}"'
        f"{' of module ' + repr(config['module']) if config.get('module') else ''}, which is not known:"
        f"{hint or ' no known name is near.'} Pass your own in custom_objects=, or register it with "
        f"register_keras_serializable before loading; modules named in a file are never imported."
    )


def _families(module, kind):
    """Registries to look in, in order. A module outside Keras leads to none: only custom objects can be meant."""
    first = [names.registries(kind)] if kind else []
    parts = module.split(".") if isinstance(module, str) else []
    if parts and parts[0] not in (*_KERAS_ROOTS, "builtins"):
        return []
    named = [part for part in reversed(parts) if part in names.NAMESPACES]
    if named:
        return [registry for registry in [names.registries(part) for part in named] if registry]
    every = [registry for registry in first + names.registries() if registry is not None]
    return list(dict.fromkeys(every))


def _decode_array(config):
    """An array of numbers. The dtype is one of these alone: "U999999999" or "(9999,9999)f4" would fill the memory."""
    dtype = config["dtype"]
    if dtype not in _DTYPES:
        raise TypeError(f"the configuration holds an array of dtype {dtype!r}; expected one of {', '.join(_DTYPES)}")
    return np.array(config["value"], dtype=dtype)


def _decode_tensor(config):
    from pykeras import _core

    return _core.tensor(_decode_array(config))


def _decode_keras_tensor(config):
    from pykeras.keras_tensor import KerasTensor

    return KerasTensor(tuple(config["shape"]), dtype=config["dtype"])


def _decode_items(config):
    return tuple(deserialize(each) for each in config.get("items", config.get("value", ())))


_DTYPES = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32",
           "float64")  # fmt: skip
_DECODERS = {
    "__bytes__": lambda config: config["value"].encode("utf-8", "surrogateescape"),
    "__ellipsis__": lambda config: ...,
    "__slice__": lambda config: slice(*(deserialize(config[key]) for key in ("start", "stop", "step"))),
    "__numpy__": _decode_array,
    "__tensor__": _decode_tensor,
    "__keras_tensor__": _decode_keras_tensor,
    "__tuple__": _decode_items,
    "TensorShape": _decode_items,
    "__lambda__": lambda config: lambdas.load_function(*config["value"]),
}


def serialize_keras_object(obj):
    """The configuration of an object in Keras 3's form; see ``registry.serialize``."""
    return serialize(obj)


def deserialize_keras_object(config, custom_objects=None, safe_mode=True, **kwargs):
    """The object that a configuration describes; see ``registry.deserialize``.

    Keyword arguments of Keras 2 are taken too: ``module_objects`` (dict of names looked at after ``custom_objects``)
    and ``printable_module_name`` (used in messages).
    """
    module_objects = kwargs.pop("module_objects", None)
    kwargs.pop("printable_module_name", None)
    if kwargs:
        raise TypeError(f"deserialize_keras_object: unknown keyword arguments {sorted(kwargs)}")
    if config is None:
        return None
    return deserialize(config, {**(module_objects or {}), **(custom_objects or {})}, safe_mode)
