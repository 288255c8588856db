"""What a schedule's name may stand for; each schedule enters itself where it is defined."""

from pykeras.optimizers.schedules.schedule import LearningRateSchedule
from pykeras.registry import Registry

registry = Registry("learning rate schedule", "schedules", base=LearningRateSchedule)


def serialize(learning_rate_schedule):
    """Configuration of a schedule that :func:`deserialize` reads."""
    return registry.serialize(learning_rate_schedule)


def deserialize(config, custom_objects=None):
    """Schedule from its configuration.

    Args:
        config: configuration dictionary.
        custom_objects: names of your own classes.
    """
    return registry.deserialize(config, custom_objects)
