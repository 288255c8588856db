"""Record convolution, pooling and image ops from real Keras 3, and locally connected layers from Keras 2.

usage: KERAS_BACKEND=jax python tests/parity/record_spatial_ops.py
       python tests/parity/record_spatial_ops.py locally_connected     (with tf_keras)

Writes fixtures/spatial_ops.npz and fixtures/locally_connected.npz next to this file.
"""

import pathlib
import sys

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import spatial_calls  # noqa: E402


def ops():
    import jax
    import keras

    found = {}
    for name, (function, arrays) in spatial_calls.calls(keras.ops).items():
        result, vjp = jax.vjp(function, *arrays)
        found[f"{name}/output"] = result
        for number, gradient in enumerate(vjp(spatial_calls.upstream(name, result.shape))):
            found[f"{name}/gradient/{number}"] = gradient
    for name, result in spatial_calls.whole_calls(keras.ops).items():
        found[f"whole/{name}"] = result
    found = {key: np.asarray(value) for key, value in found.items()}
    return {key: np.float32(value) if value.dtype.kind == "f" else value for key, value in found.items()}


def locally_connected():
    import tensorflow as tf
    import tf_keras

    found = {}
    for name, (layer, config, x) in locally_connected_cases().items():
        layer = getattr(tf_keras.layers, layer)(**config)
        layer.build(x.shape)
        for number, weight in enumerate(layer.weights):
            weight.assign(spatial_calls.floats(*weight.shape, seed=number))
        x = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x)
        gradients = tape.gradient(y, [x, *layer.weights], spatial_calls.upstream(name, tuple(y.shape)))
        found[f"{name}/output"] = y.numpy()
        found[f"{name}/names"] = np.array([w.name for w in layer.weights])
        for number, gradient in enumerate(gradients):
            found[f"{name}/gradient/{number}"] = tf.convert_to_tensor(gradient).numpy()
    return found


def locally_connected_cases():
    """name -> layer, configuration, inputs."""
    found = {}
    for implementation in (1, 2, 3):
        for first in (False, True):
            padding = "valid" if implementation == 1 or first else "same"
            more = {"implementation": implementation, "padding": padding,
                    "data_format": "channels_first" if first else "channels_last"}  # fmt: skip
            shape = (2, 2, 5) if first else (2, 5, 2)
            found[f"1d_{implementation}_{first}"] = (
                "LocallyConnected1D", {"filters": 2, "kernel_size": 3, "strides": 2, **more},
                spatial_calls.floats(*shape))  # fmt: skip
            shape = (2, 2, 3, 4) if first else (2, 3, 4, 2)
            found[f"2d_{implementation}_{first}"] = (
                "LocallyConnected2D",
                {"filters": 2, "kernel_size": (2, 3), "strides": (1, 2) if padding == "same" else 1,
                 "activation": "tanh", **more},
                spatial_calls.floats(*shape))  # fmt: skip
    return found


if __name__ == "__main__":
    what = "locally_connected" if sys.argv[1:] else "spatial_ops"
    arrays = locally_connected() if sys.argv[1:] else ops()
    np.savez_compressed(HERE / "fixtures" / f"{what}.npz", **arrays)
    print(what, len(arrays), "arrays")
