"""Dtype policies: in which dtype a layer computes and in which it keeps its weights."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, MutableMapping
from typing import Any

from pykeras import config
from pykeras.dtypes import standardize_dtype
from pykeras.registry import Registry

_REGISTRY = Registry("dtype policy", "dtype_policies")


@_REGISTRY.register
class DTypePolicy:
    """One dtype for computing and for variables.

    Arguments:
        name: ``"float32"``, ``"float64"`` or an integer dtype; ``floatx()`` when ``None``. ``"mixed_float16"`` and
            ``"mixed_bfloat16"`` keep their name and compute in float32, which is at least as exact and on a CPU
            faster; a warning says so.

    Raises ``ValueError`` for 16-bit variables: there are none here.

    >>> DTypePolicy("float64").compute_dtype
    'float64'
    """

    name: Any

    def __init__(self, name: str | None = None):
        name = dtype_policy().name if name is None else name
        if not isinstance(name, str):
            raise TypeError(f"DTypePolicy: name must be a string, such as 'float32', got {name!r}")
        if name in ("mixed_float16", "mixed_bfloat16"):
            warnings.warn(f"dtype policy {name!r}: computing in float32, as 16-bit floats are not computed in here",
                          stacklevel=2)  # fmt: skip
            self.name, self._dtype = name, "float32"
            return
        if name in ("float16", "bfloat16"):
            raise ValueError(
                f"dtype policy {name!r}: 16-bit floating point is not supported; use 'float32' or 'float64'"
            )
        self.name = self._dtype = standardize_dtype(name)

    @property
    def compute_dtype(self) -> str:
        """The dtype that inputs are cast to."""
        return self._dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype of weights."""
        return self._dtype

    def of(self, layer: Any) -> DTypePolicy:
        """The policy of ``layer``: this one."""
        return self

    @property
    def quantization_mode(self) -> None:
        """None: nothing is quantized here."""
        return None

    def get_config(self) -> dict:
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict) -> DTypePolicy:
        return cls(**config)

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self.name}">'

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, DTypePolicy) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


@_REGISTRY.register
class DTypePolicyMap(DTypePolicy, MutableMapping):
    """Policies by the paths of layers; keys are paths, or regular expressions that a whole path must match.

    Arguments:
        default_policy: of layers that no key fits; the global policy when ``None``.
        policy_map: policies (or what :func:`get` takes) by key.

    Raises:
        TypeError: ``policy_map`` is no dictionary.
        ValueError: a key that is there already; several expressions that fit one path.

    Example:
        >>> policies = DTypePolicyMap("float32", {".*/head": "float64"})
        >>> policies["model/head"].name, policies["model/body"].name
        ('float64', 'float32')
    """

    def __init__(self, default_policy: Any = None, policy_map: dict | None = None):
        if policy_map is not None and not isinstance(policy_map, dict):
            raise TypeError(f"DTypePolicyMap: policy_map: expected a dictionary, got {policy_map!r}")
        self._default = None if default_policy is None else get(default_policy)
        self._policies: dict[str, DTypePolicy] = {}
        for key, policy in (policy_map or {}).items():
            self[key] = policy

    @property
    def default_policy(self) -> DTypePolicy:
        """The policy of layers that no key fits."""
        return self._default or dtype_policy()

    @property
    def name(self) -> str:  # type: ignore[override]
        return "map_" + self.default_policy.name

    def of(self, layer: Any) -> DTypePolicy:
        """The policy for the path of ``layer``."""
        return self[layer.path]

    def __getitem__(self, key: str) -> DTypePolicy:
        if key in self._policies:
            return self._policies[key]
        fitting = [pattern for pattern in self._policies if re.fullmatch(pattern, key)]
        if len(fitting) > 1:
            raise ValueError(f"DTypePolicyMap: path {key!r} fits several keys: {', '.join(map(repr, fitting))}")
        return self._policies[fitting[0]] if fitting else self.default_policy

    def __setitem__(self, key: str, policy: Any) -> None:
        if not isinstance(key, str):
            raise TypeError(f"DTypePolicyMap: keys are paths of layers, got {key!r}")
        if key in self._policies:
            raise ValueError(f"DTypePolicyMap: key {key!r} is there already, with {self._policies[key]!r}")
        if policy is None or isinstance(policy, DTypePolicyMap):
            raise ValueError(f"DTypePolicyMap: key {key!r}: expected a policy or its name, got {policy!r}")
        self._policies[key] = get(policy)

    def __delitem__(self, key: str) -> None:
        del self._policies[key]

    def __contains__(self, key: Any) -> bool:
        return key in self._policies

    def __len__(self) -> int:
        return len(self._policies)

    def __iter__(self) -> Iterator[str]:
        return iter(self._policies)

    @property
    def compute_dtype(self) -> str:
        return self.default_policy.compute_dtype

    @property
    def variable_dtype(self) -> str:
        return self.default_policy.variable_dtype

    def get_config(self) -> dict:
        default = None if self._default is None else serialize(self._default)
        return {"default_policy": default, "policy_map": {key: serialize(p) for key, p in self._policies.items()}}

    @classmethod
    def from_config(cls, config: dict) -> DTypePolicyMap:
        return cls(config.get("default_policy"), config.get("policy_map"))

    def __repr__(self) -> str:
        mapping = [(key, policy.name) for key, policy in self._policies.items()]
        return f"<DTypePolicyMap default_policy={self.default_policy.name}, mapping={mapping}>"

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, DTypePolicyMap) and other.get_config() == self.get_config()

    __hash__ = object.__hash__


_REGISTRY.base = DTypePolicy
FloatDTypePolicy = _REGISTRY.register(DTypePolicy, "FloatDTypePolicy", "Policy")


_chosen: list[DTypePolicy] = []


def dtype_policy() -> DTypePolicy:
    """The policy of layers that are given none: that of :func:`set_dtype_policy`, else ``floatx()``."""
    return _chosen[0] if _chosen else DTypePolicy(config.floatx())


def set_dtype_policy(policy: Any) -> None:
    """Sets the policy of layers made from now on; ``None`` goes back to ``floatx()``.

    >>> set_dtype_policy("float64")
    >>> dtype_policy().name
    'float64'
    >>> set_dtype_policy(None)
    """
    chosen = None if policy is None else get(policy)
    _chosen[:] = [] if chosen is None else [chosen]


def get(identifier: Any) -> DTypePolicy:
    """The policy of a name, dtype, configuration or policy."""
    if isinstance(identifier, DTypePolicy):
        return identifier
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if identifier is None:
        return dtype_policy()
    if isinstance(identifier, str):
        return DTypePolicy(identifier)
    try:
        name = standardize_dtype(identifier)
    except TypeError as error:
        raise ValueError(f"dtype policy: expected a name, a dtype or a policy, got {identifier!r}") from error
    return DTypePolicy(name)


def serialize(dtype_policy: DTypePolicy) -> dict:
    """The configuration of a policy."""
    is_map = isinstance(dtype_policy, DTypePolicyMap)
    return {
        "module": "keras.dtype_policies" if is_map else "keras",
        "class_name": "DTypePolicyMap" if is_map else "DTypePolicy",
        "config": dtype_policy.get_config(),
        "registered_name": None,
    }


def deserialize(config: dict, custom_objects: dict | None = None) -> DTypePolicy:
    """The policy of a configuration."""
    return _REGISTRY.deserialize(config, custom_objects)
