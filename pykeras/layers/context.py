"""What calls of layers inside other layers share: training or not, the outermost layer, the path of names."""

from __future__ import annotations

import threading
from typing import Any

from pykeras.variables import naming


class CallContext(threading.local):
    """State of the calls in progress in this thread."""

    def __init__(self) -> None:
        self.training: bool | None = None
        self.entry: Any = None

    @property
    def names(self) -> list[str]:
        """The contexts that stand around what is made now, the outermost first."""
        return naming.names

    @names.setter
    def names(self, names: list[str]) -> None:
        naming.names = names


context = CallContext()


class calling:
    """Context in which ``layer`` is being called with a resolved ``training``."""

    def __init__(self, layer: Any, training: bool | None):
        self.layer = layer
        self.training = training

    def __enter__(self) -> calling:
        self.before = (context.training, context.entry)
        context.training = self.training
        if context.entry is None:
            context.entry = self.layer
        context.names.append(self.layer.name)
        return self

    @property
    def outermost(self) -> bool:
        return context.entry is self.layer and self.before[1] is None

    def __exit__(self, *_: Any) -> None:
        context.training, context.entry = self.before
        context.names.pop()


class inside:
    """Context in which weights are made that belong under ``layer`` in the path of names."""

    def __init__(self, layer: Any):
        self.name = layer.name

    def __enter__(self) -> None:
        self.added = not context.names or context.names[-1] != self.name
        if self.added:
            context.names.append(self.name)

    def __exit__(self, *_: Any) -> None:
        if self.added:
            context.names.pop()
