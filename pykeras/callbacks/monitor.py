"""Watching one value of the logs: which way is better, and whether it got better."""

import math
import warnings

_HIGHER_IS_BETTER = ("acc", "accuracy", "auc", "precision", "recall", "f1_score", "fbeta_score", "r2_score", "iou")


class Monitor:
    """Compares values of ``logs[name]``.

    Args:
        owner: name of the callback, for messages.
        name: the value's name, such as ``"val_loss"``.
        mode: ``"min"``, ``"max"``, or ``"auto"``: max for accuracies and the like.
        min_delta: least difference that counts.
    """

    def __init__(self, owner, name, mode="auto", min_delta=0.0):
        if mode not in ("auto", "min", "max"):
            raise ValueError(f'{owner}: mode: expected "auto", "min" or "max", got {mode!r}')
        self.owner, self.name = owner, name
        self.higher = mode == "max" or (mode == "auto" and _goes_up(name))
        self.min_delta = abs(min_delta)
        self.worst = -math.inf if self.higher else math.inf

    def value(self, logs):
        """The value in ``logs``, or None with a warning that names what there is."""
        if self.name not in (logs or {}):
            known = ", ".join(sorted(logs or {})) or "nothing"
            warnings.warn(
                f"{self.owner} watches {self.name!r}, which is not in the logs; they hold {known}.", stacklevel=4
            )
            return None
        return logs[self.name]

    def better(self, value, best):
        """Whether ``value`` is better than ``best`` by more than ``min_delta``."""
        return value - self.min_delta > best if self.higher else value + self.min_delta < best


def _goes_up(name):
    name = name.removeprefix("val_")
    return name.startswith("fmeasure") or any(name == up or name.endswith(up) for up in _HIGHER_IS_BETTER)
