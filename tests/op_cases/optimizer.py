"""Steps of optimizers that are one op."""

import numpy as np

from .case import case, numbers


def adam_update(variable, gradient, momentum, velocity, step, beta_1, beta_2, epsilon):
    momentum = momentum + (gradient - momentum) * (1 - beta_1)
    velocity = velocity + (gradient**2 - velocity) * (1 - beta_2)
    return variable - step * momentum / (np.sqrt(velocity) + epsilon), momentum, velocity


def rmsprop_update(variable, gradient, velocity, step, rho, epsilon):
    velocity = rho * velocity + (1 - rho) * gradient**2
    return variable - step * gradient / np.sqrt(velocity + epsilon), velocity


def weight(*shape):
    """A weight, its gradient and two slots, the second of squares."""
    return [*(numbers(*shape, seed=seed) for seed in (1, 2, 3)), numbers(*shape, low=0.1, high=1, seed=4)]


for shape in [(3, 5), (17,), (), (2, 3, 4), (0, 3)]:
    variable, gradient, momentum, velocity = weight(*shape)
    case("adam_update", [variable, gradient, momentum, velocity, np.array(0.1)], adam_update, beta_1=0.9,
         beta_2=0.99, epsilon=1e-3, large=lambda: ((*weight(300, 200), np.array(0.1)), None))  # fmt: skip
    case("rmsprop_update", [variable, gradient, velocity, np.array(0.1)], rmsprop_update, rho=0.8, epsilon=1e-3,
         large=lambda: ((*weight(300, 200)[:2], weight(300, 200)[3], np.array(0.1)), None))  # fmt: skip
