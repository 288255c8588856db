"""Nadam."""

import types

from pykeras import check, ops
from pykeras.optimizers.names import registry
from pykeras.optimizers.optimizer import Optimizer


@registry.register
class Nadam(Optimizer):
    """Adam with Nesterov momentum: the step is taken from where the momentum will have led.

    With ``uₜ = β₁·(1 - ½·0.96ᵗ)`` and ``Uₜ = u₁·…·uₜ``: ``m`` and ``v`` as in Adam,
    ``m̂ = uₜ₊₁·m/(1 - Uₜ₊₁) + (1 - uₜ)·g/(1 - Uₜ)``, ``w ← w - lr·m̂/(√(v/(1 - β₂ᵗ)) + ε)``.

    Args:
        learning_rate: number, schedule or function.
        beta_1: share of the mean gradient that a step keeps, in the end.
        beta_2: share of the mean square that a step keeps.
        epsilon: keeps the quotient finite.
        **options: arguments that all optimizers share; see :class:`~pykeras.optimizers.Optimizer`. And Keras 2's
            ``schedule_decay`` s: ``0.96^(s·t)`` takes the place of ``0.96ᵗ``.

    Source: T. Dozat, "Incorporating Nesterov Momentum into Adam", 2015.

    Example:
        >>> import pykeras
        >>> weight = pykeras.Variable([1.0])
        >>> pykeras.optimizers.Nadam(0.1).apply([pykeras.ops.ones((1,))], [weight])
        >>> round(float(weight[0]), 4)
        0.8937
    """

    slots = (("momentum", "velocity"),)
    own_arguments = ("beta_1", "beta_2", "epsilon")

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, **options):
        self.schedule_decay = check.non_negative_float("schedule_decay", options.pop("schedule_decay", 1.0))
        super().__init__(learning_rate, **options)
        self.beta_1 = check.fraction("beta_1", beta_1)
        self.beta_2 = check.fraction("beta_2", beta_2)
        self.epsilon = check.non_negative_float("epsilon", 1e-7 if epsilon is None else epsilon)

    def build(self, variables):
        if self.built:
            return super().build(variables)
        variables = list(variables)
        super().build(variables)
        dtype = variables[0].dtype if variables else None
        self._u_product = self.add_variable((), "ones", dtype, name="u_product")

    def _momentum_at(self, step):
        return self.beta_1 * (1.0 - 0.5 * ops.power(0.96**self.schedule_decay, step))

    def begin_step(self):
        step = ops.cast(self.iterations + 1, self._u_product.dtype)
        self._u_product.assign(self._u_product * self._momentum_at(step))

    def step_size(self, learning_rate, dtype):
        step = ops.cast(self.iterations + 1, dtype)
        now, then = self._momentum_at(step), self._momentum_at(step + 1.0)
        product = ops.cast(self._u_product, dtype)
        return types.SimpleNamespace(
            momentum=learning_rate * then / (1.0 - product * then),
            gradient=learning_rate * (1.0 - now) / (1.0 - product),
            velocity=1.0 / (1.0 - ops.power(self.beta_2, step)),
        )

    def update(self, variable, gradient, learning_rate, slots):
        slots.momentum.assign_add((gradient - slots.momentum) * (1.0 - self.beta_1))
        slots.velocity.assign_add((ops.square(gradient) - slots.velocity) * (1.0 - self.beta_2))
        ahead = learning_rate.momentum * slots.momentum + learning_rate.gradient * gradient
        variable.assign_sub(ahead / (ops.sqrt(slots.velocity * learning_rate.velocity) + self.epsilon))

    def get_config(self):
        config = super().get_config()
        return config if self.schedule_decay == 1.0 else {**config, "schedule_decay": self.schedule_decay}
