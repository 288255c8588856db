"""What a metric's name may stand for; each metric enters itself where it is defined."""

from pykeras.metrics.metric import Metric
from pykeras.registry import Registry

registry = Registry("metric", "metrics", base=Metric, lower_case=True)


def get(identifier):
    """The metric that a name, configuration, class, function or object stands for.

    Args:
        identifier: a name (``"mse"``, ``"MeanSquaredError"``), a configuration dictionary, a callable
            ``fn(y_true, y_pred)``, a :class:`Metric`, or None.

    Raises:
        ValueError: for an unknown name, with the near ones.

    Example:
        >>> import pykeras
        >>> pykeras.metrics.get("mse")
        <MeanSquaredError name=mean_squared_error>
    """
    return registry.get(identifier)


def serialize(metric):
    """Configuration of a metric that :func:`deserialize` reads."""
    return registry.serialize(metric)


def deserialize(config, custom_objects=None):
    """Metric from its name or configuration.

    Args:
        config: name or configuration dictionary.
        custom_objects: names of your own classes and functions.
    """
    return registry.deserialize(config, custom_objects)
