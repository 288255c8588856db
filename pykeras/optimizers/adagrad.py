"""Adagrad."""

from pykeras import check, initializers, ops
from pykeras.optimizers.names import registry
from pykeras.optimizers.optimizer import Optimizer


@registry.register
class Adagrad(Optimizer):
    """Smaller steps for weights whose gradients have been large: ``a ← a + g²``, ``w ← w - lr·g/√(a + ε)``.

    Args:
        learning_rate: number, schedule or function.
        initial_accumulator_value: first value of ``a``, 0 or more.
        epsilon: keeps the root from zero.
        **options: arguments that all optimizers share; see :class:`~pykeras.optimizers.Optimizer`.

    Source: J. Duchi et al., "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", 2011.

    Example:
        >>> import pykeras
        >>> weight = pykeras.Variable([1.0])
        >>> pykeras.optimizers.Adagrad(0.5, initial_accumulator_value=3.0).apply([pykeras.ops.ones((1,))], [weight])
        >>> round(float(weight[0]), 4)
        0.75
    """

    slots = ("accumulator",)
    own_arguments = ("initial_accumulator_value", "epsilon")

    def __init__(self, learning_rate=0.001, initial_accumulator_value=0.1, epsilon=1e-7, **options):
        super().__init__(learning_rate, **options)
        self.initial_accumulator_value = check.non_negative_float(
            "initial_accumulator_value", initial_accumulator_value
        )
        self.epsilon = check.non_negative_float("epsilon", 1e-7 if epsilon is None else epsilon)

    def slot_initializer(self, slot):
        return initializers.Constant(self.initial_accumulator_value)

    def update(self, variable, gradient, learning_rate, slots):
        slots.accumulator.assign_add(ops.square(gradient))
        variable.assign_sub(learning_rate * gradient / ops.sqrt(slots.accumulator + self.epsilon))
