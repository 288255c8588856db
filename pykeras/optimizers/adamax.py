"""Adamax."""

from pykeras import check, ops
from pykeras.optimizers.names import registry
from pykeras.optimizers.optimizer import Optimizer


@registry.register
class Adamax(Optimizer):
    """Adam with the largest recent gradient in place of the mean square.

    ``m ← β₁·m + (1 - β₁)·g``, ``u ← max(β₂·u, |g|)``, ``w ← w - lr/(1 - β₁ᵗ) · m/(u + ε)``.

    Args:
        learning_rate: number, schedule or function.
        beta_1: share of the mean gradient that a step keeps.
        beta_2: share of the largest gradient that a step keeps.
        epsilon: keeps the quotient finite.
        **options: arguments that all optimizers share; see :class:`~pykeras.optimizers.Optimizer`.

    Source: D. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", 2014, section 7.1.

    Example:
        >>> import pykeras
        >>> weight = pykeras.Variable([1.0])
        >>> pykeras.optimizers.Adamax(0.1).apply([pykeras.ops.ones((1,))], [weight])
        >>> round(float(weight[0]), 4)
        0.9
    """

    slots = (("momentum", "norm"),)
    own_arguments = ("beta_1", "beta_2", "epsilon")

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, **options):
        super().__init__(learning_rate, **options)
        self.beta_1 = check.fraction("beta_1", beta_1)
        self.beta_2 = check.fraction("beta_2", beta_2)
        self.epsilon = check.non_negative_float("epsilon", 1e-7 if epsilon is None else epsilon)

    def step_size(self, learning_rate, dtype):
        return learning_rate / (1.0 - ops.power(self.beta_1, ops.cast(self.iterations + 1, dtype)))

    def update(self, variable, gradient, learning_rate, slots):
        slots.momentum.assign_add((gradient - slots.momentum) * (1.0 - self.beta_1))
        slots.norm.assign(ops.maximum(self.beta_2 * slots.norm, ops.abs(gradient)))
        variable.assign_sub(learning_rate * slots.momentum / (slots.norm + self.epsilon))
