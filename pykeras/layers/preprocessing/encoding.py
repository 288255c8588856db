"""Numbers of categories, one at a time or as vectors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pykeras import check, ops
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.ops.host import host

MODES = ("int", "one_hot", "multi_hot", "count")
_OLDER_NAMES = {"binary": "multi_hot", "tf-idf": "tf_idf"}


def checked_mode(output_mode: Any, allowed: tuple = MODES) -> str:
    return check.one_of("output_mode", _OLDER_NAMES.get(output_mode, output_mode), allowed)


def dense(what: str, wanted: Any) -> bool:
    """False: ``sparse`` and ``ragged`` are not to be had."""
    if wanted:
        raise ValueError(f"{what}=True is not supported: there are only dense tensors")
    return False


def encoded_shape(shape: tuple, output_mode: str, depth: Any) -> tuple:
    """The shape that :func:`encode` makes of a shape."""
    shape = tuple(shape)
    if output_mode == "int":
        return shape
    if output_mode == "one_hot" and shape and not (len(shape) > 1 and shape[-1] == 1):
        return (*shape, depth)
    return (*shape[:-1], depth)


def encode(numbers: Any, output_mode: str, depth: int, dtype: str) -> Any:
    """Category numbers as they are (``"int"``), or as vectors of ``depth``; numbers outside leave no trace.

    ``"one_hot"``: one vector a number. ``"multi_hot"`` and ``"count"``: one vector for the numbers along the last axis,
    with 1 for each that is there, or how often it is.
    """
    if output_mode == "int":
        return ops.cast(numbers, dtype)
    shape = tuple(numbers.shape)
    result = encoded_shape(shape, output_mode, depth)
    if output_mode == "one_hot":
        hot = ops.one_hot(numbers, depth, dtype=dtype)
        return ops.squeeze(hot, -2) if len(shape) > 1 and shape[-1] == 1 else hot
    binary = output_mode == "multi_hot"

    def vectors(values):
        found = counts(values.reshape(-1), *rows_of(values), depth, dtype, binary)
        return found.reshape(*values.shape[:-1], depth)

    return host(f"category_{output_mode}", vectors, [numbers], [(result, dtype)])


def rows_of(numbers: np.ndarray) -> tuple[np.ndarray, int]:
    """Which row along the last axis each number belongs to, and how many rows there are."""
    count = math.prod(numbers.shape[:-1])
    return np.repeat(np.arange(count), numbers.shape[-1] if numbers.ndim else 1), count


def counts(
    numbers: np.ndarray, rows: np.ndarray, count: int, depth: int, dtype: str, binary: bool = False,
    weights: np.ndarray | None = None,
) -> np.ndarray:  # fmt: skip
    """How often each number below ``depth`` is found in each of ``count`` rows (``binary``: whether), times its weight.

    Only places that hold something are touched: of a large vocabulary most do not.
    """
    inside = (numbers >= 0) & (numbers < depth)
    places, found = np.unique(rows[inside] * depth + numbers[inside].astype(np.int64), return_counts=True)
    vectors = np.zeros(count * depth, dtype)
    vectors[places] = (1 if binary else found) * (1 if weights is None else weights[places % depth])
    return vectors.reshape(count, depth)


@REGISTRY.register
class CategoryEncoding(Layer):
    """Integer categories as vectors of ``num_tokens``.

    Arguments:
        num_tokens: the number of categories, which are 0 to ``num_tokens - 1``; others leave no trace.
        output_mode: ``"one_hot"``: a vector for each category; ``"multi_hot"``: one vector with 1 for each category
            along the last axis; ``"count"``: how often each is there. ``"binary"`` is Keras 2's ``"multi_hot"``.
        sparse: not supported, raises ``ValueError``.

    ``count_weights`` in the call (with ``"count"``) are added up in place of ones.

    >>> CategoryEncoding(4, "count")([[0, 1, 1], [3, 0, 0]]).tolist()
    [[1.0, 2.0, 0.0, 0.0], [2.0, 0.0, 0.0, 1.0]]
    """

    def __init__(self, num_tokens=None, output_mode="multi_hot", sparse=False, **kwargs):
        num_tokens = kwargs.pop("max_tokens", num_tokens)
        super().__init__(**kwargs)
        if num_tokens is None:
            raise ValueError("num_tokens: expected the number of categories; IntegerLookup finds it out")
        self.num_tokens = check.positive_int("num_tokens", num_tokens)
        self.output_mode = checked_mode(output_mode, MODES[1:])
        self.sparse = dense("sparse", sparse)

    def call(self, inputs, count_weights=None):
        inputs = ops.convert_to_tensor(inputs)
        if inputs.dtype == "string":
            raise TypeError("expected numbers of categories, got strings; StringLookup turns them into numbers")
        inputs = ops.cast(inputs, "int64")
        if count_weights is None:
            return encode(inputs, self.output_mode, self.num_tokens, self.compute_dtype)
        if self.output_mode != "count":
            raise ValueError(f'count_weights belong to output_mode "count", this is "{self.output_mode}"')
        weights = ops.cast(ops.convert_to_tensor(count_weights), self.compute_dtype)
        hot = ops.one_hot(inputs, self.num_tokens, dtype=self.compute_dtype)
        return ops.sum(hot * ops.expand_dims(weights, -1), axis=-2) if len(inputs.shape) else hot * weights
