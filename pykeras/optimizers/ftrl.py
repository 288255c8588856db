"""Ftrl."""

import types

from pykeras import check, initializers, ops
from pykeras.optimizers.names import registry
from pykeras.optimizers.optimizer import Optimizer


@registry.register
class Ftrl(Optimizer):
    """Follow the regularized leader: sparse weights for click prediction and the like.

    With ``n' = n + g²`` and ``p = -learning_rate_power``:
    ``z ← z + g + 2·shrinkage·w - (n'ᵖ - nᵖ)/lr · w``, then
    ``w ← (clip(z, -l1, l1) - z) / (n'ᵖ/lr + 2·l2 + beta/lr)``.

    Args:
        learning_rate: number, schedule or function.
        learning_rate_power: 0 or less; how fast the rate falls with the squared gradients.
        initial_accumulator_value: first value of ``n``, 0 or more.
        l1_regularization_strength, l2_regularization_strength: 0 or more.
        l2_shrinkage_regularization_strength: 0 or more; pulls at the gradient rather than at the weight.
        beta: the paper's β.
        **options: arguments that all optimizers share; see :class:`~pykeras.optimizers.Optimizer`.

    Raises:
        ValueError: for a value out of its range.

    Source: H. B. McMahan et al., "Ad Click Prediction: a View from the Trenches", 2013.

    Example:
        >>> import pykeras
        >>> weight = pykeras.Variable([0.0])
        >>> pykeras.optimizers.Ftrl(0.5, initial_accumulator_value=3.0).apply([pykeras.ops.ones((1,))], [weight])
        >>> round(float(weight[0]), 4)
        -0.25
    """

    slots = (("accumulator", "linear"),)
    own_arguments = (
        "learning_rate_power",
        "initial_accumulator_value",
        "l1_regularization_strength",
        "l2_regularization_strength",
        "l2_shrinkage_regularization_strength",
        "beta",
    )

    def __init__(
        self,
        learning_rate=0.001,
        learning_rate_power=-0.5,
        initial_accumulator_value=0.1,
        l1_regularization_strength=0.0,
        l2_regularization_strength=0.0,
        l2_shrinkage_regularization_strength=0.0,
        beta=0.0,
        **options,
    ):
        super().__init__(learning_rate, **options)
        if not learning_rate_power <= 0:
            raise ValueError(f"learning_rate_power: expected a number of 0 or less, got {learning_rate_power!r}")
        strength = check.non_negative_float
        self.learning_rate_power = float(learning_rate_power)
        self.initial_accumulator_value = strength("initial_accumulator_value", initial_accumulator_value)
        self.l1_regularization_strength = strength("l1_regularization_strength", l1_regularization_strength)
        self.l2_regularization_strength = strength("l2_regularization_strength", l2_regularization_strength)
        self.l2_shrinkage_regularization_strength = strength(
            "l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength
        )
        self.beta = check.number("beta", beta)

    def slot_initializer(self, slot):
        return initializers.Constant(self.initial_accumulator_value) if slot == "accumulator" else "zeros"

    def step_size(self, learning_rate, dtype):
        pull = 2.0 * self.l2_regularization_strength + self.beta / learning_rate
        return types.SimpleNamespace(inverse=1.0 / learning_rate, pull=pull)

    def _power(self, x):
        return ops.sqrt(x) if self.learning_rate_power == -0.5 else ops.power(x, -self.learning_rate_power)

    def update(self, variable, gradient, learning_rate, slots):
        before = self._power(slots.accumulator)
        slots.accumulator.assign_add(ops.square(gradient))
        after = self._power(slots.accumulator)
        if self.l2_shrinkage_regularization_strength:
            gradient = gradient + 2.0 * self.l2_shrinkage_regularization_strength * variable
        slots.linear.assign_add(gradient - (after - before) * learning_rate.inverse * variable)
        limit = self.l1_regularization_strength
        pushed = ops.clip(slots.linear, -limit, limit) - slots.linear
        variable.assign(pushed / (after * learning_rate.inverse + learning_rate.pull))
