"""Learning rates that fall along a cosine, once or again and again."""

import math

from pykeras import check, ops
from pykeras.optimizers.schedules.decay import as_float
from pykeras.optimizers.schedules.names import registry
from pykeras.optimizers.schedules.schedule import LearningRateSchedule


def _fallen(share, alpha):
    """From 1 to ``alpha`` along half a cosine while ``share`` goes from 0 to 1."""
    return (1.0 - alpha) * 0.5 * (1.0 + ops.cos(math.pi * share)) + alpha


@registry.register
class CosineDecay(LearningRateSchedule):
    """``initial · ((1 - alpha)·½(1 + cos(π·step/decay_steps)) + alpha)``, then ``initial · alpha``.

    With ``warmup_target`` the rate first rises from ``initial_learning_rate`` to it over ``warmup_steps``, linearly,
    and falls from there.

    Args:
        initial_learning_rate: rate at step 0.
        decay_steps: steps of the fall, above 0.
        alpha: share of the rate that is left in the end.
        name: name of the schedule.
        warmup_target, warmup_steps: rate to rise to first, None for no rise, and the steps it takes.

    Source: I. Loshchilov and F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2016.

    Example:
        >>> import pykeras
        >>> schedule = pykeras.optimizers.schedules.CosineDecay(0.0, 10, warmup_target=1.0, warmup_steps=4)
        >>> [round(float(schedule(step)), 4) for step in (0, 2, 4, 9, 14, 99)]
        [0.0, 0.5, 1.0, 0.5, 0.0, 0.0]
    """

    def __init__(
        self,
        initial_learning_rate,
        decay_steps,
        alpha=0.0,
        name="CosineDecay",
        warmup_target=None,
        warmup_steps=0,
    ):
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = check.positive_float("decay_steps", decay_steps)
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = warmup_steps

    def __call__(self, step):
        step = as_float(step)
        if self.warmup_target is None:
            return self.initial_learning_rate * _fallen(ops.minimum(step / self.decay_steps, 1.0), self.alpha)
        share = ops.clip((step - self.warmup_steps) / self.decay_steps, 0.0, 1.0)
        fallen = self.warmup_target * _fallen(share, self.alpha)
        if not self.warmup_steps:
            return fallen
        rise = (self.warmup_target - self.initial_learning_rate) / self.warmup_steps
        return ops.where(step < self.warmup_steps, step * rise + self.initial_learning_rate, fallen)


@registry.register
class CosineDecayRestarts(LearningRateSchedule):
    """Cosine falls one after the other: each ``t_mul`` times as long as the last, from ``m_mul`` times as high.

    Args:
        initial_learning_rate: rate at step 0.
        first_decay_steps: steps of the first fall, above 0.
        t_mul, m_mul: factors of length and height.
        alpha: share of the rate that is left at the end of each fall.
        name: name of the schedule.

    Source: I. Loshchilov and F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2016.

    Example:
        >>> import pykeras
        >>> schedule = pykeras.optimizers.schedules.CosineDecayRestarts(1.0, 10, m_mul=0.5)
        >>> [round(float(schedule(step)), 4) for step in (0, 5, 10, 20)]
        [1.0, 0.5, 0.5, 0.25]
    """

    def __init__(self, initial_learning_rate, first_decay_steps, t_mul=2.0, m_mul=1.0, alpha=0.0, name="SGDRDecay"):
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = check.positive_float("first_decay_steps", first_decay_steps)
        self.t_mul = check.positive_float("t_mul", t_mul)
        self.m_mul = m_mul
        self.alpha = alpha
        self.name = name

    def __call__(self, step):
        share = as_float(step) / self.first_decay_steps
        if self.t_mul == 1.0:
            restarts = ops.floor(share)
            share = share - restarts
        else:
            # n falls end at the sum of the geometric series, (1 - tⁿ)/(1 - t)
            restarts = ops.floor(ops.log(1.0 - share * (1.0 - self.t_mul)) / math.log(self.t_mul))
            length = ops.power(self.t_mul, restarts)
            share = (share - (1.0 - length) / (1.0 - self.t_mul)) / length
        height = ops.power(self.m_mul, restarts)
        falling = 0.5 * height * (1.0 + ops.cos(math.pi * share))
        return self.initial_learning_rate * ((1.0 - self.alpha) * falling + self.alpha)
