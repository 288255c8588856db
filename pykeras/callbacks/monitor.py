"""Watching one value of the logs: which way is better, and whether it got better."""

import warnings

from pykeras import ops

_HIGHER_IS_BETTER = ("acc", "accuracy", "auc", "precision", "recall", "f1_score", "fbeta_score", "r2_score", "iou")


class Monitor:
    """Compares values of ``logs[name]``.

    Args:
        owner: name of the callback, for messages.
        name: the value's name, such as ``"val_loss"``.
        mode: ``"min"``, ``"max"``, or ``"auto"``: max for accuracies and the like.
        min_delta: least difference that counts.

    Warns:
        UserWarning: for another mode, which is taken for ``"auto"``, and for a value that is not in the logs.
    """

    def __init__(self, owner, name, mode="auto", min_delta=0.0):
        if mode not in ("auto", "min", "max"):
            warnings.warn(
                f'{owner}: mode: expected "auto", "min" or "max", got {mode!r}: taken for "auto"', stacklevel=3
            )
            mode = "auto"
        self.owner, self.name, self.mode = owner, name, mode
        self.higher = mode == "max" or (mode == "auto" and _goes_up(name))
        self.min_delta = abs(min_delta)

    def value(self, logs):
        """The value in ``logs``, or None with a warning that names what there is.

        Raises:
            ValueError: in the mode ``"auto"``, for a name that is no metric's: which way is better?
        """
        if self.name not in (logs or {}):
            known = ", ".join(sorted(logs or {})) or "nothing"
            message = f"{self.owner} watches {self.name!r}, which is not in the logs; they hold {known}."
            if self.mode == "auto" and logs and self.name.removeprefix("val_") not in logs:
                raise ValueError(f'{message} Should that name come later, pass mode="min" or "max".')
            warnings.warn(message, stacklevel=4)
            return None
        return logs[self.name]

    def better(self, value, best):
        """Whether ``value`` is better than ``best`` (None: than nothing) by more than ``min_delta``."""
        if best is None:
            return value == value  # NaN is not
        return value - self.min_delta > best if self.higher else value + self.min_delta < best


class Monitoring:
    """The part of a callback that compares a value of the logs with its ``best``; ``_monitor`` is its Monitor."""

    @property
    def mode(self):
        return self._monitor.mode

    @property
    def monitor_op(self):
        """``ops.greater`` where more is better, else ``ops.less``."""
        return ops.greater if self._monitor.higher else ops.less


def _goes_up(name):
    name = name.removeprefix("val_")
    return name.startswith("fmeasure") or any(name == up or name.endswith(up) for up in _HIGHER_IS_BETTER)
