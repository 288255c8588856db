"""Labels against outputs: shapes that would broadcast to a wrong loss, and class numbers that are no classes."""

import numpy as np

from pykeras import losses

_CLASSES = (losses.sparse_categorical_crossentropy,)
_SAME_SHAPE = (
    losses.mean_squared_error,
    losses.mean_absolute_error,
    losses.mean_absolute_percentage_error,
    losses.mean_squared_logarithmic_error,
    losses.huber,
    losses.log_cosh,
    losses.binary_crossentropy,
    losses.categorical_crossentropy,
    losses.hinge,
    losses.squared_hinge,
    losses.categorical_hinge,
    losses.kl_divergence,
    losses.poisson,
    losses.cosine_similarity,
)


def check_shapes(loss, label_shape, output_shape, where):
    """Raise unless labels of this shape belong to an output of that one, for the losses known here.

    Args:
        loss: a Loss; others than the package's own are not checked.
        label_shape, output_shape: shapes with the axis of samples.
        where: what the message calls the output.

    Raises:
        ValueError: naming loss and shapes, and what to do.
    """
    function = getattr(loss, "fn", None)
    label_shape, output_shape = tuple(label_shape), tuple(output_shape)
    if function in _CLASSES:
        kept = getattr(loss, "_fn_kwargs", {}).get("axis", -1)
        if kept not in (-1, len(output_shape) - 1):
            return
        if fits(label_shape, output_shape[:-1]) or fits(label_shape, (*output_shape[:-1], 1)):
            return
        hint = ""
        if fits(label_shape, output_shape):
            hint = ": one-hot labels go with categorical_crossentropy, this loss takes class numbers"
        raise ValueError(
            f"{loss.name}: labels of shape {label_shape} do not fit {where} of shape {output_shape}; expected class "
            f"numbers of shape {output_shape[:-1]}{hint}"
        )
    if function not in _SAME_SHAPE or fits(label_shape, output_shape) or not label_shape:
        return
    longer, shorter = sorted((label_shape, output_shape), key=len, reverse=True)
    if len(longer) == len(shorter) + 1 and longer[-1] == 1 and fits(longer[:-1], shorter):
        return
    hint = ""
    if function is losses.categorical_crossentropy and fits(label_shape, (*output_shape[:-1], 1)[: len(label_shape)]):
        hint = ": for class numbers use sparse_categorical_crossentropy, or make them one-hot with utils.to_categorical"
    raise ValueError(
        f"{loss.name}: labels of shape {label_shape} do not fit {where} of shape {output_shape}; "
        f"expected labels of the output's shape{hint}"
    )


def fits(shape, other):
    """Whether two shapes agree where both are known."""
    return len(shape) == len(other) and all(a == b or a is None or b is None for a, b in zip(shape, other, strict=True))


def check_values(loss, labels, output_shape, where):
    """Raise unless the labels of a loss on class numbers are numbers of classes.

    Raises:
        ValueError: naming the first label out of range, or the shapes when they do not fit.
    """
    if getattr(loss, "fn", None) not in _CLASSES or labels is None or not output_shape:
        return
    classes = output_shape[loss._fn_kwargs.get("axis", -1)]
    labels = np.asarray(labels)
    check_shapes(loss, labels.shape, (len(labels), *output_shape[1:]), where)
    ignored = loss._fn_kwargs.get("ignore_class")
    if classes is None or labels.size == 0 or labels.dtype == bool:
        return
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise ValueError(f"{loss.name}: the labels of {where} hold NaN or infinity; expected class numbers")
    if ignored is not None:
        labels = labels[labels != ignored]
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        place = np.argwhere((labels < 0) | (labels >= classes))[0]
        raise ValueError(
            f"{loss.name}: label {labels[tuple(place)]} at {tuple(int(i) for i in place)} is out of range: {where} has "
            f"{classes} classes, expected labels from 0 to {classes - 1}"
        )


def kind_of_labels(label_shape, output_shape):
    """0 for yes-or-no labels, 1 for class numbers, 2 for one-hot labels."""
    if len(output_shape) < 2 or output_shape[-1] == 1:
        return 0
    if len(label_shape) < len(output_shape) or (label_shape[-1] == 1 and output_shape[-1] != 1):
        return 1
    return 2
