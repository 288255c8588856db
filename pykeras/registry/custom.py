"""The caller's own classes and functions: scopes, the global table, and registration under ``package>name``."""

from __future__ import annotations

import inspect
import threading

_global_objects: dict[str, object] = {}
_global_names: dict[object, str] = {}
_local = threading.local()


def _scopes():
    if not hasattr(_local, "scopes"):
        _local.scopes = []
    return _local.scopes


def get_custom_objects():
    """The global table of custom objects, name to object; changes to it take effect.

    Returns:
        A dict, the same one each time.

    Example:
        >>> from pykeras import registry
        >>> registry.get_custom_objects()["twice"] = lambda x: 2 * x
        >>> registry.get_registered_object("twice")(4)
        8
        >>> del registry.get_custom_objects()["twice"]
    """
    return _global_objects


class CustomObjectScope:
    """Names that resolve to the caller's objects inside a ``with`` block, in this thread only.

    Arguments:
        custom_objects: dict from name to class or function. Further dicts may follow (Keras 2's form).

    Raises:
        ValueError: an argument is no dict.

    Example:
        >>> from pykeras import activations, registry
        >>> def double(x):
        ...     return 2 * x
        >>> with registry.CustomObjectScope({"double": double}):
        ...     activations.get("double") is double
        True
    """

    def __init__(self, custom_objects=None, *more):
        self.custom_objects = {}
        for objects in (custom_objects or {}, *more):
            if not isinstance(objects, dict):
                raise ValueError(f"custom_objects: expected a dict from name to object, got {objects!r}")
            self.custom_objects.update(objects)

    def __enter__(self):
        _scopes().append(self.custom_objects)
        return self

    def __exit__(self, *exception):
        _scopes().pop()


custom_object_scope = CustomObjectScope


def register_keras_serializable(package="Custom", name=None):
    """Decorator that lets a class or function be named in a configuration, as ``package>name``.

    Arguments:
        package: first half of the name.
        name: second half; the object's own name when None.

    Raises:
        ValueError: a class without ``get_config``.

    Example:
        >>> from pykeras import registry
        >>> @registry.register_keras_serializable("demo")
        ... def cube(x):
        ...     return x**3
        >>> registry.get_registered_name(cube)
        'demo>cube'
    """

    def decorate(target):
        if inspect.isclass(target) and not hasattr(target, "get_config"):
            raise ValueError(f"{target.__name__}: a class must have a get_config() method to be registered")
        registered_name = f"{package}>{name or target.__name__}"
        _global_objects[registered_name] = target
        _global_names[target] = registered_name
        return target

    return decorate


def get_registered_name(obj):
    """The name an object was registered under, else its own ``__name__``."""
    try:
        return _global_names.get(obj, obj.__name__)
    except TypeError:  # an unhashable callable object
        return obj.__name__


def get_registered_object(name, custom_objects=None, module_objects=None):
    """What a name stands for among custom objects, or None.

    Arguments:
        name: ``package>name`` or a plain name.
        custom_objects: dict looked at after the open scopes and before the global table.
        module_objects: dict looked at last.

    Returns:
        The object, or None.
    """
    for objects in (*reversed(_scopes()), custom_objects, _global_objects, module_objects):
        if objects and name in objects:
            return objects[name]
    return None


def known_names():
    """Names that resolve to custom objects here and now (for suggestions)."""
    return [name for objects in (*_scopes(), _global_objects) for name in objects]
