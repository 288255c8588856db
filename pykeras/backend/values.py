"""Variables, constants, draws, and functions from symbolic tensors to values."""

import numpy as np

from pykeras import _core, config, ops, random, tree
from pykeras.keras_tensor import KerasTensor
from pykeras.variables import Variable


def variable(value, dtype=None, name=None, constraint=None):
    """A trainable variable with this value."""
    made = Variable(ops.convert_to_tensor(value, dtype or config.floatx()), name=name)
    made.constraint = constraint
    return made


def constant(value, dtype=None, shape=None, name=None):
    """A tensor with this value, repeated to ``shape`` when given."""
    made = ops.convert_to_tensor(value, dtype)
    return made if shape is None else ops.broadcast_to(made, shape)


def placeholder(shape=None, ndim=None, dtype=None, sparse=False, name=None, ragged=False):
    """A symbolic tensor of this shape; ``ndim`` alone leaves all sizes open."""
    if sparse or ragged:
        raise ValueError("placeholder: sparse and ragged tensors are not supported")
    if shape is None:
        if ndim is None:
            raise ValueError("placeholder: expected shape or ndim")
        shape = (None,) * ndim
    from pykeras.layers import Input

    return Input(batch_shape=tuple(shape), dtype=dtype or config.floatx(), name=name)


def zeros(shape, dtype=None, name=None):
    """A variable of zeros."""
    return Variable(ops.zeros(shape, dtype or config.floatx()), name=name)


def ones(shape, dtype=None, name=None):
    """A variable of ones."""
    return Variable(ops.ones(shape, dtype or config.floatx()), name=name)


def eye(size, dtype=None, name=None):
    """An identity matrix as a variable."""
    return Variable(ops.eye(*(size if isinstance(size, (tuple, list)) else (size,)), dtype=dtype), name=name)


def zeros_like(x, dtype=None, name=None):
    """:func:`pykeras.ops.zeros_like` with Keras 2's arguments."""
    return ops.zeros_like(x, dtype)


def ones_like(x, dtype=None, name=None):
    """:func:`pykeras.ops.ones_like` with Keras 2's arguments."""
    return ops.ones_like(x, dtype)


def random_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """:func:`pykeras.random.normal` with Keras 2's arguments."""
    return random.normal(shape, mean, stddev, dtype, seed)


def random_uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
    """:func:`pykeras.random.uniform` with Keras 2's arguments."""
    return random.uniform(shape, minval, maxval, dtype, seed)


def truncated_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """:func:`pykeras.random.truncated_normal` with Keras 2's arguments."""
    return random.truncated_normal(shape, mean, stddev, dtype, seed)


def random_bernoulli(shape, p=0.0, dtype=None, seed=None):
    """1 with probability ``p``, else 0."""
    return ops.cast(random.bernoulli(shape, p, seed=seed), dtype or config.floatx())


random_binomial = random_bernoulli


def random_normal_variable(shape, mean, scale, dtype=None, name=None, seed=None):
    """:func:`pykeras.random.normal` with Keras 2's arguments."""
    return Variable(random.normal(shape, mean, scale, dtype, seed), name=name)


def random_uniform_variable(shape, low, high, dtype=None, name=None, seed=None):
    """:func:`pykeras.random.uniform` with Keras 2's arguments."""
    return Variable(random.uniform(shape, low, high, dtype, seed), name=name)


def dropout(x, level, noise_shape=None, seed=None):
    """A share ``level`` of the values becomes 0, the others are divided by ``1 - level``."""
    return random.dropout(x, level, noise_shape, seed)


def get_value(x):
    """The values as a NumPy array."""
    return np.array(ops.convert_to_numpy(x))


eval = get_value  # noqa: A001 - Keras's name


def set_value(x, value):
    """Give the variable ``x`` this value; a recorded step sees it at its next run."""
    x.assign(value)


def batch_get_value(tensors):
    return [get_value(x) for x in tensors]


def batch_set_value(tuples):
    for x, value in tuples:
        set_value(x, value)


def update(x, new_x):
    return x.assign(new_x)


def update_add(x, increment):
    return x.assign_add(increment)


def update_sub(x, decrement):
    return x.assign_sub(decrement)


def moving_average_update(x, value, momentum):
    """``x = x * momentum + value * (1 - momentum)``."""
    return x.assign(x * momentum + ops.cast(value, x.dtype) * (1.0 - momentum))


def count_params(x):
    """Number of elements, as ``int(prod(shape))``."""
    return int(np.prod(x.shape))


def int_shape(x):
    """The shape as a tuple, None for what is not known."""
    return tuple(x.shape)


def print_tensor(x, message="", summarize=3):
    """Prints the values (not those of symbolic tensors, which have none) and returns ``x``."""
    if not isinstance(x, KerasTensor):
        print(message, np.array2string(ops.convert_to_numpy(x), threshold=2 * summarize, edgeitems=summarize))
    return x


def is_sparse(tensor):
    """False: tensors are dense here."""
    return False


def to_dense(tensor):
    return tensor


def function(inputs, outputs, updates=None, name=None, **kwargs):
    """A function from values of symbolic ``inputs`` to values of ``outputs``, which were computed from them.

    Returns:
        Callable that takes a list of arrays and returns a list of arrays (one array when ``outputs`` is one tensor).
    """
    if kwargs or updates:
        raise ValueError(f"function: updates and session arguments have no meaning here: {updates or kwargs}")
    from pykeras.models import Model

    inputs = inputs if isinstance(inputs, (list, tuple)) else [inputs]
    model = Model(list(inputs), outputs)

    def run(values):
        values = values if isinstance(values, (list, tuple)) else [values]
        if len(values) != len(inputs):
            raise ValueError(f"function: expected {len(inputs)} inputs, got {len(values)}")
        return tree.map_structure(get_value, model([ops.convert_to_tensor(v) for v in values], training=False))

    return run


def gradients(loss, variables):
    """Not available: a value does not remember how it was computed. Raises ``RuntimeError`` that says what to do."""
    raise RuntimeError(
        "K.gradients: compute the loss inside `with pykeras.GradientTape() as tape:` and call "
        "tape.gradient(loss, variables)"
    )


def stop_gradient(variables):
    """The same values, through which no gradient flows."""
    return tree.map_structure(ops.stop_gradient, variables)


def dtype(x):
    """:func:`pykeras.ops.dtype` with Keras 2's arguments."""
    return ops.dtype(x)


def ndim(x):
    return len(x.shape)


def shape(x):
    """The shape; of a tensor with values as integers."""
    return ops.shape(x)


def cast_to_floatx(x):
    """``x`` in the default dtype; arrays stay arrays."""
    if isinstance(x, (_core.Tensor, _core.Variable, KerasTensor)):
        return ops.cast(x, config.floatx())
    return np.asarray(x, dtype=config.floatx())


__all__ = [
    "batch_get_value", "batch_set_value", "cast_to_floatx", "constant", "count_params", "dropout", "dtype", "eval",
    "eye", "function", "get_value", "gradients", "int_shape", "is_sparse", "moving_average_update", "ndim", "ones",
    "ones_like", "placeholder", "print_tensor", "random_bernoulli", "random_binomial", "random_normal",
    "random_normal_variable", "random_uniform", "random_uniform_variable", "set_value", "shape", "stop_gradient",
    "to_dense", "truncated_normal", "update", "update_add", "update_sub", "variable", "zeros", "zeros_like",
]  # fmt: skip
