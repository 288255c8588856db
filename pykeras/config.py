"""Settings of the process: default dtype, numerical fuzz, image layout, threads, where data is kept."""

from __future__ import annotations

import os
import pathlib
import platform
import sys
from typing import Any

from pykeras import _core

_settings: dict = {
    "floatx": "float32",
    "epsilon": 1e-7,
    "image_data_format": "channels_last",
    "interactive_logging": True,
    "flash_attention": True,
}


def floatx() -> str:
    """The dtype of layers and variables unless they say otherwise: ``"float32"`` or ``"float64"``."""
    return _settings["floatx"]


def set_floatx(value: str) -> None:
    """Sets the default dtype.

    >>> set_floatx("float32")
    """
    if value not in ("float32", "float64"):
        raise ValueError(f"floatx: expected 'float32' or 'float64', got {value!r}")
    _settings["floatx"] = value
    _core.set_floatx(value)


def epsilon() -> float:
    """The small number that keeps logarithms and quotients finite.

    >>> epsilon()
    1e-07
    """
    return _settings["epsilon"]


def set_epsilon(value: float) -> None:
    """Sets the small number."""
    _settings["epsilon"] = float(value)


def image_data_format() -> str:
    """``"channels_last"`` (N, H, W, C) or ``"channels_first"`` (N, C, H, W)."""
    return _settings["image_data_format"]


def set_image_data_format(data_format: str) -> None:
    """Sets where layers expect channels unless they say otherwise."""
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError(f"data_format: expected 'channels_last' or 'channels_first', got {data_format!r}")
    _settings["image_data_format"] = data_format


def dtype_policy() -> Any:
    """The dtype policy of layers that are given none."""
    from pykeras import dtype_policies

    return dtype_policies.dtype_policy()


def set_dtype_policy(policy: Any) -> None:
    """Sets the dtype policy of layers made from now on: a name or a ``DTypePolicy``."""
    from pykeras import dtype_policies

    dtype_policies.set_dtype_policy(policy)


def max_epochs() -> int | None:
    """The number of epochs after which any ``fit`` stops, ``$KERAS_MAX_EPOCHS`` at first; None for no limit."""
    return _limit("max_epochs", "KERAS_MAX_EPOCHS")


def set_max_epochs(max_epochs: int | None) -> None:
    """Limits the epochs of every ``fit``, to try a program out."""
    _settings["max_epochs"] = _checked_limit("max_epochs", max_epochs)


def max_steps_per_epoch() -> int | None:
    """The number of batches after which any epoch stops, ``$KERAS_MAX_STEPS_PER_EPOCH`` at first; None for no limit."""
    return _limit("max_steps_per_epoch", "KERAS_MAX_STEPS_PER_EPOCH")


def set_max_steps_per_epoch(max_steps_per_epoch: int | None) -> None:
    """Limits the batches of every epoch of ``fit``, ``evaluate`` and ``predict``, to try a program out."""
    _settings["max_steps_per_epoch"] = _checked_limit("max_steps_per_epoch", max_steps_per_epoch)


def _limit(name: str, variable: str) -> int | None:
    if name not in _settings:
        text = os.environ.get(variable)
        _settings[name] = _checked_limit(variable, int(text)) if text else None
    return _settings[name]


def _checked_limit(name: str, value: int | None) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise ValueError(f"{name}: expected a positive integer or None, got {value!r}")
    return value


def set_backend(backend: str) -> None:
    """There is one engine. Raises ``ValueError`` for any other name."""
    if backend != "pykeras":
        raise ValueError(f"backend: pykeras computes with its own engine, 'pykeras'; got {backend!r}")


def is_nnx_enabled() -> bool:
    """False: Flax's NNX belongs to JAX."""
    return False


def enable_flash_attention() -> None:
    """Attention computes block by block wherever that is possible (the default)."""
    _settings["flash_attention"] = True


def disable_flash_attention() -> None:
    """Attention computes whole matrices of scores."""
    _settings["flash_attention"] = False


def is_flash_attention_enabled() -> bool:
    return _settings["flash_attention"]


def backend() -> str:
    """The name of the engine, always ``"pykeras"``."""
    return "pykeras"


def enable_unsafe_deserialization() -> None:
    """Lets configurations run code (lambdas) in this process from now on. Only for files you wrote yourself."""
    from pykeras import registry

    registry.enable_unsafe_deserialization()


def num_threads() -> int:
    """The threads that kernels may use now."""
    return _core.num_threads()


def set_num_threads(n: int) -> None:
    """Lets kernels use up to ``n`` threads. Results do not depend on it.

    Raises ``ValueError`` when ``n < 1``; without OpenMP there is one thread whatever is asked for.
    """
    _core.set_num_threads(n)


def enable_interactive_logging() -> None:
    """Progress goes to standard output (the default)."""
    _settings["interactive_logging"] = True


def disable_interactive_logging() -> None:
    """Progress goes to the ``logging`` module."""
    _settings["interactive_logging"] = False


def is_interactive_logging_enabled() -> bool:
    return _settings["interactive_logging"]


def enable_traceback_filtering() -> None:
    """Leaves the frames of pykeras out of the tracebacks of uncaught errors; they are whole until this is called."""
    from pykeras import tracebacks

    tracebacks.enable()


def disable_traceback_filtering() -> None:
    """Shows whole tracebacks again (the default)."""
    from pykeras import tracebacks

    tracebacks.disable()


def is_traceback_filtering_enabled() -> bool:
    from pykeras import tracebacks

    return tracebacks.enabled()


def keras_home() -> pathlib.Path:
    """Where data sets are kept: ``$KERAS_HOME`` or ``~/.keras``."""
    return pathlib.Path(os.environ.get("KERAS_HOME") or pathlib.Path.home() / ".keras")


def show() -> None:
    """Prints version, compiler, instruction set and threads: what a bug report needs."""
    import numpy

    openmp = "OpenMP" if _core.has_openmp() else "no OpenMP"
    print(f"pykeras {_core.version}")
    print(f"  python           {platform.python_version()} ({sys.platform}), numpy {numpy.__version__}")
    print(f"  compiler         {_core.compiler}")
    print(f"  instruction set  {_core.isa()}")
    print(f"  threads          {_core.num_threads()} ({openmp})")
