"""Muon."""

import re
import types

from pykeras import check, ops
from pykeras.optimizers.adam import adam_step
from pykeras.optimizers.names import registry
from pykeras.optimizers.optimizer import Optimizer


@registry.register
class Muon(Optimizer):
    """Momentum made orthogonal for the matrices of hidden layers, AdamW for all other weights.

    Matrices: ``m ← momentum·m + g``, ``u = g + momentum·m`` with ``nesterov`` (else ``m``), ``u`` brought near the
    closest orthogonal matrix by ``ns_steps`` of the Newton-Schulz iteration ``X ← a·X + (b·A + c·A²)·X``, ``A = X·Xᵀ``,
    and ``w ← w - lr·rms_rate·√max(rows, columns)·u``.

    Args:
        learning_rate: number, schedule or function.
        adam_beta_1, adam_beta_2, epsilon: of the AdamW steps.
        adam_weight_decay: weight decay of the AdamW weights, None for none.
        weight_decay: weight decay of the matrices, None for none.
        exclude_layers: regular expressions; weights whose path one of them is found in take AdamW steps.
        exclude_embeddings: the same for weights with ``embedding`` in their path.
        muon_a, muon_b, muon_c: the iteration's coefficients.
        adam_lr_ratio: learning rate of the AdamW steps over that of the matrices.
        momentum: share of the last change that goes on.
        ns_steps: number of iterations.
        nesterov: whether the step looks ahead.
        rms_rate: size of a step, about that of AdamW with 0.2; None leaves ``lr·u``.
        **options: arguments that all optimizers share; see :class:`~pykeras.optimizers.Optimizer`.

    Source: K. Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024;
    J. Liu et al., "Muon is Scalable for LLM Training", 2025, for ``rms_rate``.

    Example:
        >>> import pykeras
        >>> weight = pykeras.Variable([[1.0, 0.0], [0.0, 1.0]])
        >>> pykeras.optimizers.Muon(0.1, weight_decay=None).apply([pykeras.ops.eye(2)], [weight])
        >>> abs(float(weight[0, 0]) - 0.97) < 0.01
        True
    """

    slots = (("momentum", "velocity"),)
    own_arguments = (
        "adam_beta_1",
        "adam_beta_2",
        "adam_weight_decay",
        "epsilon",
        "exclude_layers",
        "exclude_embeddings",
        "muon_a",
        "muon_b",
        "muon_c",
        "adam_lr_ratio",
        "momentum",
        "ns_steps",
        "nesterov",
        "rms_rate",
    )

    def __init__(
        self,
        learning_rate=0.001,
        adam_beta_1=0.9,
        adam_beta_2=0.999,
        adam_weight_decay=0.004,
        epsilon=1e-7,
        weight_decay=0.004,
        exclude_layers=None,
        exclude_embeddings=True,
        muon_a=3.4445,
        muon_b=-4.775,
        muon_c=2.0315,
        adam_lr_ratio=1,
        momentum=0.95,
        ns_steps=5,
        nesterov=True,
        rms_rate=0.2,
        **options,
    ):
        super().__init__(learning_rate, weight_decay=weight_decay, **options)
        self.adam_beta_1 = check.fraction("adam_beta_1", adam_beta_1)
        self.adam_beta_2 = check.fraction("adam_beta_2", adam_beta_2)
        self.adam_weight_decay = adam_weight_decay
        self.epsilon = check.non_negative_float("epsilon", epsilon)
        self.exclude_layers = list(exclude_layers or [])
        self.exclude_embeddings = exclude_embeddings
        self.muon_a, self.muon_b, self.muon_c = muon_a, muon_b, muon_c
        self.adam_lr_ratio = adam_lr_ratio
        self.momentum = check.fraction("momentum", momentum)
        self.ns_steps = check.non_negative_int("ns_steps", ns_steps)
        self.nesterov = nesterov
        self.rms_rate = rms_rate

    def takes_adam(self, variable):
        """Whether a weight takes AdamW's steps: everything but matrices, and what is excluded."""
        if len(variable.shape) != 2 or (self.exclude_embeddings and "embedding" in variable.path.lower()):
            return True
        return any(re.search(pattern, variable.path) for pattern in self.exclude_layers)

    def add_slot(self, variable, slot):
        return super().add_slot(variable, slot) if slot == "momentum" or self.takes_adam(variable) else None

    def weight_decay_of(self, variable):
        return self.adam_weight_decay if self.takes_adam(variable) else self.weight_decay

    def step_size(self, learning_rate, dtype):
        step = ops.cast(self.iterations + 1, dtype)
        correction = ops.sqrt(1.0 - ops.power(self.adam_beta_2, step)) / (1.0 - ops.power(self.adam_beta_1, step))
        return types.SimpleNamespace(rate=learning_rate, adam=learning_rate * self.adam_lr_ratio * correction)

    def update(self, variable, gradient, learning_rate, slots):
        if slots.velocity is not None:
            constants = {"beta_1": self.adam_beta_1, "beta_2": self.adam_beta_2, "epsilon": self.epsilon}
            return adam_step(variable, gradient, learning_rate.adam, slots, **constants)
        slots.momentum.assign(gradient + slots.momentum * self.momentum)
        direction = gradient + self.momentum * slots.momentum if self.nesterov else slots.momentum.value
        rows, columns = variable.shape
        size = 1.0 if self.rms_rate is None else self.rms_rate * max(rows, columns) ** 0.5
        variable.assign_sub(self._orthogonal(direction) * (learning_rate.rate * size))

    def _orthogonal(self, x):
        """A matrix with the singular vectors of ``x`` and singular values near 1."""
        tall = x.shape[0] > x.shape[1]
        if tall:
            x = ops.transpose(x)
        x = x / (ops.sqrt(ops.sum(ops.square(x))) + 1e-7)
        for _ in range(self.ns_steps):
            square = ops.matmul(x, ops.transpose(x))
            x = self.muon_a * x + ops.matmul(self.muon_b * square + self.muon_c * ops.matmul(square, square), x)
        return ops.transpose(x) if tall else x
