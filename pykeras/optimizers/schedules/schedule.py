"""LearningRateSchedule: learning rate as a function of the step, in ops so that a replayed step computes it."""

import inspect


class LearningRateSchedule:
    """Base class of schedules.

    Subclass it with ``__call__(step)``: a scalar tensor (the number of steps taken) to a scalar tensor.

    Example:
        >>> import pykeras
        >>> class Halving(pykeras.optimizers.schedules.LearningRateSchedule):
        ...     def __call__(self, step):
        ...         return 0.5 ** pykeras.ops.cast(step, "float32")
        >>> float(Halving()(2))
        0.25
    """

    def __call__(self, step):
        raise NotImplementedError(f"{type(self).__name__} has no __call__(step)")

    def get_config(self):
        """Constructor arguments, taken from the attributes of their names."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters if hasattr(self, name)}

    @classmethod
    def from_config(cls, config):
        return cls(**config)
