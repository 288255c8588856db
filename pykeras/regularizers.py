"""Regularizers: a penalty computed from a layer's weights or outputs and added to the loss."""

from pykeras import check, ops
from pykeras.registry import Registry


class Regularizer:
    """Base class: a callable from a tensor to a scalar tensor.

    Subclasses implement ``__call__(self, x)`` and, to be saved, ``get_config``.

    Example:
        >>> from pykeras import ops, regularizers
        >>> class Sum(regularizers.Regularizer):
        ...     def __call__(self, x):
        ...         return ops.sum(x)
        >>> float(Sum()([1.0, 2.0]))
        3.0
    """

    def __call__(self, x):
        """The penalty of ``x``; 0 in the base class."""
        return 0.0

    @classmethod
    def from_config(cls, config):
        """A regularizer from what ``get_config`` returned."""
        return cls(**config)

    def get_config(self):
        """The constructor's arguments as a dict."""
        raise NotImplementedError(f"{type(self).__name__} has no get_config(); it is needed to save the regularizer")


_REGISTRY = Registry("regularizer", "regularizers", base=Regularizer, lower_case=True)


def _factor(name, value, default):
    return check.non_negative_float(name, default if value is None else value)


def _sum_abs(x):
    return ops.sum(ops.absolute(x))


def _sum_square(x):
    return ops.sum(ops.square(x))


@_REGISTRY.register("l1_l2")
class L1L2(Regularizer):
    """``l1 * sum(|x|) + l2 * sum(x^2)``.

    Arguments:
        l1: factor of the sum of absolute values.
        l2: factor of the sum of squares.

    Raises:
        ValueError: a factor that is negative or not finite.

    Example:
        >>> from pykeras import regularizers
        >>> float(regularizers.L1L2(l1=1.0, l2=10.0)([-1.0, 2.0]))
        53.0
    """

    def __init__(self, l1=0.0, l2=0.0):
        self.l1 = _factor("l1", l1, 0.0)
        self.l2 = _factor("l2", l2, 0.0)

    def __call__(self, x):
        if self.l1 and self.l2:
            return ops.add(ops.multiply(self.l1, _sum_abs(x)), ops.multiply(self.l2, _sum_square(x)))
        if self.l2:
            return ops.multiply(self.l2, _sum_square(x))
        return ops.multiply(self.l1, _sum_abs(x))

    def get_config(self):
        return {"l1": self.l1, "l2": self.l2}


@_REGISTRY.register
class L1(Regularizer):
    """``l1 * sum(|x|)``: drives weights to zero.

    Arguments:
        l1: factor.

    Raises:
        ValueError: a factor that is negative or not finite.

    Example:
        >>> from pykeras import regularizers
        >>> float(regularizers.L1(0.5)([-1.0, 3.0]))
        2.0
    """

    def __init__(self, l1=0.01):
        self.l1 = _factor("l1", l1, 0.01)

    def __call__(self, x):
        return ops.multiply(self.l1, _sum_abs(x))

    def get_config(self):
        return {"l1": self.l1}


@_REGISTRY.register
class L2(Regularizer):
    """``l2 * sum(x^2)``: keeps weights small.

    Arguments:
        l2: factor.

    Raises:
        ValueError: a factor that is negative or not finite.

    Example:
        >>> from pykeras import regularizers
        >>> float(regularizers.L2(0.5)([-1.0, 3.0]))
        5.0
    """

    def __init__(self, l2=0.01):
        self.l2 = _factor("l2", l2, 0.01)

    def __call__(self, x):
        return ops.multiply(self.l2, _sum_square(x))

    def get_config(self):
        return {"l2": self.l2}


@_REGISTRY.register
class OrthogonalRegularizer(Regularizer):
    """``factor * sum |cos(v_i, v_j)| / (n (n - 1))`` over the pairs i != j of the n rows (or columns) of a matrix.

    Arguments:
        factor: factor of the mean.
        mode: "rows" or "columns".

    Shape: a matrix ``(rows, columns)``.

    Raises:
        ValueError: a factor that is negative or not finite, another mode, or an input that is no matrix.

    A single row (or column) has no pairs; its penalty is 0 (Keras gives NaN). For columns Keras 3.15
    divides row i by the norm of column i; here, as in Keras 2, each column is divided by its own norm.

    Example:
        >>> from pykeras import regularizers
        >>> float(regularizers.OrthogonalRegularizer(1.0)([[1.0, 0.0], [0.0, 2.0]]))
        0.0
    """

    def __init__(self, factor=0.01, mode="rows"):
        self.factor = _factor("factor", factor, 0.01)
        self.mode = check.one_of("mode", mode, ("rows", "columns"))

    def __call__(self, inputs):
        x = inputs if hasattr(inputs, "shape") else ops.convert_to_tensor(inputs)
        if len(x.shape) != 2:
            raise ValueError(f"OrthogonalRegularizer: expected a matrix (rank 2), got shape {tuple(x.shape)}")
        axis = 1 if self.mode == "rows" else 0
        unit = ops.normalize(x, axis=axis)
        other = ops.transpose(unit)
        cosines = ops.matmul(unit, other) if self.mode == "rows" else ops.matmul(other, unit)
        count = x.shape[1 - axis]
        pairs = max(count * (count - 1), 1)
        off_diagonal = ops.multiply(ops.absolute(cosines), ops.subtract(1.0, ops.eye(count, dtype=cosines.dtype)))
        return ops.multiply(self.factor / pairs, ops.sum(off_diagonal))

    def get_config(self):
        return {"factor": self.factor, "mode": self.mode}


l1 = L1
l2 = L2
l1_l2 = L1L2
l1l2 = L1L2  # Keras 1
orthogonal_regularizer = OrthogonalRegularizer


def get(identifier):
    """The regularizer of a name, configuration, class or callable; None for None.

    Raises:
        ValueError: an unknown name (near ones are suggested), or something that is none of these.

    Example:
        >>> from pykeras import regularizers
        >>> regularizers.get("l2").get_config()
        {'l2': 0.01}
    """
    return _REGISTRY.get(identifier)


def serialize(regularizer):
    """The configuration of a regularizer, see ``registry.serialize``."""
    return _REGISTRY.serialize(regularizer)


def deserialize(config, custom_objects=None):
    """The regularizer of a configuration or name.

    Arguments:
        config: what ``serialize`` gave.
        custom_objects: dict from name to the caller's class; comes first.
    """
    return _REGISTRY.deserialize(config, custom_objects)
