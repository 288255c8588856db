"""Adam."""

from pykeras import _core, check, ops
from pykeras.optimizers.names import registry
from pykeras.optimizers.optimizer import Optimizer


@registry.register
class Adam(Optimizer):
    """Steps from moving means of gradients and of their squares.

    ``m ← β₁·m + (1 - β₁)·g``, ``v ← β₂·v + (1 - β₂)·g²``,
    ``w ← w - lr·√(1 - β₂ᵗ)/(1 - β₁ᵗ) · m / (√v + ε)``.

    Args:
        learning_rate: number, schedule or function.
        beta_1: share of the mean gradient that a step keeps.
        beta_2: share of the mean square that a step keeps.
        epsilon: keeps the quotient finite ("ε hat" of the paper).
        amsgrad: divide by the largest mean square so far.
        **options: arguments that all optimizers share; see :class:`~pykeras.optimizers.Optimizer`.

    Source: D. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", 2014;
    S. Reddi et al., "On the Convergence of Adam and Beyond", 2018, for ``amsgrad``.

    Example:
        >>> import pykeras
        >>> weight = pykeras.Variable([1.0])
        >>> pykeras.optimizers.Adam(0.1).apply([pykeras.ops.ones((1,))], [weight])
        >>> round(float(weight[0]), 4)
        0.9
    """

    own_arguments = ("beta_1", "beta_2", "epsilon", "amsgrad")

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False, **options):
        super().__init__(learning_rate, **options)
        self.beta_1 = check.fraction("beta_1", beta_1)
        self.beta_2 = check.fraction("beta_2", beta_2)
        self.epsilon = check.non_negative_float("epsilon", 1e-7 if epsilon is None else epsilon)
        self.amsgrad = amsgrad

    @property
    def slots(self):
        return (("momentum", "velocity"), "velocity_hat") if self.amsgrad else (("momentum", "velocity"),)

    def step_size(self, learning_rate, dtype):
        step = ops.cast(self.iterations + 1, dtype)
        return learning_rate * ops.sqrt(1.0 - ops.power(self.beta_2, step)) / (1.0 - ops.power(self.beta_1, step))

    def update(self, variable, gradient, learning_rate, slots):
        if not self.amsgrad:
            return adam_step(
                variable, gradient, learning_rate, slots, beta_1=self.beta_1, beta_2=self.beta_2, epsilon=self.epsilon
            )
        slots.momentum.assign_add((gradient - slots.momentum) * (1.0 - self.beta_1))
        slots.velocity.assign_add((ops.square(gradient) - slots.velocity) * (1.0 - self.beta_2))
        slots.velocity_hat.assign(ops.maximum(slots.velocity_hat, slots.velocity))
        variable.assign_sub(learning_rate * slots.momentum / (ops.sqrt(slots.velocity_hat) + self.epsilon))


def adam_step(variable, gradient, step, slots, **constants):
    """Adam's step in one pass over memory: the op computes what the formula says, element by element."""
    changed = _core.op.adam_update(variable, gradient, slots.momentum, slots.velocity, step, **constants)
    for target, value in zip((variable, slots.momentum, slots.velocity), changed, strict=True):
        target.assign(value)
