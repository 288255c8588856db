"""Adafactor."""

import types

from pykeras import check, ops
from pykeras.optimizers.names import registry
from pykeras.optimizers.optimizer import Optimizer


@registry.register
class Adafactor(Optimizer):
    """Adam's mean squares kept as one row and one column for each matrix, steps relative to the weights' size.

    With ``βₜ = 1 - t^beta_2_decay`` the row means and column means of ``g² + ε₁`` move towards those of the step;
    ``v = rows·columns / mean(rows)`` (vectors keep ``v`` itself), ``u = g/√v`` scaled down to a root mean square of
    ``clip_threshold``, ``w ← w - max(ε₂, rms(w))·min(lr, 1/√t)·u``.

    Args:
        learning_rate: number, schedule or function.
        beta_2_decay: exponent of the moving means, below 0.
        epsilon_1: added to the squared gradients.
        epsilon_2: smallest size that a weight is taken to have.
        clip_threshold: largest root mean square of ``u``.
        relative_step: bounds the rate by ``1/√t``. As in Keras 3 the step is bounded by it in any case.
        **options: arguments that all optimizers share; see :class:`~pykeras.optimizers.Optimizer`.

    Source: N. Shazeer and M. Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", 2018.

    Example:
        >>> import pykeras
        >>> weight = pykeras.Variable([2.0])
        >>> pykeras.optimizers.Adafactor(0.1).apply([pykeras.ops.ones((1,))], [weight])
        >>> round(float(weight[0]), 4)
        1.8
    """

    slots = (("row", "column", "velocity"),)
    own_arguments = ("beta_2_decay", "epsilon_1", "epsilon_2", "clip_threshold", "relative_step")

    def __init__(
        self,
        learning_rate=0.001,
        beta_2_decay=-0.8,
        epsilon_1=1e-30,
        epsilon_2=1e-3,
        clip_threshold=1.0,
        relative_step=True,
        **options,
    ):
        super().__init__(learning_rate, **options)
        self.beta_2_decay = check.number("beta_2_decay", beta_2_decay)
        self.epsilon_1 = check.non_negative_float("epsilon_1", epsilon_1)
        self.epsilon_2 = check.non_negative_float("epsilon_2", epsilon_2)
        self.clip_threshold = check.positive_float("clip_threshold", clip_threshold)
        self.relative_step = check.boolean("relative_step", relative_step)

    def add_slot(self, variable, slot):
        if slot == "velocity":
            return super().add_slot(variable, slot)
        shape = tuple(variable.shape)
        if len(shape) < 2:  # kept for the order of Keras's files, never used
            return self.add_variable((), "zeros", "int32", name=variable.name)
        return self.add_variable(
            shape[:-1] if slot == "row" else (*shape[:-2], shape[-1]), "zeros", variable.dtype, name=variable.name
        )

    def step_size(self, learning_rate, dtype):
        step = ops.cast(self.iterations + 1, dtype)
        return types.SimpleNamespace(
            rate=ops.minimum(learning_rate, ops.rsqrt(step)), moved=ops.power(step, self.beta_2_decay)
        )

    def update(self, variable, gradient, learning_rate, slots):
        squares, moved = ops.square(gradient) + self.epsilon_1, learning_rate.moved
        if len(variable.shape) < 2:
            slots.velocity.assign((1.0 - moved) * slots.velocity + moved * squares)
        else:
            slots.row.assign((1.0 - moved) * slots.row + moved * ops.mean(squares, axis=-1))
            slots.column.assign((1.0 - moved) * slots.column + moved * ops.mean(squares, axis=-2))
            rows = slots.row / ops.mean(slots.row, axis=-1, keepdims=True)
            slots.velocity.assign(ops.expand_dims(rows, -1) * ops.expand_dims(slots.column, -2))
        change = gradient / ops.sqrt(slots.velocity)
        change = change / ops.maximum(_rms(change) / self.clip_threshold, 1.0)
        variable.assign_sub(ops.maximum(_rms(variable), self.epsilon_2) * learning_rate.rate * change)


def _rms(x):
    return ops.sqrt(ops.mean(ops.square(x)))
