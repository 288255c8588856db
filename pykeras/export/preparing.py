"""Preprocessing layers in ONNX: numbers, categories and vocabularies. Texts that must be cut up first cannot be had."""

from __future__ import annotations

from typing import Any

import numpy as np

from pykeras import config
from pykeras.export.builder import Graph, NotExpressible
from pykeras.export.table import Call, layer

_ML = "ai.onnx.ml"


@layer("Normalization")
def normalization(call: Call) -> str:
    g, layer = call.g, call.layer
    dtype = layer.compute_dtype
    mean = np.asarray(layer.mean, dtype)
    scale = np.maximum(np.sqrt(np.asarray(layer.variance, dtype)), np.asarray(config.epsilon(), dtype))
    x = g.cast(call.x, dtype)
    if layer.invert:
        return g.add("Add", g.add("Mul", x, g.const(scale)), g.const(mean))
    return g.add("Div", g.add("Sub", x, g.const(mean)), g.const(scale))


def _encoded(
    g: Graph, numbers: str, rank: int, last: Any, mode: str, depth: int, dtype: str, weights: Any = None
) -> str:
    """Category numbers (int64) as vectors; numbers outside leave no trace."""
    hot = g.add("Equal", g.unsqueeze(numbers, rank), g.const(np.arange(depth, dtype="int64")))
    hot = g.cast(hot, dtype)
    if mode == "one_hot":
        return g.squeeze(hot, rank - 1) if rank > 1 and last == 1 else hot
    if rank == 0:
        raise NotExpressible("numbers without an axis")
    if mode == "multi_hot":
        return g.reduce("Max", hot, [rank - 1])
    total = g.reduce("Sum", hot, [rank - 1])
    return total if weights is None else g.add("Mul", total, g.const(np.asarray(weights, dtype)))


@layer("Discretization", masks=False)
def discretization(call: Call) -> str:
    """The number of boundaries that are not above a value."""
    g, layer, rank = call.g, call.layer, len(call.shape)
    if layer.bin_boundaries is None:
        raise NotExpressible("it has no boundaries yet")
    edges = np.asarray(layer.bin_boundaries, layer.compute_dtype)
    x = g.unsqueeze(g.cast(call.x, layer.compute_dtype), rank)
    passed = g.cast(g.add("GreaterOrEqual", x, g.const(edges)), "int64")
    bins = g.reduce("Sum", passed, [rank])
    if layer.output_mode == "int":
        return g.cast(bins, "int32")
    return _encoded(g, bins, rank, call.shape[-1], layer.output_mode, len(edges) + 1, layer.compute_dtype)


@layer("CategoryEncoding", masks=False)
def category_encoding(call: Call) -> str:
    layer = call.layer
    if len(call.inputs) > 1 or call.kwargs.get("count_weights") is not None:
        raise NotExpressible("count_weights")
    numbers, rank = call.g.cast(call.x, "int64"), len(call.shape)
    return _encoded(call.g, numbers, rank, call.shape[-1], layer.output_mode, layer.num_tokens, layer.compute_dtype)


@layer("StringLookup", "IntegerLookup", masks=False)
def lookup(call: Call) -> str:
    g, layer = call.g, call.layer
    tokens = layer.get_vocabulary()
    if not layer._tokens:
        raise NotExpressible("it has no vocabulary yet")
    kind = "strings" if layer.text else "int64s"
    if layer.text and layer.encoding.lower().replace("_", "-") not in ("utf-8", "utf8"):
        raise NotExpressible(f"the encoding {layer.encoding}")
    if layer.invert:
        table: dict[str, Any] = {f"values_{kind}": ["" if token is None else token for token in tokens]}
        table["default_string" if layer.text else "default_int64"] = layer.oov_token
        numbers = g.cast(call.x, "int64")
        return g.add("LabelEncoder", numbers, domain=_ML, keys_int64s=list(range(len(tokens))), **table)
    if layer.num_oov_indices != 1:
        raise NotExpressible(f"num_oov_indices={layer.num_oov_indices}: an error, or a hash, for unknown tokens")
    masked = [] if layer.mask_token is None else [layer.mask_token]
    keys = [*masked, *layer._tokens]
    places = [0 if layer.output_mode == "int" else -2] * len(masked)
    places += [layer._token_start + place for place in range(len(layer._tokens))]
    x = call.x if layer.text else g.cast(call.x, "int64")
    table = {f"keys_{kind}": keys, "values_int64s": places, "default_int64": layer._oov_start}
    found = g.add("LabelEncoder", x, domain=_ML, **table)
    if layer.output_mode == "int":
        return found
    weights = layer.idf_weights if layer.output_mode == "tf_idf" else None
    rank, dtype = len(call.shape), "float32"
    return _encoded(g, found, rank, call.shape[-1], layer.output_mode, layer.known_depth(), dtype, weights)


@layer("TextVectorization", "Hashing", "HashedCrossing", masks=False)
def refused(call: Call) -> str:
    raise NotExpressible("ONNX has no op that cuts texts up or hashes as Keras does; call it before the exported model")
