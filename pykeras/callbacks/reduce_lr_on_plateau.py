"""ReduceLROnPlateau: a smaller learning rate when a value no longer gets better."""

from pykeras import check
from pykeras.callbacks.callback import Callback
from pykeras.callbacks.monitor import Monitor, Monitoring
from pykeras.callbacks.rates import rate_logs, rated
from pykeras.utils.progbar import say


class ReduceLROnPlateau(Monitoring, Callback):
    """Multiplies the learning rate by ``factor`` after ``patience`` epochs in which ``monitor`` did not get better.

    Args:
        monitor: name in the logs.
        factor: number below 1.
        patience: epochs to wait.
        verbose: 1 says what it sets.
        mode: ``"min"``, ``"max"`` or ``"auto"`` (from the name).
        min_delta: least change that counts as better.
        cooldown: epochs after a reduction in which nothing is counted.
        min_lr: least learning rate.
        **kwargs: Keras 1's ``epsilon`` for ``min_delta``.

    Raises:
        ValueError: for a ``factor`` of 1 or more, and when the learning rate is a schedule.
        TypeError: for an unknown keyword.

    Example:
        >>> import pykeras
        >>> pykeras.callbacks.ReduceLROnPlateau("val_loss", factor=0.2, patience=5, min_lr=1e-5).cooldown
        0
    """

    #: What a run that is taken up again must know.
    kept = ("best", "wait", "cooldown_counter")

    def __init__(
        self,
        monitor="val_loss",
        factor=0.1,
        patience=10,
        verbose=0,
        mode="auto",
        min_delta=1e-4,
        cooldown=0,
        min_lr=0.0,
        **kwargs,
    ):
        super().__init__()
        min_delta = kwargs.pop("epsilon", min_delta)
        if kwargs:
            raise TypeError(f"ReduceLROnPlateau has no argument {next(iter(kwargs))!r}")
        if not 0 <= factor < 1:
            raise ValueError(f"ReduceLROnPlateau: factor: expected a number from 0 to below 1, got {factor}")
        self.monitor, self.factor, self.min_lr, self.verbose = monitor, factor, min_lr, verbose
        self.patience = check.non_negative_int("patience", patience)
        self.cooldown = check.non_negative_int("cooldown", cooldown)
        self.min_delta = min_delta
        self._monitor = Monitor("ReduceLROnPlateau", monitor, mode, min_delta)
        self.on_train_begin()

    def on_train_begin(self, logs=None):
        self.best = None
        self.wait = self.cooldown_counter = 0

    def in_cooldown(self):
        """Whether a reduction is too recent for epochs to count."""
        return self.cooldown_counter > 0

    def on_epoch_end(self, epoch, logs=None):
        logs = {} if logs is None else logs
        logs.update(rate_logs(self.model.optimizer))
        value = self._monitor.value(logs)
        if value is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self._monitor.better(value, self.best):
            self.best, self.wait = value, 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience and self._reduce(epoch):
                self.cooldown_counter, self.wait = self.cooldown, 0

    def _reduce(self, epoch):
        reduced = False
        for optimizer in rated(self.model.optimizer):
            old = float(optimizer.learning_rate)
            if old <= self.min_lr:
                continue
            new = max(old * self.factor, self.min_lr)
            optimizer.learning_rate = new
            reduced = True
            if self.verbose:
                say(f"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {new}.")
        return reduced
