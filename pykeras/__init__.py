"""Keras, whole, on a CPU, from one small wheel.

Namespaces load when they are first used, so that ``import pykeras`` costs little more than importing NumPy.
"""

from __future__ import annotations

from pykeras import _core, lazy, old_paths, ops  # noqa: F401 - operators of tensors are installed by ops

__version__: str = _core.version

_NAMESPACES = (
    "activations", "backend", "callbacks", "config", "constraints", "datasets", "dtype_policies", "initializers",
    "export", "layers", "legacy", "losses", "metrics", "mixed_precision",
    "models", "ops", "optimizers", "preprocessing", "random", "regularizers", "saving", "tree", "utils",
)  # fmt: skip

# Top-level names and the modules they come from.
_NAMES = {
    "DTypePolicy": "dtype_policies",
    "FloatDTypePolicy": "dtype_policies",
    "Function": "models.function",
    "GradientTape": "differentiation",
    "Initializer": "initializers",
    "Input": "layers",
    "InputSpec": "layers",
    "KerasTensor": "keras_tensor",
    "Layer": "layers",
    "Loss": "losses",
    "Metric": "metrics",
    "Model": "models",
    "Operation": "keras_tensor",
    "Optimizer": "optimizers",
    "Regularizer": "regularizers",
    "RematScope": "scopes",
    "Sequential": "models",
    "StatelessScope": "stateless",
    "SymbolicScope": "scopes",
    "Variable": "variables",
    "device": "scopes",
    "name_scope": "scopes",
    "remat": "scopes",
    "value_and_grad": "differentiation",
}


__getattr__, __dir__ = lazy.namespace(__name__, {name: f"pykeras.{home}" for name, home in _NAMES.items()}, _NAMESPACES)


old_paths.install()


def version() -> str:
    """The version of pykeras."""
    return __version__
