"""What an optimizer's name may stand for; each optimizer enters itself where it is defined."""

from pykeras.optimizers.optimizer import Optimizer
from pykeras.registry import Registry

registry = Registry("optimizer", "optimizers", base=Optimizer, lower_case=True, ignore_case=True)


def get(identifier):
    """The optimizer that a name, configuration or object stands for.

    Args:
        identifier: a name (``"adam"``), a configuration dictionary, an :class:`Optimizer`, its class, or None.

    Raises:
        ValueError: for an unknown name, with the near ones.

    Example:
        >>> import pykeras
        >>> type(pykeras.optimizers.get("sgd")).__name__
        'SGD'
    """
    found = registry.get(identifier)
    if found is None or isinstance(found, Optimizer):
        return found
    raise ValueError(
        f"Cannot interpret {identifier!r} as an optimizer: expected a name, a configuration or an Optimizer"
    )


def serialize(optimizer):
    """Configuration of an optimizer that :func:`deserialize` reads."""
    return registry.serialize(optimizer)


def deserialize(config, custom_objects=None):
    """Optimizer from its name or configuration.

    Args:
        config: name or configuration dictionary.
        custom_objects: names of your own classes and functions.
    """
    return registry.deserialize(config, custom_objects)
