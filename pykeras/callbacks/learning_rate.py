"""Callbacks that change the learning rate between epochs."""

from pykeras.callbacks.callback import Callback
from pykeras.callbacks.rates import rate_logs, rated
from pykeras.utils.progbar import say


class LearningRateScheduler(Callback):
    """Sets the learning rate of each epoch to ``schedule(epoch, rate)``, or ``schedule(epoch)``.

    Args:
        schedule: function of the epoch's number (from 0) and the present rate, returns the new rate.
        verbose: 1 says what it sets.

    Raises:
        ValueError: when the schedule returns no number.

    Example:
        >>> import pykeras
        >>> callback = pykeras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5)
        >>> callback.schedule(1, 0.5)
        0.25
    """

    def __init__(self, schedule, verbose=0):
        super().__init__()
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch, logs=None):
        for optimizer in rated(self.model.optimizer):
            optimizer.learning_rate = rate = self._rate(epoch, float(optimizer.learning_rate))
            if self.verbose:
                say(f"\nEpoch {epoch + 1}: LearningRateScheduler setting learning rate to {rate}.")

    def _rate(self, epoch, present):
        try:
            rate = self.schedule(epoch, present)
        except TypeError:
            rate = self.schedule(epoch)
        try:
            return float(rate)
        except (TypeError, ValueError):
            raise ValueError(
                f"LearningRateScheduler: the schedule returned {rate!r} for epoch {epoch}, no number"
            ) from None

    def on_epoch_end(self, epoch, logs=None):
        if logs is not None:
            logs.update(rate_logs(self.model.optimizer))
