"""AdamW."""

from pykeras import check
from pykeras.optimizers.adam import Adam
from pykeras.optimizers.names import registry


@registry.register
class AdamW(Adam):
    """Adam with weight decay beside the gradient: first ``w ← w - lr·decay·w``, then Adam's step.

    Args:
        learning_rate: number, schedule or function.
        weight_decay: the decay; :meth:`exclude_from_weight_decay` leaves weights out of it.
        beta_1, beta_2, epsilon, amsgrad: as in :class:`~pykeras.optimizers.Adam`.
        **options: arguments that all optimizers share; see :class:`~pykeras.optimizers.Optimizer`.

    Raises:
        ValueError: without a number as ``weight_decay``.

    Source: I. Loshchilov and F. Hutter, "Decoupled Weight Decay Regularization", 2017.

    Example:
        >>> import pykeras
        >>> weight = pykeras.Variable([1.0])
        >>> pykeras.optimizers.AdamW(0.1, weight_decay=0.5).apply([pykeras.ops.ones((1,))], [weight])
        >>> round(float(weight[0]), 4)
        0.85
    """

    def __init__(
        self,
        learning_rate=0.001,
        weight_decay=0.004,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-7,
        amsgrad=False,
        **options,
    ):
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, **options)
        self.weight_decay = check.non_negative_float("weight_decay", weight_decay)
