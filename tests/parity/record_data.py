"""Labels, predictions and weights for which record_losses.py and record_metrics.py ask real Keras."""

import numpy as np

RANDOM = np.random.default_rng(20)


def floats(*shape, low=0.0, high=1.0):
    return RANDOM.uniform(low, high, shape).astype("float32")


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return (e / e.sum(-1, keepdims=True)).astype("float32")


def onehot(*shape, classes):
    return np.eye(classes, dtype="float32")[RANDOM.integers(0, classes, shape)]


def unit(*shape):
    x = floats(*shape, low=-1)
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


DATA = {
    "real": (floats(4, 3, low=-1), floats(4, 3, low=-1)),
    "sequence": (floats(4, 3, 2, low=-1), floats(4, 3, 2, low=-1)),
    "flat": (floats(6), floats(6, 1)),
    "positive": (floats(4, 3, low=0.1), floats(4, 3, low=0.1)),
    "binary": (RANDOM.integers(0, 2, (6, 3)).astype("float32"), floats(6, 3)),
    "binary_column": (RANDOM.integers(0, 2, (6,)), floats(6, 1)),
    "binary_flat": (RANDOM.integers(0, 2, (8,)), floats(8)),
    "binary_many": (RANDOM.integers(0, 2, (40,)).astype("float32"), np.round(floats(40), 1)),
    "labels_many": (RANDOM.integers(0, 2, (20, 3)).astype("float32"), floats(20, 3)),
    "scores": (RANDOM.integers(0, 2, (6, 3)).astype("float32"), floats(6, 3, low=-4, high=4)),
    "signed": (RANDOM.choice([-1.0, 1.0], (5, 2)).astype("float32"), floats(5, 2, low=-2, high=2)),
    "onehot": (onehot(5, classes=4), softmax(floats(5, 4, low=-2, high=2))),
    "onehot_many": (onehot(30, classes=4), softmax(floats(30, 4, low=-2, high=2))),
    "onehot_scores": (onehot(5, classes=4), floats(5, 4, low=-3, high=3)),
    "onehot_unscaled": (onehot(5, classes=4), floats(5, 4, low=0.1)),
    "onehot_sequence": (onehot(3, 4, classes=5), softmax(floats(3, 4, 5, low=-2, high=2))),
    "classes": (RANDOM.integers(0, 4, (5,)), softmax(floats(5, 4, low=-2, high=2))),
    "classes_column": (RANDOM.integers(0, 4, (5, 1)), softmax(floats(5, 4, low=-2, high=2))),
    "classes_scores": (RANDOM.integers(0, 4, (5,)), floats(5, 4, low=-3, high=3)),
    "classes_sequence": (RANDOM.integers(0, 5, (3, 4)), softmax(floats(3, 4, 5, low=-2, high=2))),
    "distributions": (softmax(floats(4, 5)), softmax(floats(4, 5))),
    "areas": (RANDOM.integers(0, 2, (4, 3, 3, 1)).astype("float32"), floats(4, 3, 3, 1)),
    "embeddings": (RANDOM.integers(0, 3, (7,)), unit(7, 4)),
    "transcripts": (np.array([[1, 2, 2, 0], [3, 0, 0, 0], [0, 0, 0, 0], [1, 2, 3, 1]]), floats(4, 7, 4, high=3)),
    "equal": (np.array([[1], [2], [3], [4]]), np.array([[0], [2], [3], [4]])),
    "numbers": (RANDOM.integers(0, 3, (12,)), RANDOM.integers(0, 3, (12,))),
    "number_maps": (RANDOM.integers(-1, 4, (4, 5)), RANDOM.integers(0, 3, (4, 5))),
}
MASK = np.array([[1, 1, 0], [1, 1, 1], [0, 0, 1], [1, 0, 0]], bool)
MASKED_WEIGHTS = (None, np.linspace(0, 2, 4, dtype="float32")[:, None], floats(4, 3))


def ramp(*shape):
    """Weights from 0 to 2."""
    return np.round(np.linspace(0, 2, int(np.prod(shape))), 3).astype("float32").reshape(shape)
