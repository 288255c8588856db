"""Lamb."""

import types

from pykeras import check, ops
from pykeras.optimizers.names import registry
from pykeras.optimizers.optimizer import Optimizer


@registry.register
class Lamb(Optimizer):
    """Adam with each weight's step scaled to the weight's own norm, for large batches.

    ``u = m/(1 - β₁ᵗ) / (√(v/(1 - β₂ᵗ)) + ε)``, ``w ← w - lr·(|w|/|u|)·u``; a norm of zero gives the ratio 1.

    Args:
        learning_rate: number, schedule or function.
        beta_1: share of the mean gradient that a step keeps.
        beta_2: share of the mean square that a step keeps.
        epsilon: keeps the quotient finite.
        **options: arguments that all optimizers share; see :class:`~pykeras.optimizers.Optimizer`.

    Source: Y. You et al., "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes", 2019.

    Example:
        >>> import pykeras
        >>> weight = pykeras.Variable([4.0])
        >>> pykeras.optimizers.Lamb(0.1).apply([pykeras.ops.ones((1,))], [weight])
        >>> round(float(weight[0]), 4)
        3.6
    """

    slots = (("momentum", "velocity"),)
    own_arguments = ("beta_1", "beta_2", "epsilon")

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, **options):
        super().__init__(learning_rate, **options)
        self.beta_1 = check.fraction("beta_1", beta_1)
        self.beta_2 = check.fraction("beta_2", beta_2)
        self.epsilon = check.non_negative_float("epsilon", 1e-7 if epsilon is None else epsilon)

    def step_size(self, learning_rate, dtype):
        step = ops.cast(self.iterations + 1, dtype)
        return types.SimpleNamespace(
            rate=learning_rate,
            momentum=1.0 / (1.0 - ops.power(self.beta_1, step)),
            velocity=1.0 / (1.0 - ops.power(self.beta_2, step)),
        )

    def update(self, variable, gradient, learning_rate, slots):
        slots.momentum.assign_add((gradient - slots.momentum) * (1.0 - self.beta_1))
        slots.velocity.assign_add((ops.square(gradient) - slots.velocity) * (1.0 - self.beta_2))
        root = ops.sqrt(slots.velocity * learning_rate.velocity) + self.epsilon
        change = slots.momentum * learning_rate.momentum / root
        weight_norm, change_norm = (ops.sqrt(ops.sum(ops.square(x))) for x in (variable, change))
        both = ops.logical_and(weight_norm > 0.0, change_norm > 0.0)
        ratio = ops.where(both, weight_norm / ops.where(both, change_norm, 1.0), 1.0)
        variable.assign_sub(ratio * learning_rate.rate * change)
