"""Distributions. ``seed`` is an integer (the same numbers each time), a ``SeedGenerator`` or ``None`` (the shared
stream)."""

from __future__ import annotations

import numpy as np

from pykeras import _core
from pykeras.dtypes import standardize_dtype
from pykeras.keras_tensor import operation
from pykeras.ops.core import cast, convert_to_tensor
from pykeras.ops.numbers import as_operand, normal_axis
from pykeras.random.seed import draw_state

op = _core.op


def _shape(shape) -> list[int]:
    return [int(s) for s in ([shape] if isinstance(shape, (int, np.integer)) else shape)]


def _float_dtype(dtype, name: str) -> str:
    dtype = standardize_dtype(dtype)
    if dtype not in ("float32", "float64"):
        raise ValueError(f"{name}: dtype: expected a floating dtype, got {dtype}")
    return dtype


def normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Normal numbers.

    >>> normal((2, 3), seed=1).shape
    (2, 3)
    """
    return op.random_normal(draw_state(seed), _shape(shape), float(mean), float(stddev), _float_dtype(dtype, "normal"))


def truncated_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Normal numbers within two standard deviations of the mean."""
    dtype = _float_dtype(dtype, "truncated_normal")
    return op.truncated_normal(draw_state(seed), _shape(shape), float(mean), float(stddev), dtype)


def uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
    """Uniform numbers in [minval, maxval)."""
    dtype = standardize_dtype(dtype)
    if dtype not in ("float32", "float64"):
        raise ValueError(f"uniform: dtype: expected a floating dtype, got {dtype}; for integers use randint")
    return op.random_uniform(draw_state(seed), _shape(shape), float(minval), float(maxval), dtype)


def randint(shape, minval, maxval, dtype="int32", seed=None):
    """Uniform integers in [minval, maxval)."""
    dtype = standardize_dtype(dtype)
    if dtype in ("float32", "float64", "bool"):
        raise ValueError(f"randint: dtype: expected an integer dtype, got {dtype}")
    if not maxval > minval:
        raise ValueError(f"randint: expected minval < maxval, got {minval} and {maxval}")
    draws = op.random_uniform(draw_state(seed), _shape(shape), 0.0, 1.0, "float64")
    scaled = op.floor(op.multiply(draws, float(maxval - minval)))
    return cast(op.add(cast(scaled, "int64"), int(minval)), dtype)


def bernoulli(shape, probability=0.5, dtype=None, seed=None):
    """1 with the given probability, else 0."""
    draws = op.random_uniform(draw_state(seed), _shape(shape), 0.0, 1.0, "float32")
    return cast(op.less(draws, probability), standardize_dtype(dtype))


@operation
def dropout(inputs, rate, noise_shape=None, seed=None):
    """``inputs`` with a share ``rate`` of the values set to 0 and the others divided by ``1 - rate``.

    ``noise_shape`` (sizes that broadcast to the inputs', ``None`` for the inputs' own) makes values fall together.
    """
    inputs = as_operand(inputs)
    rate = float(rate)
    if not 0 <= rate <= 1:
        raise ValueError(f"dropout: rate: expected 0 <= rate <= 1, got {rate}")
    if isinstance(inputs, _core.SymbolicTensor):
        return type(inputs)(inputs.shape, inputs.dtype)
    if inputs.dtype not in ("float32", "float64"):
        inputs = cast(inputs, standardize_dtype(None))
    if rate == 0:
        return inputs
    if rate == 1:
        return op.multiply(inputs, 0.0)
    if noise_shape is None:
        return op.dropout(inputs, draw_state(seed), rate)
    shape = [size if given is None else int(given) for size, given in zip(inputs.shape, noise_shape)]
    if len(shape) != len(inputs.shape) or len(noise_shape) != len(inputs.shape):
        raise ValueError(f"dropout: noise_shape: expected {len(inputs.shape)} sizes, got {noise_shape}")
    ones = convert_to_tensor(np.ones(shape, inputs.dtype))
    return op.multiply(inputs, op.dropout(ones, draw_state(seed), rate))


@operation
def shuffle(x, axis=0, seed=None):
    """``x`` with its slices along ``axis`` in random order."""
    x = as_operand(x)
    axis = normal_axis(axis, len(x.shape), "shuffle")
    if isinstance(x, _core.SymbolicTensor):
        return type(x)(x.shape, x.dtype)
    keys = op.random_uniform(draw_state(seed), [x.shape[axis]], 0.0, 1.0, "float64")
    return op.take(x, op.argsort(keys, 0), axis)


def categorical(logits, num_samples, dtype="int32", seed=None):
    """Class numbers drawn by ``softmax(logits)``: (batch, classes) gives (batch, num_samples)."""
    logits = as_operand(logits)
    if len(logits.shape) != 2:
        raise ValueError(f"categorical: expected logits (batch, classes), got shape {logits.shape}")
    rows, classes = logits.shape
    # The class with the largest logit plus Gumbel noise is a draw from the softmax.
    uniform_draws = op.random_uniform(draw_state(seed), [rows, int(num_samples), classes], 0.0, 1.0, "float64")
    noise = op.negative(op.log(op.negative(op.log(op.maximum(uniform_draws, 1e-300)))))
    return cast(op.argmax(op.add(noise, op.reshape(cast(logits, "float64"), [rows, 1, classes])), -1), dtype)


def exponential(shape, scale=1.0, dtype=None, seed=None):
    """Exponential numbers of mean ``scale``."""
    dtype = _float_dtype(dtype, "exponential")
    draws = op.random_uniform(draw_state(seed), _shape(shape), 0.0, 1.0, dtype)
    return op.multiply(op.log1p(op.negative(draws)), -float(scale))


def _host(draw, seed, dtype):
    """Draws by NumPy, seeded from the state. Reading the state ends a recording."""
    state = draw_state(seed).numpy()
    return convert_to_tensor(np.asarray(draw(np.random.default_rng(state)), standardize_dtype(dtype)))


def gamma(shape, alpha, dtype=None, seed=None):
    """Gamma numbers of shape parameter ``alpha`` and scale 1."""
    return _host(lambda rng: rng.gamma(alpha, size=_shape(shape)), seed, dtype)


def beta(shape, alpha, beta, dtype=None, seed=None):
    """Beta numbers."""
    return _host(lambda rng: rng.beta(alpha, beta, size=_shape(shape)), seed, dtype)


def binomial(shape, counts, probabilities, dtype=None, seed=None):
    """Numbers of successes in ``counts`` trials."""
    counts = np.asarray(counts).astype("int64")
    return _host(lambda rng: rng.binomial(counts, probabilities, size=_shape(shape)), seed, dtype)


def poisson(shape, lam=1.0, dtype=None, seed=None):
    """Poisson numbers of mean ``lam``."""
    return _host(lambda rng: rng.poisson(lam, size=_shape(shape)), seed, dtype)
