"""RMSprop."""

from pykeras import _core, check, ops
from pykeras.optimizers.names import registry
from pykeras.optimizers.optimizer import Optimizer


@registry.register
class RMSprop(Optimizer):
    """Gradients divided by a moving root of their mean square.

    ``v ← ρ·v + (1 - ρ)·g²``; the step is ``lr·g / √(v + ε)``, with ``centered`` ``lr·g / √(v - mean(g)² + ε)``;
    with ``momentum`` m: ``b ← m·b + step``, ``w ← w - b``.

    Args:
        learning_rate: number, schedule or function.
        rho: share of the moving mean that a step keeps.
        momentum: share of the last change that goes on.
        epsilon: keeps the root from zero.
        centered: divide by the variance instead of the mean square.
        **options: arguments that all optimizers share; see :class:`~pykeras.optimizers.Optimizer`.

    Source: T. Tieleman and G. Hinton, "Neural Networks for Machine Learning", lecture 6.5, 2012.

    Example:
        >>> import pykeras
        >>> weight = pykeras.Variable([1.0])
        >>> pykeras.optimizers.RMSprop(0.1).apply([pykeras.ops.ones((1,))], [weight])
        >>> round(float(weight[0]), 4)
        0.6838
    """

    own_arguments = ("rho", "momentum", "epsilon", "centered")

    def __init__(self, learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False, **options):
        super().__init__(learning_rate, **options)
        self.rho = check.fraction("rho", rho)
        self.momentum = check.fraction("momentum", momentum)
        self.epsilon = check.non_negative_float("epsilon", 1e-7 if epsilon is None else epsilon)
        self.centered = centered

    @property
    def slots(self):
        wanted = {"velocity": True, "momentum": self.momentum, "average_gradient": self.centered}
        return tuple(slot for slot, used in wanted.items() if used)

    def update(self, variable, gradient, learning_rate, slots):
        if not self.centered and not self.momentum:
            changed = _core.op.rmsprop_update(
                variable, gradient, slots.velocity, learning_rate, rho=self.rho, epsilon=self.epsilon
            )
            variable.assign(changed[0])
            slots.velocity.assign(changed[1])
            return
        slots.velocity.assign(self.rho * slots.velocity + (1.0 - self.rho) * ops.square(gradient))
        spread = slots.velocity.value
        if self.centered:
            slots.average_gradient.assign(self.rho * slots.average_gradient + (1.0 - self.rho) * gradient)
            spread = spread - ops.square(slots.average_gradient)
        change = learning_rate * gradient * ops.rsqrt(spread + self.epsilon)
        if self.momentum:
            slots.momentum.assign(self.momentum * slots.momentum + change)
            change = slots.momentum.value
        variable.assign_sub(change)
