"""Class weights and sample weights: one number a sample, by what its label is."""

import numpy as np

from pykeras import config, tree


def with_class_weight(y, sample_weight, class_weight, output_names=None):
    """``sample_weight`` with each sample's class weight multiplied in.

    Args:
        y: labels: class numbers ``(n,)`` or ``(n, 1)``, one-hot ``(n, k)``, or a dict or list of these by output.
        sample_weight: weights so far, or None.
        class_weight: class number to weight (1 for classes it does not name); for several outputs a dict by output name
            or a list of such.
        output_names: names of the outputs, for ``y`` as a list and ``class_weight`` by name.

    Raises:
        ValueError: when there are no labels, or several outputs and one ``class_weight``.
    """
    if class_weight is None:
        return sample_weight
    if y is None:
        raise ValueError("class_weight needs labels, but y is None")
    if isinstance(y, (list, tuple, dict)) and len(tree.flatten(y)) > 1:
        return _by_output(y, sample_weight, class_weight, output_names)
    labels = tree.flatten(y)[0]
    if isinstance(class_weight, (list, tuple)) and len(class_weight) == 1:
        class_weight = class_weight[0]
    weights = class_weights(labels, class_weight)
    given = [w for w in tree.flatten(sample_weight) if w is not None]
    if not given:
        return weights
    given = np.asarray(given[0])
    return given * weights.reshape(weights.shape + (1,) * (given.ndim - 1))


def _by_output(y, sample_weight, class_weight, output_names):
    names = list(y) if isinstance(y, dict) else list(output_names or range(len(y)))
    if isinstance(class_weight, (list, tuple)):
        class_weight = dict(zip(names, class_weight, strict=False))
    if not isinstance(class_weight, dict) or not all(name in names for name in class_weight):
        raise ValueError(
            f"class_weight for several outputs: expected a dict from output names ({', '.join(map(str, names))}) to "
            f"dicts from class to weight, got {class_weight!r}"
        )
    labels = y if isinstance(y, dict) else dict(zip(names, y, strict=True))
    if sample_weight is None or not isinstance(sample_weight, (list, tuple, dict)):
        given = dict.fromkeys(names, sample_weight)
    else:
        given = sample_weight if isinstance(sample_weight, dict) else dict(zip(names, sample_weight, strict=True))
    made = {name: with_class_weight(labels[name], given.get(name), class_weight.get(name)) for name in names}
    return made if isinstance(y, dict) else [made[name] for name in names]


def class_weights(labels, class_weight):
    """One weight a sample, float array of shape ``(n,)``."""
    if not isinstance(class_weight, dict):
        raise ValueError(f"class_weight: expected a dict from class number to weight, got {class_weight!r}")
    labels = np.asarray(labels)
    if labels.ndim > 2:
        raise ValueError(f"class_weight: expected labels of shape (n,), (n, 1) or (n, classes), got {labels.shape}")
    if labels.ndim == 2:
        labels = labels.argmax(axis=-1) if labels.shape[-1] != 1 else labels[:, 0]
    labels = np.round(labels).astype("int64")
    weights = np.ones(len(labels), config.floatx())
    for label, weight in class_weight.items():
        weights[labels == int(label)] = weight
    return weights
