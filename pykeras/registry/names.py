"""One registry per family of objects: what a string, a configuration, a class or an instance stands for."""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import inspect
import re

from pykeras.keras_tensor import snake_case
from pykeras.registry import custom

# Where configurations may lead, in the order in which a name without a family is looked for. Fixed here: a module
# that a configuration names is matched against this list, never imported by its own name.
NAMESPACES = (
    "models",
    "layers",
    "activations",
    "initializers",
    "regularizers",
    "constraints",
    "losses",
    "metrics",
    "optimizers",
    "schedules",
    "random",
    "dtype_policies",
    "callbacks",
    "ops",
    "feature_space",
)
_HOMES = {"schedules": "optimizers", "feature_space": "utils.feature_space"}

_registries: dict[str, Registry] = {}


def registries(namespace=None):
    """The registry of a namespace such as "layers" (None when it has none), or all of them in order of lookup.

    The namespace is imported first, so that a name resolves whether or not the caller has touched it yet.
    """
    if namespace is not None:
        if namespace not in _registries and namespace in NAMESPACES:
            home = f"pykeras.{_HOMES.get(namespace, namespace)}"
            if importlib.util.find_spec(home) is not None:
                importlib.import_module(home)
        return _registries.get(namespace)
    found = [registries(name) for name in NAMESPACES]
    found += [registry for name, registry in _registries.items() if name not in NAMESPACES]
    return [registry for registry in found if registry is not None]


def _fold(name):
    return re.sub(r"[\W_]", "", name).lower()


def suggest(name, names, count=3):
    """Names near to ``name``, nearest first.

    Spellings that differ in case and underscores alone come first; of names that differ in these alone one is kept.

    Example:
        >>> from pykeras import registry
        >>> registry.suggest("Relu", ["relu", "relu6", "elu", "tanh"])
        ['relu', 'relu6', 'elu']
    """
    folded = {}
    for candidate in names:
        folded.setdefault(_fold(candidate), candidate)
    near = difflib.get_close_matches(_fold(name), list(folded), n=count, cutoff=0.5)
    return [folded[key] for key in near]


def did_you_mean(name, names):
    """`` did you mean "a", "b" or "c"?`` or an empty string."""
    near = [f'"{each}"' for each in suggest(name, names)]
    if not near:
        return ""
    return f" did you mean {', '.join(near[:-1])} or {near[-1]}?" if near[1:] else f" did you mean {near[0]}?"


class Registry:
    """The names of one family.

    Arguments:
        kind: what one of its objects is called in messages, e.g. "loss".
        namespace: the family's name in configurations, e.g. "losses" (written as ``keras.losses``).
        base: class whose instances ``get`` passes through.
        default: what ``get(None)`` returns.
        lower_case: classes are also known by their lower-case names (``glorot_uniform``, ``glorotuniform``).
        ignore_case: a name that is not found is looked for in lower case too (optimizers in Keras).

    Example:
        >>> from pykeras.registry import Registry
        >>> shapes = Registry("shape", "shapes", lower_case=True)
        >>> class RoundDisc:
        ...     pass
        >>> shapes.register(RoundDisc, "circle")
        <class ...RoundDisc'>
        >>> type(shapes.get("round_disc")) is type(shapes.get("circle")) is RoundDisc
        True
        >>> shapes.get("circel")
        Traceback (most recent call last):
            ...
        ValueError: Unknown shape "circel": did you mean "circle"?...
    """

    def __init__(self, kind, namespace=None, base=None, default=None, lower_case=False, ignore_case=False):
        self.kind = kind
        self.namespace = namespace or kind + "s"
        self.module = f"keras.{'optimizers.' if self.namespace == 'schedules' else ''}{self.namespace}"
        self.base = base
        self.default = default
        self.lower_case = lower_case
        self.ignore_case = ignore_case
        self.objects = {}
        self.functions = {}
        self._own = set()
        _registries[self.namespace] = self

    def register(self, target=None, *aliases):
        """Add a class or function under its name and the aliases.

        Also a decorator, with or without aliases: ``@losses.register`` and ``@losses.register("mse", "MSE")``.

        Returns:
            The class or function.
        """
        if target is None or isinstance(target, str):
            names = aliases if target is None else (target, *aliases)
            return lambda decorated: self.register(decorated, *names)
        names = [target.__name__, *aliases]
        if self.lower_case and inspect.isclass(target):
            names += [snake_case(target.__name__), target.__name__.lower()]
        for name in names:
            taken = self.objects.setdefault(name, target)
            if taken is not target:
                raise ValueError(f'{self.kind} "{name}" already stands for {taken!r}; it cannot stand for {target!r}')
        self._own.add(target)
        return target

    def function(self, target):
        """Add a function whose name stands for a class here (``binary_accuracy``): configurations may mean either."""
        self.functions[target.__name__] = target
        self._own.add(target)
        return target

    def __contains__(self, target):
        """Whether a name, class or function is registered here."""
        try:
            return target in self.objects if isinstance(target, str) else target in self._own
        except TypeError:
            return False

    def __iter__(self):
        return iter(self.objects)

    def find(self, name):
        """The class or function a name stands for here, or None. Custom objects are not looked at."""
        found = self.objects.get(name)
        if found is None and self.ignore_case:
            found = self.objects.get(name.lower())
        return found

    def lookup(self, name, custom_objects=None):
        """The class or function a name stands for, custom objects first.

        Raises:
            ValueError: unknown name; near ones are suggested.
        """
        found = custom.get_registered_object(name, custom_objects)
        if found is None:
            found = self.find(name)
        if found is None:
            hint = did_you_mean(name, [*self.objects, *custom.known_names(), *(custom_objects or ())])
            raise ValueError(
                f'Unknown {self.kind} "{name}":{hint or " no known name is near."} '
                "Your own objects are named with custom_objects= or registry.register_keras_serializable."
            )
        return found

    def get(self, identifier, custom_objects=None):
        """The object an identifier stands for.

        Arguments:
            identifier: a name, a configuration dictionary (Keras 3 or Keras 2), a class (instantiated without
                arguments), an instance or other callable (returned as it is), or None (the default).
            custom_objects: dict of names that come first.

        Raises:
            ValueError: an unknown name, or something that is none of these.
        """
        if identifier is None:
            return self.default
        if isinstance(identifier, str):
            found = self.lookup(identifier, custom_objects)
            return found() if inspect.isclass(found) else found
        if isinstance(identifier, dict):
            return self.deserialize(identifier, custom_objects)
        if inspect.isclass(identifier):
            return identifier()
        if callable(identifier) or (self.base is not None and isinstance(identifier, self.base)):
            return identifier
        raise ValueError(
            f"Cannot interpret {identifier!r} ({type(identifier).__name__}) as a {self.kind}: expected a name, "
            "a configuration dictionary, a class, an instance, a callable or None"
        )

    def serialize(self, target):
        """The configuration of an object: Keras 3's form, or Keras 2's inside ``registry.keras2_form()``."""
        from pykeras.registry.objects import serialize

        return serialize(target)

    def deserialize(self, config, custom_objects=None):
        """The object of a configuration or name.

        Raises:
            ValueError: unknown name, or the configuration describes something that is no such object.
        """
        from pykeras.registry.objects import deserialize

        if config is None or isinstance(config, str):
            return self.get(config, custom_objects)
        found = deserialize(config, custom_objects, kind=self.namespace)
        if not callable(found) and not (self.base is not None and isinstance(found, self.base)):
            raise ValueError(f"Cannot interpret {config!r} as a {self.kind}")
        return found
