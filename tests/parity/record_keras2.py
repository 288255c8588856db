"""Records what tf_keras (Keras 2) says of what Keras 3 dropped: ``decay``, legacy optimizers and two metrics.

usage: python record_keras2.py     (with tensorflow and tf_keras; writes fixtures/keras2.npz)
"""

import pathlib
import warnings

import numpy as np
import packed
import tensorflow as tf
import tf_keras

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
RANDOM = np.random.default_rng(21)
STEPS = 10
OPTIMIZERS = [
    ("SGD", {"decay": 0.1}),
    ("SGD", {"momentum": 0.9, "nesterov": True, "decay": 0.1}),
    ("RMSprop", {"decay": 0.1}),
    ("RMSprop", {"momentum": 0.5, "centered": True}),
    ("Adam", {"decay": 0.1}),
    ("Adam", {"amsgrad": True, "clipnorm": 0.5}),
    ("Adadelta", {"learning_rate": 1.0}),
    ("Adagrad", {"clipvalue": 0.3}),
    ("Adamax", {}),
    ("Nadam", {}),
    ("Ftrl", {"l1_regularization_strength": 0.1}),
]


def floats(*shape):
    return RANDOM.uniform(-1, 1, shape).astype("float32")


def main():
    warnings.simplefilter("ignore")
    start, gradients = floats(3, 2), [floats(3, 2) for _ in range(STEPS)]
    steps = []
    for name, kwargs in OPTIMIZERS:
        options = {"learning_rate": 0.05, **kwargs}
        optimizer = getattr(tf_keras.optimizers.legacy, name)(**options)
        variable = tf.Variable(start)
        for gradient in gradients:
            optimizer.apply_gradients([(tf.constant(gradient), variable)])
        steps.append({"name": name, "kwargs": options, "final": variable.numpy()})
    values = [floats(4, 3), floats(4, 3)]
    weights = [None, floats(4, 1) + 1, floats(4, 3) + 1]
    means = []
    for weight in weights:
        metric = tf_keras.metrics.MeanTensor()
        for value in values:
            metric.update_state(value, sample_weight=weight)
        means.append(metric.result().numpy())
    normalizer = np.array([1.0, 0.0, 0.5], "float32")
    errors = []
    for weight in weights:
        metric = tf_keras.metrics.MeanRelativeError(normalizer=normalizer)
        metric.update_state(*values, sample_weight=weight)
        errors.append(np.asarray(metric.result()))
    content = {"tf_keras": tf_keras.__version__, "start": start, "gradients": gradients, "steps": steps}
    metrics = {"values": values, "weights": weights, "means": means, "normalizer": normalizer, "errors": errors}
    packed.save(HERE / "keras2.npz", {**content, **metrics})


if __name__ == "__main__":
    main()
