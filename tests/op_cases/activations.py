"""Activation functions and their slopes."""

import numpy as np

from .arithmetic import EDGES, LARGE, erf
from .case import apart, case, integers, numbers

SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772


def sigmoid(x):
    return np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))


def softplus(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def normal_density(x):
    return np.exp(-x * x / 2) / np.sqrt(2 * np.pi)


def normal_distribution(x):
    return (1 + erf(x / np.sqrt(2))) / 2


def gelu_tanh(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def gelu_tanh_slope(x):
    c = np.sqrt(2 / np.pi)
    t = np.tanh(c * (x + 0.044715 * x**3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * c * (1 + 3 * 0.044715 * x * x)


def elu(x, alpha=1.0):
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def activation(op, reference, make=numbers, **attributes):
    for shape in [(), (4, 5), (2, 1, 17), (0, 3)]:
        case(op, [make(*shape)], reference, large=lambda: ((make(LARGE, seed=1),), None), **attributes)
    case(op, [EDGES], reference, smooth=False, **attributes)
    # Far out: no overflow, no NaN.
    case(op, [np.array([-90.0, -30.0, 30.0, 90.0])], reference, smooth=False, **attributes)


activation("relu", lambda x: np.maximum(x, 0), apart)
case("relu", [integers(9, low=-5, high=6, dtype="int32")], lambda x: np.maximum(x, 0))
for slope in (0.2, 0.01):
    activation(
        "leaky_relu", lambda x, negative_slope: np.where(x > 0, x, negative_slope * x), apart, negative_slope=slope
    )
for alpha in (1.0, 0.7):
    activation("elu", elu, apart, alpha=alpha)
activation("selu", lambda x: SCALE * elu(x, ALPHA), apart)
activation("sigmoid", sigmoid)
activation("tanh", np.tanh)
activation("silu", lambda x: x * sigmoid(x))
activation("gelu", lambda x: x * normal_distribution(x))
activation("gelu_tanh", gelu_tanh)
activation("softplus", softplus)
activation("log_sigmoid", lambda x: -softplus(-x))
activation("softsign", lambda x: x / (1 + np.abs(x)), apart)
activation("hard_sigmoid", lambda x: np.clip(x / 6 + 0.5, 0, 1))

# Slopes take the input or the output of the activation, whichever tells them more.
unit = lambda *shape, seed=0: numbers(*shape, low=0.05, high=0.95, seed=seed)  # noqa: E731


def slope(op, reference, make=numbers, **attributes):
    for shape in [(4, 5), (3, 1, 2), (0, 3)]:
        case(op, [make(*shape, seed=1), numbers(*shape, seed=2)], reference,
             large=lambda: ((make(LARGE, seed=1), numbers(LARGE, seed=2)), None), **attributes)  # fmt: skip


slope("relu_grad", lambda a, dy, **_: np.where(a > 0, dy, 0), apart)
slope("leaky_relu_grad", lambda a, dy, parameter: np.where(a > 0, dy, parameter * dy), apart, parameter=0.3)
# elu and selu: of the output y, whose slope below 0 is y + alpha.
slope("elu_grad", lambda a, dy, parameter: np.where(a > 0, dy, (a + parameter) * dy), apart, parameter=0.8)
slope("selu_grad", lambda a, dy, **_: np.where(a > 0, SCALE * dy, (a + SCALE * ALPHA) * dy), apart)
slope("sigmoid_grad", lambda a, dy, **_: a * (1 - a) * dy, unit)
slope("tanh_grad", lambda a, dy, **_: (1 - a * a) * dy, unit)
slope("silu_grad", lambda a, dy, **_: (sigmoid(a) * (1 + a * (1 - sigmoid(a)))) * dy)
slope("gelu_grad", lambda a, dy, **_: (normal_distribution(a) + a * normal_density(a)) * dy)
slope("gelu_tanh_grad", lambda a, dy, **_: gelu_tanh_slope(a) * dy)
