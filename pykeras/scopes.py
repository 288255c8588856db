"""Contexts of Keras that say where and under which name things are made."""

from __future__ import annotations

import contextlib
import functools
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pykeras.keras_tensor import is_describing
from pykeras.layers.context import context


class _Local(threading.local):
    def __init__(self) -> None:
        self.names: list[name_scope] = []
        self.symbolic = 0
        self.remat: list[RematScope] = []


_local = _Local()


class name_scope:  # noqa: N801 - Keras's name
    """Context in which the paths of new weights begin with ``name``.

    Arguments:
        name: without slashes.
        caller: whoever opens the context; one that opens a context of the same name right inside its own adds nothing.
        deduplicate: whether that is so.
        override_parent: the path that counts as the one around, in place of what is.

    Raises:
        ValueError: for a name that is no text, or has a slash.

    Example:
        >>> import pykeras
        >>> with pykeras.name_scope("encoder"):
        ...     layer = pykeras.layers.Dense(2, name="dense")
        ...     layer.build((None, 3))
        ...     layer.kernel.path
        'encoder/dense/kernel'
    """

    def __init__(self, name: str, caller: object = None, deduplicate: bool = True, override_parent: str | None = None):
        if not isinstance(name, str) or not name or "/" in name:
            raise ValueError(f"name_scope: name must be a string without '/', got {name!r}")
        self.name = name
        self.caller = caller
        self.deduplicate = deduplicate
        self.override_parent = override_parent
        self._before: list[str] | None = None

    def __enter__(self) -> name_scope:
        around = _local.names[-1] if _local.names else None
        if self.deduplicate and self.caller is not None and around is not None:
            if around.caller is self.caller and around.name == self.name:
                return self
        self._before = context.names
        parents = context.names
        if self.override_parent is not None:
            parents = [part for part in self.override_parent.split("/") if part]
        context.names = [*parents, self.name]
        _local.names.append(self)
        return self

    def __exit__(self, *_) -> None:
        if self._before is not None:
            context.names, self._before = self._before, None
            _local.names.pop()


def current_path() -> str:
    """The names of the contexts and layers around, joined by slashes."""
    return "/".join(context.names)


class SymbolicScope:
    """Context that tells code inside, by :func:`in_symbolic_scope`, that only shapes and dtypes are wanted.

    Example:
        >>> import pykeras
        >>> with pykeras.SymbolicScope():
        ...     in_symbolic_scope()
        True
    """

    def __enter__(self) -> SymbolicScope:
        _local.symbolic += 1
        return self

    def __exit__(self, *_: Any) -> None:
        _local.symbolic -= 1


def in_symbolic_scope() -> bool:
    """Whether only shapes and dtypes are wanted: in a :class:`SymbolicScope`, or while a layer's ``call`` is run on
    symbolic tensors."""
    return _local.symbolic > 0 or is_describing()


class RematScope:
    """Context of programs that ask for activations to be computed again in the backward pass, to save memory.

    Results are the same either way, and that is all it promises in here: a step's program lays its tensors out in one
    arena and uses the memory of those that are done with again, but keeps what gradients read. ``mode`` and the rest
    are checked, and :func:`get_current_remat_mode` tells them to layers that recompute by themselves.

    Arguments:
        mode: ``"full"``, ``"activations"``, ``"larger_than"``, ``"list_of_layers"`` or ``None``.
        output_size_threshold: number of values, for ``"larger_than"``.
        layer_names: for ``"list_of_layers"``.

    Raises:
        ValueError: for another mode.

    Example:
        >>> import pykeras
        >>> with pykeras.RematScope("full"):
        ...     get_current_remat_mode().mode
        'full'
    """

    def __init__(
        self, mode: str | None = "full", output_size_threshold: int = 1024, layer_names: Iterable[str] | None = None
    ):
        modes = ("full", "activations", "larger_than", "list_of_layers", None)
        if mode not in modes:
            raise ValueError(f"RematScope: mode must be one of {', '.join(map(repr, modes))}, got {mode!r}")
        self.mode = mode
        self.output_size_threshold = output_size_threshold
        self.layer_names = list(layer_names or ())

    def __enter__(self) -> RematScope:
        _local.remat.append(self)
        return self

    def __exit__(self, *_: Any) -> None:
        _local.remat.pop()


def get_current_remat_mode() -> RematScope | None:
    """The innermost :class:`RematScope`."""
    return _local.remat[-1] if _local.remat else None


def remat(f: Callable) -> Callable:
    """``f``, with the same values and gradients; memory is planned as for any function, see :class:`RematScope`."""

    @functools.wraps(f, updated=())
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return f(*args, **kwargs)

    return wrapped


@contextlib.contextmanager
def device(device_name: str) -> Iterator[None]:
    """Context for programs that name their device; there is one, the CPU.

    Raises:
        ValueError: for another device.

    Example:
        >>> import pykeras
        >>> with pykeras.device("cpu:0"):
        ...     pykeras.ops.zeros((2,)).numpy()
        array([0., 0.], dtype=float32)
    """
    if not isinstance(device_name, str) or not re.fullmatch(r"(/?device:|/)?cpu(:0)?", device_name.lower()):
        raise ValueError(f"device: pykeras computes on the CPU alone: expected 'cpu' or 'cpu:0', got {device_name!r}")
    yield
