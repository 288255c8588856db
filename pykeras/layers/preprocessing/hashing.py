"""Texts and integers hashed to a number of bins."""

from __future__ import annotations

from typing import Any

import numpy as np

from pykeras import check, ops, strings
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.layers.preprocessing.encoding import checked_mode, dense, encode
from pykeras.layers.preprocessing.fingerprints import combined, farmhash64, siphash64
from pykeras.ops.host import host

_CROSSING_KEY = 0xDECAFCAFFE


def checked_salt(salt: Any) -> list[int] | None:
    """Two integers, from two or one."""
    if salt is None:
        return None
    pair = list(salt) if isinstance(salt, (list, tuple)) else [salt, salt]
    if len(pair) != 2:
        raise ValueError(f"salt: expected an integer or two, got {salt!r}")
    return [check.integer("salt", value) for value in pair]


def as_texts(values: np.ndarray, is_text: bool) -> list[bytes]:
    """What is hashed: the bytes of texts, the digits of integers; floating numbers lose their fraction."""
    if is_text:
        return [strings.as_bytes(text) for text in strings.list_of(values)]
    if values.dtype == bool:
        return [b"true" if value else b"false" for value in values.reshape(-1).tolist()]
    whole = values.astype(np.int64) if values.dtype.kind == "f" else values
    return [b"%d" % value for value in whole.reshape(-1).tolist()]


def buckets(texts: list[bytes], count: int, salt: list[int] | None) -> np.ndarray:
    """The bin of each text: FarmHash, with a salt SipHash, modulo the number of bins."""
    hashes = farmhash64(texts) if salt is None else siphash64(texts, salt)
    return (hashes % np.uint64(count)).astype(np.int64)


@REGISTRY.register
class Hashing(Layer):
    """Texts or integers hashed to bins 0 to ``num_bins - 1``; the values are those of Keras.

    Arguments:
        num_bins: the number of bins; with ``mask_value``, bin 0 is for that one.
        mask_value: a value that always falls into bin 0, alone.
        salt: an integer or two of them: SipHash-2-4 with this key in place of FarmHash.
        output_mode: ``"int"``, ``"one_hot"``, ``"multi_hot"`` or ``"count"``; see :class:`CategoryEncoding`.
        sparse: not supported, raises ``ValueError``.

    >>> Hashing(num_bins=3)([["A"], ["B"], ["C"], ["D"], ["E"]]).tolist()
    [[1], [0], [1], [1], [2]]
    """

    def __init__(self, num_bins, mask_value=None, salt=None, output_mode="int", sparse=False, **kwargs):
        output_mode = checked_mode(output_mode)
        if kwargs.get("dtype") is None:
            kwargs["dtype"] = "int64" if output_mode == "int" else None
        super().__init__(**kwargs)
        if output_mode == "int" and self.compute_dtype not in ("int32", "int64"):
            raise ValueError(f'dtype: expected "int32" or "int64" for output_mode "int", got {self.compute_dtype!r}')
        self.num_bins = check.positive_int("num_bins", num_bins)
        self.mask_value = mask_value
        self.salt = checked_salt(salt)
        self.output_mode = output_mode
        self.sparse = dense("sparse", sparse)

    def call(self, inputs):
        inputs = ops.convert_to_tensor(inputs)
        is_text = inputs.dtype == "string"
        masks = self.mask_value is not None and self.num_bins > 1
        if masks and is_text != isinstance(self.mask_value, (str, bytes)):
            raise TypeError(f"mask_value {self.mask_value!r} does not fit inputs of dtype {inputs.dtype}")
        mask = strings.as_bytes(strings.as_text(self.mask_value)) if masks and is_text else self.mask_value

        def bins(values):
            texts = as_texts(values, is_text)
            found = buckets(texts, self.num_bins - masks, self.salt).reshape(values.shape)
            if not masks:
                return found
            masked = np.array([text == mask for text in texts], bool).reshape(values.shape) if is_text else (
                values == mask
            )  # fmt: skip
            return np.where(masked, 0, found + 1)

        found = host("hashing", bins, [inputs], [(inputs.shape, "int64")], gradient=lambda ins, outs, dy: [None])
        return encode(found, self.output_mode, self.num_bins, self.compute_dtype)


@REGISTRY.register
class HashedCrossing(Layer):
    """Several features of texts or integers crossed: each combination hashed to one of ``num_bins``, as Keras does it.

    Arguments:
        num_bins: the number of bins.
        output_mode: ``"int"`` or ``"one_hot"``.
        sparse: not supported, raises ``ValueError``.

    Called on a list of at least two inputs of one shape: a single value, ``(batch,)`` or ``(batch, 1)``. Raises
    ``ValueError`` for other shapes and for floating inputs.

    >>> HashedCrossing(5)((["A", "B", "A", "B", "A"], [101, 101, 101, 102, 102])).tolist()
    [1, 4, 1, 1, 3]
    """

    def __init__(self, num_bins, output_mode="int", sparse=False, name=None, dtype=None, **kwargs):
        output_mode = checked_mode(output_mode, ("int", "one_hot"))
        super().__init__(name=name, dtype="int64" if dtype is None and output_mode == "int" else dtype, **kwargs)
        self.num_bins = check.positive_int("num_bins", num_bins)
        self.output_mode = output_mode
        self.sparse = dense("sparse", sparse)

    def __call__(self, inputs, *args, **kwargs):
        if not isinstance(inputs, (list, tuple)) or len(inputs) < 2:
            raise ValueError(f"{self._label}: expected a list of at least two inputs, got {type(inputs).__name__}")
        return super().__call__([ops.convert_to_tensor(x) for x in inputs], *args, **kwargs)

    def call(self, inputs):
        shape = inputs[0].shape
        if len(shape) > 2 or (len(shape) == 2 and shape[1] != 1):
            raise ValueError(f"expected inputs of shape (), (batch,) or (batch, 1), got {shape}")
        for x in inputs:
            if x.shape != shape:
                raise ValueError(f"expected inputs of one shape, got {[tuple(x.shape) for x in inputs]}")
            if x.dtype.startswith("float") or x.dtype == "bool":
                raise ValueError(f"all inputs should have an integer or string dtype, got {[x.dtype for x in inputs]}")
        is_text = [x.dtype == "string" for x in inputs]

        def crossed(*features):
            hashes = np.full(features[0].size, _CROSSING_KEY, np.uint64)
            with np.errstate(over="ignore"):
                for values, text in zip(features, is_text):
                    one = farmhash64(as_texts(values, True)) if text else values.reshape(-1).astype(np.int64)
                    hashes = combined(hashes, one.view(np.uint64))
            return (hashes % np.uint64(self.num_bins)).astype(np.int64).reshape(features[0].shape)

        found = host("hashed_crossing", crossed, inputs, [(shape, "int64")])
        return encode(found, self.output_mode, self.num_bins, self.compute_dtype)
