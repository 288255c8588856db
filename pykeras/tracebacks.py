"""Tracebacks of uncaught errors without the frames of pykeras itself, for those who ask for it.

What is hidden is hidden when a traceback is printed: calls cost nothing, and ``error.__traceback__`` stays whole.
"""

from __future__ import annotations

import os
import sys
import traceback
from types import TracebackType
from typing import Any

_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep
_before: list[Any] = []


def enabled() -> bool:
    """Whether tracebacks are shortened."""
    return bool(_before)


def enable() -> None:
    """Shortens what Python prints of uncaught errors; IPython's own printing of tracebacks stays as it is."""
    if not _before:
        _before.append(sys.excepthook)
        sys.excepthook = _print


def disable() -> None:
    """Undoes :func:`enable`."""
    if _before:
        if sys.excepthook is _print:
            sys.excepthook = _before[0]
        _before.clear()


def _print(kind: type[BaseException], error: BaseException, tb: TracebackType | None) -> None:
    shown = traceback.TracebackException(kind, error, tb)
    hidden = _prune(shown)
    sys.stderr.write("".join(shown.format()))
    if hidden:
        sys.stderr.write(
            f"({hidden} frames of pykeras are not shown; pykeras.config.disable_traceback_filtering() shows them)\n"
        )


def _prune(shown: traceback.TracebackException | None) -> int:
    """Takes the package's frames out of an error and those that led to it; returns how many."""
    if shown is None:
        return 0
    kept = [frame for frame in shown.stack if not os.path.abspath(frame.filename).startswith(_HERE)]
    hidden = len(shown.stack) - len(kept)
    shown.stack = traceback.StackSummary.from_list(kept)
    return hidden + _prune(shown.__cause__) + _prune(shown.__context__)
