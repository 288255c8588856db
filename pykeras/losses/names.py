"""What a loss's name may stand for; each loss enters itself where it is defined."""

from collections.abc import Callable

from pykeras.losses.loss import Loss, LossFunctionWrapper
from pykeras.registry import Registry

registry = Registry("loss", "losses", base=Loss)
registry.register(LossFunctionWrapper)


def get(identifier):
    """The loss that a name, configuration, class, function or object stands for.

    Args:
        identifier: a name (``"mse"`` gives the function, ``"MeanSquaredError"`` an object), a configuration dictionary,
            a callable ``fn(y_true, y_pred)``, a :class:`Loss`, or None.

    Raises:
        ValueError: for an unknown name, with the near ones.

    Example:
        >>> import pykeras
        >>> pykeras.losses.get("mse") is pykeras.losses.mean_squared_error
        True
    """
    return registry.get(identifier)


def serialize(loss):
    """Configuration of a loss that :func:`deserialize` reads."""
    return registry.serialize(loss)


def deserialize(name, custom_objects=None):
    """Loss from its name or configuration.

    Args:
        name: name or configuration dictionary.
        custom_objects: names of your own classes and functions.
    """
    return registry.deserialize(name, custom_objects)


def as_loss(identifier):
    """The identifier as a :class:`Loss` object: a function is wrapped, by the class made for it where there is one."""
    found = get(identifier)
    if found is None or isinstance(found, Loss):
        return found
    wrapper = WRAPPERS.get(found)
    return wrapper() if wrapper else LossFunctionWrapper(found, name=function_name(found))


# functions that are wrapped by a class of their own instead of LossFunctionWrapper
WRAPPERS: dict[Callable, type[Loss]] = {}


def function_name(function):
    """Name of a function as logs show it: ``lambda`` for one without a name."""
    return getattr(function, "__name__", type(function).__name__).strip("<>")
