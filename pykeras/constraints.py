"""Constraints: what a weight is changed to after each optimizer step, so that it stays in a set."""

from pykeras import check, config, ops
from pykeras.registry import Registry


class Constraint:
    """Base class: a callable from a weight to a weight of the same shape.

    Subclasses implement ``__call__(self, w)`` and, to be saved, ``get_config``.

    Example:
        >>> from pykeras import constraints, ops
        >>> class Bounded(constraints.Constraint):
        ...     def __call__(self, w):
        ...         return ops.clip(w, -1.0, 1.0)
        >>> Bounded()([0.5, 3.0]).numpy().tolist()
        [0.5, 1.0]
    """

    def __call__(self, w):
        """The weight after the constraint; ``w`` itself in the base class."""
        return w

    def get_config(self):
        """The constructor's arguments as a dict."""
        return {}

    @classmethod
    def from_config(cls, config):
        """A constraint from what ``get_config`` returned."""
        return cls(**config)


_REGISTRY = Registry("constraint", "constraints", base=Constraint, lower_case=True)


def _axis(value):
    """The axis as given, with lists of NumPy integers and the like made plain."""
    if isinstance(value, (list, tuple)):
        return [check.integer("axis", each) for each in value]
    return check.integer("axis", value)


def _norms(w, axis):
    return ops.sqrt(ops.sum(ops.square(w), axis=axis, keepdims=True))


def _rescaled(w, wanted, norms):
    return ops.multiply(w, ops.divide(wanted, ops.add(norms, config.epsilon())))


@_REGISTRY.register
class MaxNorm(Constraint):
    """Norms of at most ``max_value``: ``w * min(n, max_value) / (n + epsilon)``, n the norm along ``axis``.

    Arguments:
        max_value: greatest norm.
        axis: axis, or several, along which norms are taken: 0 for a ``Dense`` kernel (one norm a unit),
            ``[0, 1, 2]`` for a ``Conv2D`` kernel (one norm a filter).

    Raises:
        ValueError: an axis that is no integer, or that the weight does not have.

    Source: Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR 2014.

    Example:
        >>> from pykeras import constraints
        >>> constraints.MaxNorm(2.5)([[3.0], [4.0]]).numpy().round(4).tolist()
        [[1.5], [2.0]]
    """

    def __init__(self, max_value=2, axis=0):
        self.max_value = check.number("max_value", max_value)
        self.axis = _axis(axis)

    def __call__(self, w):
        norms = _norms(w, self.axis)
        return _rescaled(w, ops.clip(norms, 0.0, self.max_value), norms)

    def get_config(self):
        return {"max_value": self.max_value, "axis": self.axis}


@_REGISTRY.register
class NonNeg(Constraint):
    """Weights of 0 or more: negative ones become 0.

    Example:
        >>> from pykeras import constraints
        >>> constraints.NonNeg()([-1.0, 2.0]).numpy().tolist()
        [0.0, 2.0]
    """

    def __call__(self, w):
        return ops.relu(w)


@_REGISTRY.register
class UnitNorm(Constraint):
    """Norms of 1: ``w / (n + epsilon)``, n the norm along ``axis``.

    Arguments:
        axis: axis, or several, along which norms are taken (see ``MaxNorm``).

    Example:
        >>> from pykeras import constraints
        >>> constraints.UnitNorm()([[2.0], [0.0]]).numpy().round(4).tolist()
        [[1.0], [0.0]]
    """

    def __init__(self, axis=0):
        self.axis = _axis(axis)

    def __call__(self, w):
        return ops.divide(w, ops.add(_norms(w, self.axis), config.epsilon()))

    def get_config(self):
        return {"axis": self.axis}


@_REGISTRY.register
class MinMaxNorm(Constraint):
    """Norms brought towards [min_value, max_value]: ``w * d / (n + epsilon)`` with
    ``d = rate * clip(n, min_value, max_value) + (1 - rate) * n``, n the norm along ``axis``.

    Arguments:
        min_value: least norm.
        max_value: greatest norm.
        rate: share of the way; 1 applies the bounds in full at every step.
        axis: axis, or several, along which norms are taken (see ``MaxNorm``).

    Raises:
        ValueError: a bound or rate that is no number, or an axis that is no integer.

    Example:
        >>> from pykeras import constraints
        >>> constraints.MinMaxNorm(0.0, 1.0, rate=0.5)([[2.0], [0.0]]).numpy().round(4).tolist()
        [[1.5], [0.0]]
    """

    def __init__(self, min_value=0.0, max_value=1.0, rate=1.0, axis=0):
        self.min_value = check.number("min_value", min_value)
        self.max_value = check.number("max_value", max_value)
        self.rate = check.number("rate", rate)
        self.axis = _axis(axis)

    def __call__(self, w):
        norms = _norms(w, self.axis)
        bounded = ops.clip(norms, self.min_value, self.max_value)
        wanted = ops.add(ops.multiply(self.rate, bounded), ops.multiply(1.0 - self.rate, norms))
        return _rescaled(w, wanted, norms)

    def get_config(self):
        return {"min_value": self.min_value, "max_value": self.max_value, "rate": self.rate, "axis": self.axis}


@_REGISTRY.register
class RadialConstraint(Constraint):
    """Square convolution kernels that are constant on each square ring around their centre (Keras 2).

    The rings take, from the innermost outwards, values found on the kernel's main diagonal as tf_keras takes them:
    for an odd size 2s + 1 those at s - 1, s, ..., 2s - 1; for an even size 2s those at s - 1, s + 1, ..., 2s - 1.

    Shape: ``(size, size, channels, filters)``, size 2 or more.

    Raises:
        ValueError: another rank, a kernel that is not square, or size 1.

    Example:
        >>> import numpy as np
        >>> from pykeras import constraints
        >>> w = np.arange(9.0).reshape(3, 3, 1, 1)
        >>> constraints.RadialConstraint()(w).numpy()[:, :, 0, 0].tolist()
        [[4.0, 4.0, 4.0], [4.0, 0.0, 4.0], [4.0, 4.0, 4.0]]
    """

    def __call__(self, w):
        w = w if hasattr(w, "shape") else ops.convert_to_tensor(w)
        shape = tuple(w.shape)
        if len(shape) != 4 or shape[0] != shape[1] or shape[0] < 2:
            raise ValueError(
                f"RadialConstraint: expected shape (size, size, channels, filters), size >= 2, got {shape}"
            )
        size = shape[0]
        half = size // 2
        sources = [half - 1, *range(half + 1 - size % 2, 2 * half)]
        steps = range(size)
        distance = [[int(max(abs(2 * i - size + 1), abs(2 * j - size + 1))) // 2 for j in steps] for i in steps]
        # Row-major place, in the kernel, of the value that each place takes.
        places = [sources[ring] * (size + 1) for row in distance for ring in row]
        flat = ops.reshape(w, (size * size, *shape[2:]))
        return ops.reshape(ops.take(flat, places, axis=0), shape)


max_norm = MaxNorm
non_neg = NonNeg
unit_norm = UnitNorm
min_max_norm = MinMaxNorm
# Keras 1
maxnorm = MaxNorm
nonneg = NonNeg
unitnorm = UnitNorm
radial_constraint = RadialConstraint


def get(identifier):
    """The constraint of a name, configuration, class or callable; None for None.

    Raises:
        ValueError: an unknown name (near ones are suggested), or something that is none of these.

    Example:
        >>> from pykeras import constraints
        >>> constraints.get("max_norm").get_config()
        {'max_value': 2, 'axis': 0}
    """
    return _REGISTRY.get(identifier)


def serialize(constraint):
    """The configuration of a constraint, see ``registry.serialize``."""
    return _REGISTRY.serialize(constraint)


def deserialize(config, custom_objects=None):
    """The constraint of a configuration or name.

    Arguments:
        config: what ``serialize`` gave.
        custom_objects: dict from name to the caller's class; comes first.
    """
    return _REGISTRY.deserialize(config, custom_objects)
