"""Labels and vectors in the forms that models take."""

import numpy as np

from pykeras import check, ops


def _labels(x, num_classes):
    """Class numbers as an int64 array without a last axis of size 1, their classes, and whether tensors came in."""
    was_tensor = ops.is_tensor(x)
    array = np.asarray(ops.convert_to_numpy(x) if was_tensor else x)
    if array.size == 0 and num_classes is None:
        raise ValueError("num_classes: needed when there are no labels to find it from")
    if array.dtype.kind not in "biuf":
        try:
            array = array.astype("float64")
        except (TypeError, ValueError):
            raise ValueError(f"x: expected class numbers, got values of type {array.dtype}") from None
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError("x: expected class numbers, got NaN or infinity")
    labels = array.astype("int64")
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    classes = check.positive_int("num_classes", num_classes if num_classes is not None else int(labels.max()) + 1)
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        wrong = labels.min() if labels.min() < 0 else labels.max()
        raise ValueError(f"x: label {wrong} is not one of the {classes} classes 0 to {classes - 1}")
    return labels, classes, was_tensor


def to_categorical(x, num_classes=None, dtype="float64"):
    """Class numbers to one-hot rows: entry (i, c) is 1 where ``x[i] == c``, else 0.

    Arguments:
        x: class numbers from 0, array-like or tensor; fractions are cut off.
        num_classes: number of classes; by default the largest label plus 1.
        dtype: type of the result (Keras 2's argument; Keras 3 gives float64 as well).

    Shape: ``(n, ...)`` gives ``(n, ..., num_classes)``; a last axis of size 1 is dropped first.

    Returns:
        A NumPy array, or a tensor for a tensor.

    Raises:
        ValueError: a label below 0 or not below ``num_classes``, or values that are no numbers.

    Example:
        >>> from pykeras import utils
        >>> utils.to_categorical([0, 2])
        array([[1., 0., 0.],
               [0., 0., 1.]])
    """
    labels, classes, was_tensor = _labels(x, num_classes)
    one_hot = np.zeros((labels.size, classes), dtype)
    one_hot[np.arange(labels.size), labels.ravel()] = 1
    one_hot = one_hot.reshape(*labels.shape, classes)
    return ops.convert_to_tensor(one_hot) if was_tensor else one_hot


def to_ordinal(y, num_classes=None, dtype="float32"):
    """Class numbers to ordinal rows: entry (i, c) is 1 where ``y[i] > c``, for c from 0 to ``num_classes - 2``.

    Arguments, returns and errors: see ``to_categorical``.

    Example:
        >>> from pykeras import utils
        >>> utils.to_ordinal([0, 2]).tolist()
        [[0.0, 0.0], [1.0, 1.0]]
    """
    labels, classes, was_tensor = _labels(y, num_classes)
    rows = (labels[..., None] > np.arange(classes - 1)).astype(dtype)
    return ops.convert_to_tensor(rows) if was_tensor else rows


def normalize(x, axis=-1, order=2):
    """Vectors of norm 1: ``x / ||x||`` along an axis; vectors of zeros stay zeros.

    Arguments:
        x: array-like or tensor; a vector gives a matrix of one row, as in Keras.
        axis: axis along which norms are taken.
        order: order of the norm, a number of 1 or more or infinity; 0 counts what is not zero.

    Returns:
        A NumPy array for an array (floats keep their type), else a tensor.

    Raises:
        ValueError: an axis that ``x`` does not have.

    Keras 3.15 divides by the norms of other rows when ``axis`` is not the last; here each vector is divided by its own.

    Example:
        >>> import numpy as np
        >>> from pykeras import utils
        >>> utils.normalize(np.array([[3.0, 4.0], [0.0, 0.0]]))
        array([[0.6, 0.8],
               [0. , 0. ]])
    """
    if not isinstance(x, np.ndarray):
        x = ops.convert_to_tensor(x)
        return ops.convert_to_tensor(normalize(ops.convert_to_numpy(x), axis, order))
    x = np.atleast_1d(x)
    x = x if x.dtype.kind == "f" else x.astype("float64")
    axis = check.integer("axis", axis)
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"axis: an array of shape {x.shape} has no axis {axis}")
    norms = np.linalg.norm(x, order, axis, keepdims=True)
    result = x / np.where(norms == 0, 1, norms)
    return result[None] if x.ndim == 1 else result
