"""Learning rates that fall smoothly: exponentially, as 1/t, along a polynomial."""

from pykeras import check, config, ops
from pykeras.optimizers.schedules.names import registry
from pykeras.optimizers.schedules.schedule import LearningRateSchedule


def as_float(step):
    """The step number as a float tensor."""
    return ops.cast(ops.convert_to_tensor(step), config.floatx())


class RateDecay(LearningRateSchedule):
    """Falls by ``decay_rate`` every ``decay_steps``: smoothly, or at once at the end of each with ``staircase``."""

    def __init__(self, initial_learning_rate, decay_steps, decay_rate, staircase=False, name=None):
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = check.positive_float("decay_steps", decay_steps)
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name or type(self).__name__

    def periods(self, step):
        """``step / decay_steps``, rounded down with ``staircase``."""
        periods = as_float(step) / self.decay_steps
        return ops.floor(periods) if self.staircase else periods


@registry.register
class ExponentialDecay(RateDecay):
    """``initial · rate^(step / decay_steps)``; the quotient rounded down with ``staircase``.

    Example:
        >>> import pykeras
        >>> schedule = pykeras.optimizers.schedules.ExponentialDecay(0.5, decay_steps=10, decay_rate=0.25)
        >>> float(schedule(5))
        0.25
    """

    def __call__(self, step):
        return self.initial_learning_rate * ops.power(self.decay_rate, self.periods(step))


@registry.register
class InverseTimeDecay(RateDecay):
    """``initial / (1 + rate · step / decay_steps)``; the quotient rounded down with ``staircase``.

    Example:
        >>> import pykeras
        >>> schedule = pykeras.optimizers.schedules.InverseTimeDecay(0.5, decay_steps=1, decay_rate=0.5)
        >>> float(schedule(2))
        0.25
    """

    def __call__(self, step):
        return self.initial_learning_rate / (1.0 + self.decay_rate * self.periods(step))


@registry.register
class PolynomialDecay(LearningRateSchedule):
    """``(initial - end) · (1 - step / decay_steps)^power + end``, then ``end``; with ``cycle`` it starts anew.

    Example:
        >>> import pykeras
        >>> schedule = pykeras.optimizers.schedules.PolynomialDecay(1.0, decay_steps=4, end_learning_rate=0.0)
        >>> float(schedule(3)), float(schedule(9))
        (0.25, 0.0)
    """

    def __init__(
        self,
        initial_learning_rate,
        decay_steps,
        end_learning_rate=0.0001,
        power=1.0,
        cycle=False,
        name="PolynomialDecay",
    ):
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = check.positive_float("decay_steps", decay_steps)
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = cycle
        self.name = name

    def __call__(self, step):
        step = as_float(step)
        span = self.decay_steps
        if self.cycle:
            span = self.decay_steps * ops.maximum(ops.ceil(step / self.decay_steps), 1.0)
        left = 1.0 - ops.minimum(step, span) / span
        return (self.initial_learning_rate - self.end_learning_rate) * ops.power(
            left, self.power
        ) + self.end_learning_rate
