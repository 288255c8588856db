"""The learning rate of an optimizer: a variable, a schedule or a function, read anew at each step."""

from pykeras import config, ops
from pykeras.optimizers.schedules import LearningRateSchedule
from pykeras.optimizers.schedules import serialize as serialize_schedule
from pykeras.variables import Variable


class Rate:
    """``learning_rate`` (also ``lr``) and Keras 2's ``decay``, as a part of Optimizer."""

    def _set_up_rate(self, learning_rate, decay):
        if isinstance(learning_rate, dict):
            from pykeras.optimizers import schedules

            learning_rate = schedules.deserialize(learning_rate)
        self.decay = float(decay or 0.0)
        if self.decay < 0:
            raise ValueError(f"{type(self).__name__}: expected decay of 0 or more, got {decay}")
        if callable(learning_rate):
            self._learning_rate = learning_rate
            return
        if isinstance(learning_rate, str) or isinstance(learning_rate, bool):
            raise ValueError(
                f"{type(self).__name__}: expected learning_rate to be a number, a LearningRateSchedule or a function "
                f"without arguments, got {learning_rate!r}"
            )
        self._learning_rate = Variable(
            float(learning_rate), dtype=config.floatx(), trainable=False, name="learning_rate"
        )
        self._track(self._learning_rate)

    @property
    def learning_rate(self):
        """The learning rate of the next step: its variable (assign to it at any time), or the schedule's value."""
        if isinstance(self._learning_rate, LearningRateSchedule):
            return self._learning_rate(self._iterations)
        return self._learning_rate() if callable(self._learning_rate) else self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value):
        if isinstance(self._learning_rate, Variable):
            if callable(value) and not isinstance(value, Variable):
                self._untrack(self._learning_rate)
                self._learning_rate = value
            else:
                self._learning_rate.assign(value)
        elif callable(value) and not isinstance(value, Variable):
            self._learning_rate = value
        else:
            raise TypeError(
                f"{type(self).__name__} was made with the learning rate {self._learning_rate!r}, which cannot be set "
                f"to {value!r}: make the optimizer with a number, or set another schedule"
            )

    @property
    def lr(self):
        """Keras 2's short name of ``learning_rate``."""
        return self.learning_rate

    @lr.setter
    def lr(self, value):
        self.learning_rate = value

    def _current_rate(self):
        """The learning rate as a tensor, Keras 2's ``1 / (1 + decay · iterations)`` included."""
        rate = ops.convert_to_tensor(self.learning_rate)
        if self.decay:
            rate = rate / (1.0 + self.decay * ops.cast(self.iterations, rate.dtype))
        return rate

    def _rate_config(self):
        rate = self._learning_rate
        if isinstance(rate, Variable):
            return float(rate.numpy())
        return serialize_schedule(rate) if isinstance(rate, LearningRateSchedule) else 0.5
