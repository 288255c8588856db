"""Lion."""

from pykeras import check, ops
from pykeras.optimizers.names import registry
from pykeras.optimizers.optimizer import Optimizer


@registry.register
class Lion(Optimizer):
    """Steps of one size in the direction of a momentum's sign.

    ``w ← w - lr·sign(β₁·m + (1 - β₁)·g)``, then ``m ← β₂·m + (1 - β₂)·g``.

    Args:
        learning_rate: number, schedule or function; 3 to 10 times smaller than Adam's.
        beta_1: above 0, share of the momentum in the step's direction.
        beta_2: share of the momentum that a step keeps.
        **options: arguments that all optimizers share; see :class:`~pykeras.optimizers.Optimizer`.

    Raises:
        ValueError: when ``beta_1`` is not above 0.

    Source: X. Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023.

    Example:
        >>> import pykeras
        >>> weight = pykeras.Variable([1.0])
        >>> pykeras.optimizers.Lion(0.25).apply([pykeras.ops.ones((1,)) * 9.0], [weight])
        >>> weight.numpy().tolist()
        [0.75]
    """

    slots = ("momentum",)
    own_arguments = ("beta_1", "beta_2")

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.99, **options):
        super().__init__(learning_rate, **options)
        self.beta_1 = check.fraction("beta_1", check.positive_float("beta_1", beta_1))
        self.beta_2 = check.fraction("beta_2", beta_2)

    def update(self, variable, gradient, learning_rate, slots):
        direction = slots.momentum * self.beta_1 + gradient * (1.0 - self.beta_1)
        variable.assign_sub(learning_rate * ops.sign(direction))
        slots.momentum.assign(slots.momentum * self.beta_2 + gradient * (1.0 - self.beta_2))
