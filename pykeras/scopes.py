"""Contexts of Keras that say where and under which name things are made."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from pykeras.layers.context import context


class name_scope:  # noqa: N801 - Keras's name
    """Context in which the paths of new weights begin with ``name``.

    Arguments:
        name: without slashes.

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
            raise ValueError(f"name_scope: expected a name without '/', got {name!r}")
        given = {"caller": caller, "override_parent": override_parent, "deduplicate": None if deduplicate else False}
        for option, value in given.items():
            if value is not None:
                raise ValueError(
                    f"name_scope: {option}={value!r} is not supported: names follow the contexts they stand in"
                )
        self.name = name

    def __enter__(self) -> name_scope:
        context.names.append(self.name)
        return self

    def __exit__(self, *_) -> None:
        context.names.pop()


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
