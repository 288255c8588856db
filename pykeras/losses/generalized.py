"""Generalized cross-entropy, for labels that are sometimes wrong."""

from pykeras import ops
from pykeras.losses.crossentropy import class_numbers
from pykeras.losses.loss import LossFunctionWrapper
from pykeras.losses.names import registry


@registry.register
def categorical_generalized_cross_entropy(y_true, y_pred, q):
    """``(1 - p[y]^q) / q``: cross-entropy for q near 0, absolute error for q near 1.

    Args:
        y_true: class numbers, shape ``(n, ...)`` or ``(n, ..., 1)``.
        y_pred: predicted probabilities, shape ``(n, ..., classes)``.
        q: between 0 and 1.

    Returns:
        Tensor of shape ``(n, ...)``.

    Source: Z. Zhang and M. Sabuncu, "Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy
    Labels", 2018.

    Example:
        >>> import pykeras
        >>> pykeras.losses.categorical_generalized_cross_entropy([1], [[0.75, 0.25]], q=0.5).numpy().tolist()
        [1.0]
    """
    y_pred = ops.convert_to_tensor(y_pred)
    hot = ops.one_hot(class_numbers(y_true, y_pred), y_pred.shape[-1], dtype=y_pred.dtype)
    return (1.0 - ops.power(ops.sum(y_pred * hot, axis=-1), q)) / q


@registry.register
class CategoricalGeneralizedCrossEntropy(LossFunctionWrapper):
    """Cross-entropy that bears wrong labels; see :func:`categorical_generalized_cross_entropy`.

    Raises:
        ValueError: when ``q`` is not between 0 and 1.
    """

    def __init__(
        self, q=0.5, reduction="sum_over_batch_size", name="categorical_generalized_cross_entropy", dtype=None
    ):
        if not 0 < q < 1:
            raise ValueError(f"q: expected a number between 0 and 1, got {q}")
        super().__init__(categorical_generalized_cross_entropy, reduction=reduction, name=name, dtype=dtype, q=q)
