"""Adadelta."""

from pykeras import check, ops
from pykeras.optimizers.names import registry
from pykeras.optimizers.optimizer import Optimizer


@registry.register
class Adadelta(Optimizer):
    """Steps in the units of the weights: gradients times the root mean square of steps over that of gradients.

    ``v ← ρ·v + (1 - ρ)·g²``, ``d = g·√(s + ε)/√(v + ε)``, ``s ← ρ·s + (1 - ρ)·d²``, ``w ← w - lr·d``.

    Args:
        learning_rate: number, schedule or function; 1.0 is the paper's.
        rho: share of the moving means that a step keeps.
        epsilon: keeps both roots from zero.
        **options: arguments that all optimizers share; see :class:`~pykeras.optimizers.Optimizer`.

    Source: M. D. Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012.

    Example:
        >>> import pykeras
        >>> weight = pykeras.Variable([1.0])
        >>> pykeras.optimizers.Adadelta(1.0, epsilon=1e-2).apply([pykeras.ops.ones((1,))], [weight])
        >>> round(float(weight[0]), 4)
        0.5918
    """

    slots = (("accumulated_grad", "accumulated_delta_var"),)
    own_arguments = ("rho", "epsilon")

    def __init__(self, learning_rate=0.001, rho=0.95, epsilon=1e-7, **options):
        super().__init__(learning_rate, **options)
        self.rho = check.fraction("rho", rho)
        self.epsilon = check.non_negative_float("epsilon", 1e-7 if epsilon is None else epsilon)

    def update(self, variable, gradient, learning_rate, slots):
        rho, epsilon = self.rho, self.epsilon
        slots.accumulated_grad.assign(rho * slots.accumulated_grad + (1.0 - rho) * ops.square(gradient))
        change = ops.sqrt(slots.accumulated_delta_var + epsilon) * gradient / ops.sqrt(slots.accumulated_grad + epsilon)
        slots.accumulated_delta_var.assign(rho * slots.accumulated_delta_var + (1.0 - rho) * ops.square(change))
        variable.assign_sub(learning_rate * change)
