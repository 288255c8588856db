"""Activation functions: elementwise maps (softmax, GLU and sparsemax work along an axis) between layers.

``get`` turns what layers accept as ``activation=`` into a function: a name, a configuration, a callable, or None for
the identity. Every function takes a tensor, array or number of any shape and returns the same shape, except ``glu``,
which halves its axis. Integers are computed in the default float type where a result is no integer.
"""

from pykeras import ops
from pykeras.registry import Registry

_REGISTRY = Registry("activation", "activations")


@_REGISTRY.register
def linear(x):
    """The identity: ``f(x) = x``.

    Example:
        >>> from pykeras import activations
        >>> activations.linear(3.0)
        3.0
    """
    return x


_REGISTRY.default = linear


@_REGISTRY.register
def relu(x, negative_slope=0.0, max_value=None, threshold=0.0, alpha=None):
    """Rectifier: ``max(x, 0)``, or with arguments ``min(x, max_value)`` where x > threshold and
    ``negative_slope * (x - threshold)`` elsewhere.

    Arguments:
        x: tensor.
        negative_slope: slope below the threshold.
        max_value: upper bound, None for no bound.
        threshold: values below it are damped.
        alpha: Keras 2's name for negative_slope.

    Source: Nair and Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", ICML 2010.

    Example:
        >>> from pykeras import activations
        >>> activations.relu([-2.0, 0.5, 9.0], max_value=6.0).numpy().tolist()
        [0.0, 0.5, 6.0]
    """
    negative_slope = negative_slope if alpha is None else alpha
    if negative_slope == 0 and threshold == 0:
        if max_value is None:
            return ops.relu(x)
        return ops.relu6(x) if max_value == 6 else ops.minimum(ops.relu(x), max_value)
    if threshold == 0 and max_value is None:
        return ops.leaky_relu(x, negative_slope)
    kept = ops.where(ops.greater(x, threshold), x, 0)
    kept = kept if max_value is None else ops.minimum(kept, max_value)
    below = ops.minimum(ops.subtract(x, threshold), 0)
    return ops.add(kept, ops.multiply(negative_slope, below)) if negative_slope else kept


@_REGISTRY.register
def relu6(x):
    """Rectifier with a ceiling: ``min(max(x, 0), 6)``.

    Source: Krizhevsky, "Convolutional Deep Belief Networks on CIFAR-10", 2010.
    """
    return ops.relu6(x)


@_REGISTRY.register
def leaky_relu(x, negative_slope=0.2):
    """``x`` where positive, ``negative_slope * x`` elsewhere.

    Source: Maas, Hannun and Ng, "Rectifier Nonlinearities Improve Neural Network Acoustic Models", ICML 2013.
    """
    return ops.leaky_relu(x, negative_slope)


@_REGISTRY.register
def elu(x, alpha=1.0):
    """Exponential linear unit: ``x`` where positive, ``alpha * (exp(x) - 1)`` elsewhere.

    Source: Clevert, Unterthiner and Hochreiter, "Fast and Accurate Deep Network Learning by ELUs", ICLR 2016.
    """
    return ops.elu(x, alpha)


@_REGISTRY.register
def selu(x):
    """Scaled ELU: ``1.05070098 * elu(x, 1.67326324)``, which keeps mean 0 and variance 1 with ``LecunNormal`` weights.

    Source: Klambauer et al., "Self-Normalizing Neural Networks", NeurIPS 2017.
    """
    return ops.selu(x)


@_REGISTRY.register
def celu(x, alpha=1.0):
    """Continuously differentiable ELU: ``max(x, 0) + min(0, alpha * (exp(x / alpha) - 1))``.

    Source: Barron, "Continuously Differentiable Exponential Linear Units", 2017.
    """
    return ops.celu(x, alpha)


@_REGISTRY.register
def gelu(x, approximate=False):
    """Gaussian error linear unit: ``x * P(X <= x)`` for a standard normal X, ``x/2 * (1 + erf(x / sqrt 2))``.

    Arguments:
        x: tensor.
        approximate: take ``x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3)))`` instead.

    Source: Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.
    """
    return ops.gelu(x, approximate=approximate)


@_REGISTRY.register
def sigmoid(x):
    """Logistic function: ``1 / (1 + exp(-x))``.

    Cross-entropies computed from its result go back to ``x`` and stay exact where the result has rounded to 0 or 1.

    Example:
        >>> from pykeras import activations
        >>> activations.sigmoid([0.0]).numpy().tolist()
        [0.5]
    """
    return ops.sigmoid(x)


@_REGISTRY.register
def hard_sigmoid(x):
    """Sigmoid made of three straight lines: ``relu6(x + 3) / 6``."""
    return ops.hard_sigmoid(x)


@_REGISTRY.register
def keras2_hard_sigmoid(x):
    """Keras 2's hard sigmoid, ``0.2 x + 0.5`` limited to [0, 1]: what "hard_sigmoid" stands for in its files."""
    return ops.clip(ops.add(ops.multiply(x, 0.2), 0.5), 0.0, 1.0)


@_REGISTRY.register
def log_sigmoid(x):
    """``log(sigmoid(x)) = -softplus(-x)``, computed without overflow."""
    return ops.log_sigmoid(x)


@_REGISTRY.register("swish")
def silu(x):
    """Sigmoid linear unit, also called swish: ``x * sigmoid(x)``.

    Source: Ramachandran, Zoph and Le, "Searching for Activation Functions", 2017.
    """
    return ops.silu(x)


@_REGISTRY.register("hard_swish")
def hard_silu(x):
    """Silu made of pieces of polynomials: ``x * relu6(x + 3) / 6``, also called hard_swish.

    Source: Howard et al., "Searching for MobileNetV3", ICCV 2019.
    """
    return ops.hard_silu(x)


@_REGISTRY.register
def mish(x):
    """``x * tanh(softplus(x))``.

    Source: Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", 2019.
    """
    x = _floating(x)
    return ops.multiply(x, ops.tanh(ops.softplus(x)))


@_REGISTRY.register
def tanh(x):
    """Hyperbolic tangent: ``(exp(x) - exp(-x)) / (exp(x) + exp(-x))``."""
    return ops.tanh(x)


@_REGISTRY.register
def hard_tanh(x):
    """Tangent made of three straight lines: ``min(max(x, -1), 1)``."""
    return ops.hard_tanh(x)


@_REGISTRY.register
def tanh_shrink(x):
    """``x - tanh(x)``."""
    return ops.tanh_shrink(x)


@_REGISTRY.register
def soft_shrink(x, threshold=0.5):
    """``x - threshold`` above the threshold, ``x + threshold`` below ``-threshold``, 0 between."""
    return ops.soft_shrink(x, threshold)


@_REGISTRY.register
def hard_shrink(x, threshold=0.5):
    """``x`` where ``|x| > threshold``, 0 elsewhere."""
    return ops.hard_shrink(x, threshold)


@_REGISTRY.register
def threshold(x, threshold, default_value):
    """``x`` where ``x > threshold``, ``default_value`` elsewhere.

    Example:
        >>> from pykeras import activations
        >>> activations.threshold([1.0, 2.0, 3.0], 2.0, 9.0).numpy().tolist()
        [9.0, 9.0, 3.0]
    """
    return ops.threshold(x, threshold, default_value)


@_REGISTRY.register
def exponential(x):
    """``exp(x)``."""
    return ops.exp(x)


@_REGISTRY.register
def softplus(x):
    """``log(1 + exp(x))``, computed without overflow."""
    return ops.softplus(x)


@_REGISTRY.register
def softsign(x):
    """``x / (1 + |x|)``."""
    return ops.softsign(x)


@_REGISTRY.register
def squareplus(x, b=4):
    """Smooth rectifier without exponentials: ``(x + sqrt(x^2 + b)) / 2``.

    Source: Barron, "Squareplus: A Softplus-Like Algebraic Rectifier", 2021.
    """
    return ops.squareplus(x, b)


@_REGISTRY.register
def sparse_plus(x):
    """0 where x <= -1, ``(x + 1)^2 / 4`` where -1 < x < 1, ``x`` where x >= 1."""
    return ops.sparse_plus(x)


@_REGISTRY.register
def sparse_sigmoid(x):
    """0 where x <= -1, ``(x + 1) / 2`` where -1 < x < 1, 1 where x >= 1."""
    return ops.sparse_sigmoid(x)


@_REGISTRY.register
def softmax(x, axis=-1):
    """Probabilities: ``exp(x) / sum(exp(x))`` along an axis, computed without overflow.

    Cross-entropies computed from its result go back to ``x`` (see ``sigmoid``).

    Arguments:
        x: tensor of rank 1 or more.
        axis: axis, or several, along which the results sum to 1.

    Raises:
        ValueError: an axis that the tensor does not have.

    Example:
        >>> from pykeras import activations
        >>> activations.softmax([[1.0, 1.0]]).numpy().tolist()
        [[0.5, 0.5]]
    """
    return ops.softmax(x, axis)


@_REGISTRY.register
def log_softmax(x, axis=-1):
    """``x - log(sum(exp(x)))`` along an axis, computed without overflow.

    Arguments:
        x: tensor of rank 1 or more.
        axis: axis, or several, of the sum.
    """
    return ops.log_softmax(x, axis)


@_REGISTRY.register
def sparsemax(x, axis=-1):
    """The probabilities nearest to ``x`` in Euclidean distance: ``max(x - tau, 0)`` with tau such that they sum to 1.

    Arguments:
        x: tensor of rank 1 or more.
        axis: axis along which the results sum to 1.

    Source: Martins and Astudillo, "From Softmax to Sparsemax", ICML 2016.

    Example:
        >>> from pykeras import activations
        >>> activations.sparsemax([2.0, 1.5, -1.0]).numpy().tolist()
        [0.75, 0.25, 0.0]
    """
    return ops.sparsemax(x, axis)


@_REGISTRY.register
def glu(x, axis=-1):
    """Gated linear unit: the first half times the sigmoid of the second half along an axis, which is halved.

    Arguments:
        x: tensor; an even size along the axis.
        axis: axis that is split.

    Raises:
        ValueError: an odd size along the axis.

    Source: Dauphin et al., "Language Modeling with Gated Convolutional Networks", ICML 2017.
    """
    return ops.glu(x, axis)


swish = silu
hard_swish = hard_silu


def _floating(x):
    x = x if ops.is_tensor(x) else ops.convert_to_tensor(x)
    return x if "float" in str(x.dtype) else ops.cast(x, "float32")


def get(identifier):
    """The activation function of a name, configuration or callable; ``linear`` for None.

    Arguments:
        identifier: name such as "relu", configuration dictionary, callable, layer class, or None.

    Raises:
        ValueError: an unknown name (near ones are suggested), or something that is none of these.

    Example:
        >>> from pykeras import activations
        >>> activations.get("swish").__name__
        'silu'
        >>> activations.get("Relu")
        Traceback (most recent call last):
            ...
        ValueError: Unknown activation "Relu": did you mean "relu", ...
    """
    return _REGISTRY.get(identifier)


def serialize(activation):
    """The configuration of an activation: its name for one of ours, else as ``registry.serialize`` writes it.

    Example:
        >>> from pykeras import activations
        >>> activations.serialize(activations.gelu)
        'gelu'
    """
    return activation.__name__ if activation in _REGISTRY else _REGISTRY.serialize(activation)


def deserialize(config, custom_objects=None):
    """The activation function of a name or configuration.

    Arguments:
        config: what ``serialize`` gave.
        custom_objects: dict from name to the caller's function; comes first.
    """
    return _REGISTRY.deserialize(config, custom_objects)
