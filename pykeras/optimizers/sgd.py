"""Stochastic gradient descent, with momentum."""

from pykeras import check
from pykeras.optimizers.names import registry
from pykeras.optimizers.optimizer import Optimizer


@registry.register
class SGD(Optimizer):
    """Gradient descent: ``w ← w - lr·g``.

    With ``momentum`` m: ``v ← m·v - lr·g``, then ``w ← w + v``, or ``w ← w + m·v - lr·g`` with ``nesterov``.

    Args:
        learning_rate: number, schedule or function.
        momentum: from 0 to 1, share of the last change that goes on.
        nesterov: take the gradient's step from where momentum leads.
        **options: arguments that all optimizers share; see :class:`~pykeras.optimizers.Optimizer`.

    Raises:
        ValueError: when ``momentum`` is not between 0 and 1.

    Source: I. Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013.

    Example:
        >>> import pykeras
        >>> weight = pykeras.Variable([1.0])
        >>> pykeras.optimizers.SGD(lr=0.5).apply([pykeras.ops.ones((1,))], [weight])
        >>> weight.numpy().tolist()
        [0.5]
    """

    own_arguments = ("momentum", "nesterov")

    def __init__(self, learning_rate=0.01, momentum=0.0, nesterov=False, **options):
        super().__init__(learning_rate, **options)
        self.momentum = check.fraction("momentum", momentum)
        self.nesterov = nesterov

    @property
    def slots(self):
        return ("momentum",) if self.momentum else ()

    def update(self, variable, gradient, learning_rate, slots):
        if not self.momentum:
            variable.assign_sub(learning_rate * gradient)
            return
        velocity = slots.momentum * self.momentum - learning_rate * gradient
        slots.momentum.assign(velocity)
        variable.assign_add(velocity * self.momentum - learning_rate * gradient if self.nesterov else velocity)
