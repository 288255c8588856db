"""Layers of attention, embedding, normalization, merging and noise: what is built, called and compared."""

import zlib

import numpy as np

CASES = {}


def case(name, class_name, inputs, call=None, masks=None, tolerance=1.0, **config):
    """``inputs``: shapes, or arrays; several are a list (``*`` in the name: separate arguments)."""
    CASES[name] = {"layer": class_name, "inputs": inputs, "call": call or {}, "masks": masks or {}, "config": config,
                   "tolerance": tolerance}  # fmt: skip


def numbers(shape, seed):
    return np.random.default_rng(zlib.crc32(seed.encode())).normal(size=shape).astype("float32")


def inputs_of(name):
    return [numbers(x, f"{name}{i}") if isinstance(x, tuple) else np.asarray(x)
            for i, x in enumerate(CASES[name]["inputs"])]  # fmt: skip


def call_of(name):
    given = dict(CASES[name]["call"])
    for key, shape in CASES[name]["masks"].items():
        given[key] = mask_of(name + key, shape)
    return given


def mask_of(seed, shape):
    if isinstance(shape, list):
        return [None if s is None else mask_of(f"{seed}{i}", s) for i, s in enumerate(shape)]
    mask = np.random.default_rng(zlib.crc32(seed.encode())).random(shape) > 0.4
    mask[..., 0] = True
    return mask


def weight_values(name, path, shape):
    values = numbers(shape, f"{name}{path}") * 0.4
    return np.abs(values) + 0.5 if path.endswith(("variance", "stddev")) else values


IDS = np.array([[1, 2, 0, 4], [3, 0, 0, 1]])

case("embedding", "Embedding", [IDS], input_dim=5, output_dim=3)
case("embedding_masked", "Embedding", [IDS], input_dim=5, output_dim=3, mask_zero=True)
case("reversible_embedding", "ReversibleEmbedding", [IDS], input_dim=5, output_dim=3)
case("reversible_embedding_back", "ReversibleEmbedding", [(2, 3)], {"reverse": True}, input_dim=5, output_dim=3,
     logit_soft_cap=0.7)  # fmt: skip
case("reversible_embedding_untied", "ReversibleEmbedding", [(2, 3)], {"reverse": True}, input_dim=5, output_dim=3,
     tie_weights=False)  # fmt: skip
case("einsum_dense", "EinsumDense", [(2, 3, 4)], equation="abc,cde->abde", output_shape=[None, 2, 3], bias_axes="de",
     activation="tanh")  # fmt: skip
case("einsum_dense_inner_bias", "EinsumDense", [(2, 3, 4)], equation="abc,cd->abd", output_shape=[3, 5], bias_axes="b")
case("einsum_dense_ellipsis", "EinsumDense", [(2, 3, 2, 4)], equation="...x,xy->...y", output_shape=5, bias_axes="y")
case("einsum_dense_two", "EinsumDense", [(2, 3, 2, 4)], equation="abcd,cde->abe", output_shape=[None, 5])
case("einsum_dense_batched", "EinsumDense", [(2, 3, 4)], equation="abc,bcd->abd", output_shape=[3, 5], bias_axes="bd")

two = [(2, 3, 4), (2, 5, 4)]
case("attention", "Attention", two, use_scale=True)
case("attention_three", "Attention", [(2, 3, 4), (2, 5, 6), (2, 5, 4)])
case("attention_scores", "Attention", two, {"return_attention_scores": True})
case("attention_concat", "Attention", two, use_scale=True, score_mode="concat")
case("attention_masked", "Attention", two, masks={"mask": [(2, 3), (2, 5)]})
case("attention_causal", "Attention", two, {"use_causal_mask": True}, masks={"mask": [None, (2, 5)]})
case("additive_attention", "AdditiveAttention", two)
case("additive_attention_masked", "AdditiveAttention", two, {"use_causal_mask": True},
     masks={"mask": [(2, 3), (2, 5)]}, use_scale=False)  # fmt: skip

heads = [(2, 3, 4), (2, 5, 6)]
case("*heads", "MultiHeadAttention", heads, num_heads=2, key_dim=3)
case("*heads_values", "MultiHeadAttention", [(2, 3, 4), (2, 5, 6), (2, 5, 7)], {"return_attention_scores": True},
     num_heads=2, key_dim=3, value_dim=4,
     output_shape=5, use_bias=False)  # fmt: skip
case("*heads_masks", "MultiHeadAttention", heads,
     masks={"value_mask": (2, 5), "attention_mask": (2, 3, 5)}, num_heads=2, key_dim=3)  # fmt: skip
case("*heads_causal_scores", "MultiHeadAttention", heads, {"use_causal_mask": True, "return_attention_scores": True},
     num_heads=2, key_dim=3)  # fmt: skip
case("*heads_causal", "MultiHeadAttention", [(2, 6, 4), (2, 6, 4)], {"use_causal_mask": True}, num_heads=2, key_dim=3)
case("*heads_window", "MultiHeadAttention", [(2, 6, 4), (2, 6, 4)], {"use_causal_mask": True}, num_heads=2, key_dim=3,
     sliding_window=2)  # fmt: skip
case("*heads_gate", "MultiHeadAttention", heads, num_heads=2, key_dim=3, use_gate=True)
case("*heads_dropout_still", "MultiHeadAttention", heads, masks={"attention_mask": (2, 3, 5)}, num_heads=2, key_dim=3,
     dropout=0.3)  # fmt: skip
case("*heads_axes", "MultiHeadAttention", [(2, 2, 3, 4), (2, 2, 5, 4)], {"return_attention_scores": True},
     masks={"attention_mask": (2, 2, 3, 5)}, num_heads=2, key_dim=3, attention_axes=[2])  # fmt: skip
case("*heads_all_axes", "MultiHeadAttention", [(2, 2, 3, 4), (2, 2, 2, 4)], num_heads=2, key_dim=3)
case("*grouped", "GroupQueryAttention", heads, head_dim=3, num_query_heads=4, num_key_value_heads=2)
case("*grouped_masks", "GroupQueryAttention", heads, {"use_causal_mask": True},
     masks={"value_mask": (2, 5), "attention_mask": (2, 3, 5)}, head_dim=3, num_query_heads=4, num_key_value_heads=2,
     use_gate=True)  # fmt: skip
case("*grouped_scores", "GroupQueryAttention", heads, {"return_attention_scores": True}, head_dim=3,
     num_query_heads=4, num_key_value_heads=1, use_bias=False)  # fmt: skip

image = (2, 3, 4, 6)
case("layer_normalization", "LayerNormalization", [image])
case("layer_normalization_axes", "LayerNormalization", [image], axis=[1, 2], scale=False)
case("layer_normalization_first", "LayerNormalization", [image], axis=1, epsilon=0.01, center=False)
case("layer_normalization_rms", "LayerNormalization", [image], rms_scaling=True)
case("rms_normalization", "RMSNormalization", [image])
case("rms_normalization_axes", "RMSNormalization", [image], axis=[2, 3])
case("group_normalization", "GroupNormalization", [image], groups=3)
case("group_normalization_first", "GroupNormalization", [image], groups=3, axis=1)
case("group_normalization_each", "GroupNormalization", [image], groups=-1, center=False)
case("unit_normalization", "UnitNormalization", [image])
case("unit_normalization_axes", "UnitNormalization", [image], axis=[1, 3])
case("batch_normalization_still", "BatchNormalization", [image], renorm=True)
case("batch_normalization_masked", "BatchNormalization", [(2, 5, 3)], {"training": True}, masks={"mask": (2, 5)})
case("batch_renormalization", "BatchNormalization", [image], {"training": True}, renorm=True)
case("batch_renormalization_clipped", "BatchNormalization", [image], {"training": True}, renorm=True,
     renorm_clipping={"rmax": 1.1, "rmin": 0.9, "dmax": 0.2}, scale=False)  # fmt: skip
case("spectral_normalization", "SpectralNormalization", [(4, 3)], {"training": True}, power_iterations=2,
     layer={"class_name": "Dense", "units": 5}, tolerance=4)  # fmt: skip

case("dot", "Dot", [(2, 3, 4), (2, 4, 5)], axes=[2, 1])
case("dot_cosine", "Dot", [(2, 4), (2, 4)], axes=1, normalize=True)
case("dot_negative", "Dot", [(2, 3, 4), (2, 5, 4)], axes=-1)
case("softmax_masked", "Softmax", [(2, 5)], masks={"mask": (2, 5)})
case("softmax_axes", "Softmax", [(2, 3, 5)], axis=[1, 2])
case("gaussian_noise_still", "GaussianNoise", [(2, 3)], {"training": False}, stddev=0.5)
case("activity_regularization", "ActivityRegularization", [(2, 3)], l1=0.5, l2=0.25)
