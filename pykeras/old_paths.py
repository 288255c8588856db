"""The modules of Keras 1, 2 and tf.keras that tutorials import from and Keras 3 has no more.

``from pykeras.layers.core import Dense`` finds what ``pykeras.layers`` has. The modules are made when they are imported and
hold nothing of their own.

Example:
    >>> from pykeras.layers.core import Dense
    >>> from pykeras.utils.np_utils import to_categorical
    >>> from pykeras import layers
    >>> Dense is layers.Dense
    True
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
import types
from typing import Any

_LAYERS = ("layers",)
_ENGINE = ("layers", "models", "utils", "")
_UTILS = ("utils", "saving", "models", "layers", "")

# Old module, where its names are looked for; "" is pykeras itself.
_HOMES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            "layers.advanced_activations", "layers.convolutional", "layers.convolutional_recurrent", "layers.core",
            "layers.cudnn_recurrent", "layers.dense_attention", "layers.embeddings", "layers.experimental",
            "layers.experimental.preprocessing", "layers.local", "layers.merging", "layers.normalization",
            "layers.preprocessing.image_preprocessing", "layers.preprocessing.index_lookup",
            "layers.recurrent_v2", "layers.regularization", "layers.rnn", "layers.wrappers",
            "layers.normalization.batch_normalization", "layers.normalization.layer_normalization",
        ),
        _LAYERS,
    ),
    **dict.fromkeys(
        (
            "engine", "engine.base_layer", "engine.functional", "engine.input_layer", "engine.input_spec",
            "engine.network", "engine.saving", "engine.sequential", "engine.topology", "engine.training",
            "engine.training_utils", "engine.keras_tensor",
        ),
        _ENGINE,
    ),
    **dict.fromkeys(
        (
            "utils.all_utils", "utils.data_utils", "utils.dataset_utils", "utils.generic_utils", "utils.image_utils",
            "utils.io_utils", "utils.layer_utils", "utils.np_utils", "utils.vis_utils",
        ),
        _UTILS,
    ),
    "callbacks.callbacks": ("callbacks",),
    "callbacks.tensorboard_v1": ("callbacks",),
    "backend.tensorflow_backend": ("backend",),
    "backend.theano_backend": ("backend",),
    "initializations": ("initializers",),
    "mixed_precision.experimental": ("mixed_precision",),
    "mixed_precision.policy": ("mixed_precision",),
    "utils.visualize_util": ("utils",),
    "objectives": ("losses",),
    "optimizers.experimental": ("optimizers",),
    "saving.save": ("saving", "models"),
}  # fmt: skip

# Names that went with those modules, and what they are called now.
_RENAMED = {
    "Recurrent": "RNN", "Container": "Model", "Network": "Model", "Functional": "Model", "plot": "plot_model",
    "SyncBatchNormalization": "BatchNormalization",
}  # fmt: skip


def _is_old(module: str) -> bool:
    package, _, name = module.partition(".")
    return package == "pykeras" and name in _HOMES


class _Module(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_"):
            if _is_old(f"{self.__name__}.{name}"):
                return importlib.import_module(f"{self.__name__}.{name}")
            for home in _HOMES[self.__name__.partition(".")[2]]:
                module = importlib.import_module(f"pykeras.{home}" if home else "pykeras")
                found = getattr(module, _RENAMED.get(name, name), None)
                if found is not None:
                    return found
        raise AttributeError(f"module {self.__name__!r} of earlier Kerases: {name!r} is not known here")


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, fullname: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if not _is_old(fullname):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Module(spec.name, f"Names of an earlier Keras: see {__name__}.")

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing: names are looked up when they are asked for."""


def attribute(package: str, name: str) -> Any:
    """``package.name`` where that is one of the old modules: ``layers.experimental``.

    Raises:
        AttributeError: it is not.
    """
    if _is_old(f"{package}.{name}"):
        return importlib.import_module(f"{package}.{name}")
    raise AttributeError(f"module {package!r} has no attribute {name!r}")


def install() -> None:
    """Let the old modules be imported; modules that exist come first."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.append(_Finder())
