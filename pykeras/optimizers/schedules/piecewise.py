"""Learning rates that fall in steps."""

from pykeras import ops
from pykeras.optimizers.schedules.decay import as_float
from pykeras.optimizers.schedules.names import registry
from pykeras.optimizers.schedules.schedule import LearningRateSchedule


@registry.register
class PiecewiseConstantDecay(LearningRateSchedule):
    """``values[0]`` up to and with step ``boundaries[0]``, ``values[1]`` up to ``boundaries[1]``, ...

    Raises:
        ValueError: unless there is one value more than boundaries, and the boundaries rise.

    Example:
        >>> import pykeras
        >>> schedule = pykeras.optimizers.schedules.PiecewiseConstantDecay([10, 20], [1.0, 0.5, 0.25])
        >>> float(schedule(10)), float(schedule(11)), float(schedule(30))
        (1.0, 0.5, 0.25)
    """

    def __init__(self, boundaries, values, name="PiecewiseConstant"):
        self.boundaries, self.values = list(boundaries), list(values)
        if len(self.values) != len(self.boundaries) + 1:
            raise ValueError(
                f"PiecewiseConstantDecay: expected one value more than boundaries, got {len(self.values)} values and "
                f"{len(self.boundaries)} boundaries"
            )
        if self.boundaries != sorted(self.boundaries):
            raise ValueError(f"PiecewiseConstantDecay: expected boundaries that rise, got {self.boundaries}")
        self.name = name

    def __call__(self, step):
        step = as_float(step)
        rate = ops.full_like(step, self.values[-1])
        for boundary, value in reversed(list(zip(self.boundaries, self.values[:-1], strict=True))):
            rate = ops.where(step <= boundary, ops.full_like(step, value), rate)
        return rate
