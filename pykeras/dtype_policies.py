"""Dtype policies: in which dtype a layer computes and in which it keeps its weights."""

from __future__ import annotations

from typing import Any

from pykeras import config
from pykeras.dtypes import standardize_dtype
from pykeras.registry import Registry

_REGISTRY = Registry("dtype policy", "dtype_policies")


@_REGISTRY.register
class DTypePolicy:
    """One dtype for computing and for variables.

    Arguments:
        name: ``"float32"``, ``"float64"`` or an integer dtype; ``floatx()`` when ``None``.

    Raises ``ValueError`` for mixed precision: 16-bit floats are not computed in here.

    >>> DTypePolicy("float64").compute_dtype
    'float64'
    """

    def __init__(self, name: str | None = None):
        name = name or config.floatx()
        if str(name).startswith("mixed_") or name in ("float16", "bfloat16"):
            raise ValueError(
                f"dtype policy {name!r}: 16-bit floating point is not supported; use 'float32' or 'float64'"
            )
        self.name = standardize_dtype(name)

    @property
    def compute_dtype(self) -> str:
        return self.name

    @property
    def variable_dtype(self) -> str:
        return self.name

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


_REGISTRY.base = DTypePolicy
FloatDTypePolicy = _REGISTRY.register(DTypePolicy, "FloatDTypePolicy", "Policy")


def get(identifier: Any) -> DTypePolicy:
    """The policy of a name, dtype, configuration or policy."""
    if isinstance(identifier, DTypePolicy):
        return identifier
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if identifier is None or isinstance(identifier, str):
        return DTypePolicy(identifier)
    return DTypePolicy(standardize_dtype(identifier))


def serialize(policy: DTypePolicy) -> dict:
    """The configuration of a policy."""
    return {"module": "keras", "class_name": "DTypePolicy", "config": policy.get_config(), "registered_name": None}


def deserialize(config: dict, custom_objects: dict | None = None) -> DTypePolicy:
    """The policy of a configuration."""
    return _REGISTRY.deserialize(config, custom_objects)
