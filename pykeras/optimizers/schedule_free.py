"""ScheduleFreeAdamW."""

import types

from pykeras import check, ops
from pykeras.optimizers.names import registry
from pykeras.optimizers.optimizer import Optimizer


@registry.register
class ScheduleFreeAdamW(Optimizer):
    """AdamW that averages its own path in place of a schedule.

    Gradients are taken at ``w = (1 - β₁)·z + β₁·x``, which is what the model holds; ``z ← z - lr·g/(√v̂ + ε)`` is the
    path (kept as the slot ``momentum``), ``x ← (1 - 1/t)·x + z/t`` its mean.

    Args:
        learning_rate: number, schedule or function.
        beta_1: above 0, share of the mean in the weights.
        beta_2: share of the mean square that a step keeps.
        epsilon: keeps the quotient finite.
        warmup_steps: steps over which the rate rises linearly.
        **options: arguments that all optimizers share; see :class:`~pykeras.optimizers.Optimizer`.

    Raises:
        ValueError: when ``beta_1`` is not above 0.

    Source: A. Defazio et al., "The Road Less Scheduled", 2024.

    Example:
        >>> import pykeras
        >>> weight = pykeras.Variable([1.0])
        >>> pykeras.optimizers.ScheduleFreeAdamW(0.1).apply([pykeras.ops.ones((1,))], [weight])
        >>> round(float(weight[0]), 4)
        0.9
    """

    slots = (("momentum", "velocity"),)
    own_arguments = ("beta_1", "beta_2", "epsilon", "warmup_steps")

    def __init__(self, learning_rate=0.0025, beta_1=0.9, beta_2=0.999, epsilon=1e-8, warmup_steps=0, **options):
        super().__init__(learning_rate, **options)
        self.beta_1 = check.fraction("beta_1", check.positive_float("beta_1", beta_1))
        self.beta_2 = check.fraction("beta_2", beta_2)
        self.epsilon = check.non_negative_float("epsilon", 1e-8 if epsilon is None else epsilon)
        self.warmup_steps = check.non_negative_int("warmup_steps", warmup_steps)

    def add_slot(self, variable, slot):
        # the path starts at the weights; an assignment here would be a part of the step that is being recorded
        initial = (lambda shape, dtype: variable.value) if slot == "momentum" else "zeros"
        return self.add_variable_from_reference(variable, slot, initial)

    def step_size(self, learning_rate, dtype):
        step = ops.cast(self.iterations + 1, dtype)
        if self.warmup_steps:
            learning_rate = learning_rate * ops.minimum(step / self.warmup_steps, 1.0)
        return types.SimpleNamespace(
            rate=learning_rate, velocity=1.0 / (1.0 - ops.power(self.beta_2, step)), share=1.0 / step
        )

    def update(self, variable, gradient, learning_rate, slots):
        mean = (variable - (1.0 - self.beta_1) * slots.momentum) / self.beta_1
        slots.velocity.assign_add((ops.square(gradient) - slots.velocity) * (1.0 - self.beta_2))
        root = ops.sqrt(slots.velocity * learning_rate.velocity) + self.epsilon
        slots.momentum.assign_sub(learning_rate.rate * gradient / root)
        mean = (1.0 - learning_rate.share) * mean + learning_rate.share * slots.momentum
        variable.assign((1.0 - self.beta_1) * slots.momentum + self.beta_1 * mean)
