"""Layers with low-rank changes, and numbers for them, for the recording library and for ours alike."""

import numpy as np

# name: (layer, arguments, inputs' shape, rank, alpha)
CASES = {
    "dense": ("Dense", {"units": 5, "activation": "tanh", "kernel_regularizer": "l2"}, (3, 2, 4), 2, None),
    "dense_without_bias": ("Dense", {"units": 3, "use_bias": False}, (2, 6), 3, 4.5),
    "einsum": ("EinsumDense", {"equation": "abc,cde->abde", "output_shape": (3, 2, 3), "bias_axes": "de"}, (2, 3, 4),
               2, 1),
    "einsum_other_order": ("EinsumDense", {"equation": "abc,dc->adb", "output_shape": (5, 3)}, (2, 3, 4), 2, 8),
    "embedding": ("Embedding", {"input_dim": 6, "output_dim": 4, "embeddings_regularizer": "l1"}, (2, 5), 2, 3.0),
    "conv1d": ("Conv1D", {"filters": 4, "kernel_size": 3, "padding": "causal", "activation": "relu"}, (2, 6, 3), 2, None),
    "conv2d": ("Conv2D", {"filters": 6, "kernel_size": (2, 3), "strides": 2, "groups": 2}, (1, 5, 6, 4), 3, 0.5),
    "conv3d": ("Conv3D", {"filters": 3, "kernel_size": 2, "padding": "same"}, (1, 3, 4, 2, 2), 1, 2),
}  # fmt: skip


def inputs(name):
    layer, _, shape, _, _ = CASES[name]
    rng = np.random.default_rng(sum(name.encode()))
    return (
        rng.integers(0, 6, shape).astype("int32") if layer == "Embedding" else rng.normal(size=shape).astype("float32")
    )


def values(weights):
    """A value for each weight; none is zero."""
    rng = np.random.default_rng(1)
    return [rng.uniform(-1, 1, tuple(w.shape)).astype("float32") for w in weights]


def adapted(keras, name, from_constructor=False):
    """The layer, built and adapted, with the numbers of ``values``."""
    layer, arguments, shape, rank, alpha = CASES[name]
    more = {"lora_rank": rank, "lora_alpha": alpha} if from_constructor else {}
    layer = getattr(keras.layers, layer)(**arguments, **more, name=name)
    layer.build(shape)
    if not from_constructor:
        layer.enable_lora(rank, lora_alpha=alpha)
    layer.set_weights(values(layer.weights))
    return layer


def model(keras, lora=True):
    """All four families in one model."""
    L = keras.layers
    made = keras.Sequential(
        [
            keras.Input((6,), dtype="int32"),
            L.Embedding(7, 4, name="words"),
            L.Conv1D(4, 3, name="window"),
            L.EinsumDense("abc,cd->abd", (4, 3), bias_axes="d", name="mixed"),
            L.Flatten(),
            L.Dense(2, name="out"),
        ]
    )
    for layer in made.layers if lora else ():
        if hasattr(layer, "enable_lora"):
            layer.enable_lora(2, lora_alpha=3)
    made.set_weights(values(made.weights))
    return made


def numbers():
    rng = np.random.default_rng(5)
    return rng.integers(0, 7, (8, 6)).astype("int32"), rng.normal(size=(8, 2)).astype("float32")
