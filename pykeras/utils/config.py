"""Named values of an experiment that can be frozen."""

from __future__ import annotations

import difflib
import json


class Config:
    """Named values: read and set as attributes or as entries, printed as JSON, and frozen when they are complete.

    Names of methods can only be used as entries (``config["items"]``).

    Raises:
        ValueError: a change after ``freeze()``.
        AttributeError: a name that has no value (near ones are suggested).

    Example:
        >>> from pykeras.utils import Config
        >>> config = Config(units=32)
        >>> config.rate = 0.1
        >>> config["units"], config.to_json()
        (32, '{"units": 32, "rate": 0.1}')
        >>> config.freeze()
        >>> config.rate = 1
        Traceback (most recent call last):
            ...
        ValueError: Config: frozen; unfreeze() it to change "rate"
    """

    def __init__(self, **kwargs):
        object.__setattr__(self, "_values", dict(kwargs))
        object.__setattr__(self, "_frozen", False)

    @property
    def frozen(self):
        """Whether changes are refused."""
        return self._frozen

    def freeze(self):
        """Refuse changes from now on."""
        object.__setattr__(self, "_frozen", True)

    def unfreeze(self):
        """Allow changes again."""
        object.__setattr__(self, "_frozen", False)

    def _changing(self, name):
        if self._frozen:
            raise ValueError(f'Config: frozen; unfreeze() it to change "{name}"')

    def as_dict(self):
        """The values as a dictionary of its own."""
        return dict(self._values)

    def to_json(self):
        """The values as a JSON string."""
        return json.dumps(self._values)

    def keys(self):
        return self._values.keys()

    def values(self):
        return self._values.values()

    def items(self):
        return self._values.items()

    def get(self, keyname, value=None):
        """The value of a name, ``value`` when there is none."""
        return self._values.get(keyname, value)

    def pop(self, *args):
        """Take a value out: ``pop(name)`` or ``pop(name, default)``."""
        self._changing(args[0] if args else "")
        return self._values.pop(*args)

    def update(self, *args, **kwargs):
        """Set values as ``dict.update`` does."""
        changes = dict(*args, **kwargs)
        self._changing(", ".join(map(str, changes)))
        self._values.update(changes)

    def __setattr__(self, name, value):
        if hasattr(type(self), name):
            raise AttributeError(f'Config: "{name}" is a method; set it as an entry: config["{name}"] = ...')
        self[name] = value

    def __getattr__(self, name):
        if name.startswith("__") or name not in self._values:
            near = difflib.get_close_matches(name, self.__dict__.get("_values", ()), 1)
            raise AttributeError(f'Config: no value "{name}"' + (f"; did you mean {near[0]}?" if near else ""))
        return self._values[name]

    def __setitem__(self, key, item):
        self._changing(key)
        self._values[key] = item

    def __getitem__(self, key):
        return self._values[key]

    def __delitem__(self, key):
        self._changing(key)
        del self._values[key]

    def __delattr__(self, name):
        if name not in self._values:
            raise AttributeError(f'Config: no value "{name}"')
        del self[name]

    def __contains__(self, key):
        return key in self._values

    def __iter__(self):
        return iter(self._values)

    def __len__(self):
        return len(self._values)

    def __eq__(self, other):
        return isinstance(other, Config) and self._values == other._values

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self):
        return f"<Config {self._values}>"
