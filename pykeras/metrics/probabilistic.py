"""Cross-entropies, Kullback-Leibler divergence and Poisson loss as metrics."""

from pykeras import losses
from pykeras.metrics.mean import MeanMetricWrapper
from pykeras.metrics.names import registry


@registry.register("bce", "BCE")
class BinaryCrossentropy(MeanMetricWrapper):
    """Mean cross-entropy of yes-or-no labels; see :func:`pykeras.losses.binary_crossentropy`.

    Example:
        >>> import pykeras
        >>> metric = pykeras.metrics.BinaryCrossentropy()
        >>> round(float(metric([[0.0, 1.0]], [[0.5, 0.5]])), 4)
        0.6931
    """

    def __init__(self, name="binary_crossentropy", dtype=None, from_logits=False, label_smoothing=0):
        options = {"from_logits": from_logits, "label_smoothing": label_smoothing}
        super().__init__(losses.binary_crossentropy, name=name, dtype=dtype, **options)


@registry.register
class CategoricalCrossentropy(MeanMetricWrapper):
    """Mean cross-entropy of one-hot labels; see :func:`pykeras.losses.categorical_crossentropy`."""

    def __init__(self, name="categorical_crossentropy", dtype=None, from_logits=False, label_smoothing=0, axis=-1):
        options = {"from_logits": from_logits, "label_smoothing": label_smoothing, "axis": axis}
        super().__init__(losses.categorical_crossentropy, name=name, dtype=dtype, **options)


@registry.register
class SparseCategoricalCrossentropy(MeanMetricWrapper):
    """Mean cross-entropy of class numbers; see :func:`pykeras.losses.sparse_categorical_crossentropy`."""

    def __init__(
        self, name="sparse_categorical_crossentropy", dtype=None, from_logits=False, ignore_class=None, axis=-1
    ):
        options = {"from_logits": from_logits, "ignore_class": ignore_class, "axis": axis}
        super().__init__(losses.sparse_categorical_crossentropy, name=name, dtype=dtype, **options)


@registry.register("kld", "KLD", "kullback_leibler_divergence")
class KLDivergence(MeanMetricWrapper):
    """Mean Kullback-Leibler divergence; see :func:`pykeras.losses.kl_divergence`."""

    def __init__(self, name="kl_divergence", dtype=None):
        super().__init__(losses.kl_divergence, name=name, dtype=dtype)


@registry.register
class Poisson(MeanMetricWrapper):
    """Mean negative log-likelihood of counts; see :func:`pykeras.losses.poisson`."""

    def __init__(self, name="poisson", dtype=None):
        super().__init__(losses.poisson, name=name, dtype=dtype)
