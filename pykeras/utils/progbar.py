"""Progbar: one line that says how far a loop has come."""

import logging
import math
import os
import shutil
import sys
import time

from pykeras import config

REDRAW_SECONDS = 0.1


def write(text):
    """Print without a line end, or hand to the ``pykeras`` logger when interactive logging is off."""
    if config.is_interactive_logging_enabled():
        sys.stdout.write(text)
        sys.stdout.flush()
    elif text.strip():
        logging.getLogger("pykeras").info(text.strip())


def say(text):
    """Print a line, or hand it to the logger as :func:`write` does."""
    write(f"{text}\n")


def can_redraw():
    """Whether a line can be drawn over: on a terminal and in a notebook, not in a file or a pipe."""
    if not config.is_interactive_logging_enabled():
        return False
    is_terminal = getattr(sys.stdout, "isatty", lambda: False)
    return bool(is_terminal()) or type(sys.stdout).__module__.startswith("ipykernel") or "PYCHARM_HOSTED" in os.environ


class Progbar:
    """Progress of a loop: a bar, the time left or taken, and values.

    A finished bar looks like ``7/7 [==============================] - 0s 143us/step - loss: 0.1029 - acc: 1.0000``.
    Where the line cannot be drawn over (a file, a pipe) only the finished line is printed.

    Args:
        target: number of steps, None when it is not known.
        width: length of the bar.
        verbose: 0 prints nothing, 1 a bar, 2 one line at the end: `` - 0s - loss: 0.1475 - acc: 1.0000``.
        interval: least number of seconds between two drawings (a tenth at least).
        stateful_metrics: names of values shown as they are; others are averaged over the steps.
        stateless_metrics: names of values that are averaged, when all others are to be shown as they are.
        unit_name: what a step is called.

    Raises:
        ValueError: for both of them.

    Example:
        >>> import pykeras
        >>> bar = pykeras.utils.Progbar(2, verbose=2)
        >>> bar.update(1, [("loss", 1.0)])
        >>> bar.update(2, [("loss", 0.5)])
         - 0s - loss: 0.7500
    """

    def __init__(
        self,
        target,
        width=30,
        verbose=1,
        interval=REDRAW_SECONDS,
        stateful_metrics=None,
        stateless_metrics=None,
        unit_name="step",
    ):
        self.target = target
        self.width = width
        self.verbose = verbose
        self.interval = max(interval, REDRAW_SECONDS)
        self.unit_name = unit_name
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ValueError("Progbar: Only one of stateful_metrics and stateless_metrics can be given")
        self.stateful_metrics = None if stateful_metrics is None else set(stateful_metrics)
        self.stateless_metrics = None if stateless_metrics is None else set(stateless_metrics)
        self.dynamic = can_redraw()
        self.seen = 0
        self._values = {}
        self._start = time.perf_counter()
        self._drawn_at = -math.inf
        self._drawn_length = 0

    def due(self):
        """Whether the line would be drawn again now."""
        return time.perf_counter() - self._drawn_at >= self.interval

    def add(self, n, values=None):
        """``n`` steps more are done."""
        self.update(self.seen + n, values)

    def update(self, current, values=None, finalize=None, force=False):
        """``current`` steps are done.

        Args:
            current: number of steps done.
            values: pairs of name and value.
            finalize: whether this is the last drawing; by default when ``current`` reaches ``target``.
            force: draw however little time has passed (Keras 1).
        """
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        self._take_in(current, values or ())
        self.seen = current
        if not self.verbose or not (finalize or (self.verbose == 1 and self.dynamic and (force or self.due()))):
            return
        self._drawn_at = time.perf_counter()
        elapsed = self._drawn_at - self._start
        if self.verbose == 2:
            write(f" - {elapsed:.0f}s{self._shown_values()}\n")
            return
        line = f"{self._bar()}{self._time(elapsed, finalize)}{self._shown_values()}"
        if not self.dynamic:
            write(f"{line}\n")
            return
        if not finalize:
            line = line[: max(shutil.get_terminal_size().columns - 1, 20)]
        write(f"\r{line.ljust(self._drawn_length)}" + ("\n" if finalize else ""))
        self._drawn_length = 0 if finalize else len(line)

    def _take_in(self, current, values):
        steps = max(current - self.seen, 1)
        for name, value in values:
            total, count = self._values.get(name, (0.0, 0))
            try:
                value = float(value)
            except (TypeError, ValueError):
                self._values[name] = (value, None)
                continue
            if count is None or self._is_stateful(name):
                self._values[name] = (value, 1)
            else:
                self._values[name] = (total + value * steps, count + steps)

    def _is_stateful(self, name):
        if self.stateless_metrics is not None:
            return name not in self.stateless_metrics
        return self.stateful_metrics is not None and name in self.stateful_metrics

    def _shown_values(self):
        return "".join(f" - {name}: {shown(*entry)}" for name, entry in self._values.items())

    def _bar(self):
        if self.target is None:
            return f"{self.seen:7d}/Unknown"
        digits = len(str(self.target))
        full = int(self.width * min(self.seen / max(self.target, 1), 1.0))
        if self.seen >= self.target:
            bar = "=" * self.width
        else:
            bar = ("=" * max(full - 1, 0) + ">") if full else ""
        return f"{self.seen:{digits}d}/{self.target} [{bar.ljust(self.width, '.')}]"

    def _time(self, elapsed, finalize):
        step = elapsed / self.seen if self.seen else 0.0
        if self.target is not None and self.seen < self.target and not finalize:
            return f" - ETA: {duration(step * (self.target - self.seen))}"
        return f" - {duration(elapsed)} {per_step(step)}/{self.unit_name}"


def shown(total, count):
    """A value with four digits after the point, in scientific form when small."""
    if count is None:
        return str(total)
    value = total / count
    return f"{value:.4f}" if abs(value) > 1e-3 or not math.isfinite(value) else f"{value:.4e}"


def duration(seconds):
    """Seconds as ``7s``, ``2:07`` or ``1:02:07``."""
    seconds = int(seconds)
    if seconds < 60:
        return f"{seconds}s"
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}:{minutes:02d}:{seconds % 60:02d}" if hours else f"{minutes}:{seconds % 60:02d}"


def per_step(seconds):
    """Time of a step as ``2s``, ``5ms`` or ``143us``."""
    if seconds >= 1 or seconds == 0:
        return f"{seconds:.0f}s"
    return f"{seconds * 1e3:.0f}ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us"
