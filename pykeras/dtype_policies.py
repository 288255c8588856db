"""Dtype policies: in which dtype a layer computes and in which it keeps its weights."""

from __future__ import annotations

import warnings
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

    def __init__(self, name: str | None = None):
        name = name or config.floatx()
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


_REGISTRY.base = DTypePolicy
FloatDTypePolicy = _REGISTRY.register(DTypePolicy, "FloatDTypePolicy", "Policy")


_chosen: list[DTypePolicy] = []


def dtype_policy() -> DTypePolicy:
    """The policy of layers that are given none: that of :func:`set_dtype_policy`, else ``floatx()``."""
    return _chosen[0] if _chosen else DTypePolicy()


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
    return DTypePolicy(standardize_dtype(identifier))


def serialize(dtype_policy: DTypePolicy) -> dict:
    """The configuration of a policy."""
    return {
        "module": "keras",
        "class_name": "DTypePolicy",
        "config": dtype_policy.get_config(),
        "registered_name": None,
    }


def deserialize(config: dict, custom_objects: dict | None = None) -> DTypePolicy:
    """The policy of a configuration."""
    return _REGISTRY.deserialize(config, custom_objects)
