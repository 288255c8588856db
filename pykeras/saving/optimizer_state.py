"""An optimizer's state as numbered arrays: Keras 3's order and tf_keras's."""

from __future__ import annotations

import warnings

import numpy as np

from pykeras import ops
from pykeras.saving import dialects


def read(optimizer, stored):
    """Restores the state of a built optimizer; warns and leaves it fresh when what is stored does not fit.

    Arguments:
        optimizer: built for the model's weights.
        stored: mapping from ``"0"``, ``"1"``, ... to arrays, with ``shape(key)``.
    """
    names = sorted((key for key in stored if key.isdigit()), key=int)
    if not names:
        return
    kind = type(optimizer).__name__
    if type(optimizer).load_own_variables is not _base_method():
        optimizer.load_own_variables(stored)
        return
    if len(names) < 3 and all(stored.shape(name) == () for name in names):  # one that was never used
        plan = list(zip(optimizer.variables, names))
    else:
        plan = by_order(names, optimizer)
    problem = None if plan else f"holds {len(names)} arrays, {len(optimizer.variables)} were expected"
    for variable, name in plan or ():
        if stored.shape(name) != tuple(variable.shape):
            problem = f"has array {name} of shape {stored.shape(name)}, expected {tuple(variable.shape)}"
            break
    if problem:
        warnings.warn(f"the saved state of the optimizer {problem}; {kind} starts afresh", stacklevel=5)
        return
    assign(optimizer, plan, [stored[name] for _, name in plan])


def assign(optimizer, plan, values):
    """Sets variables of a plan, pairs of variable and name, and what follows from them.

    tf_keras does not save the product of momenta that Nadam keeps; it follows from the iteration.
    """
    for (variable, _), value in zip(plan, values, strict=True):
        variable.assign(value)
    product = getattr(optimizer, "_u_product", None)
    if product is not None and all(variable is not product for variable, _ in plan):
        steps = np.arange(1, int(optimizer.iterations.numpy()) + 1, dtype="float32")
        product.assign(np.prod(np.asarray(optimizer._momentum_at(ops.convert_to_tensor(steps)))))


def _base_method():
    from pykeras.optimizers import Optimizer

    return Optimizer.load_own_variables


def by_order(names, optimizer):
    """Pairs of variable and name when numbers agree with Keras 3's order (ours) or tf_keras's, which has no learning
    rate; else None."""
    variables = list(optimizer.variables)
    for candidates in (variables, of_tf_keras(optimizer)):
        if len(candidates) == len(names):
            return list(zip(candidates, names, strict=True))
    # tf_keras's SGD writes a momentum for each weight also when it uses none
    extra = len(dialects.ALWAYS_WRITTEN.get(type(optimizer).__name__, ())) * len(optimizer._trainable_variables)
    if extra and len(names) == 1 + extra and len(of_tf_keras(optimizer)) == 1:
        return [(optimizer._iterations, names[0])]
    return None


def of_tf_keras(optimizer):
    """The variables that tf_keras saves: neither the learning rate nor Nadam's product, nor a scale that changes."""
    if hasattr(optimizer, "inner_optimizer"):
        return of_tf_keras(optimizer.inner_optimizer)
    left_out = [getattr(optimizer, name, None) for name in ("_learning_rate", "_u_product")]
    # Adafactor's rows and columns of vectors, which only Keras 3 keeps places for
    left_out += [v for v in optimizer.variables if v.dtype == "int32" and v.shape == ()]
    return [v for v in optimizer.variables if all(v is not other for other in left_out)]


def tf_keras_arrays(optimizer):
    """``"0"``, ``"1"``, ... to arrays in tf_keras's order."""
    arrays = [variable.numpy() for variable in of_tf_keras(optimizer)]
    if len(arrays) == 1 and optimizer.built:
        for _ in dialects.ALWAYS_WRITTEN.get(type(optimizer).__name__, ()):
            arrays += [np.zeros(v.shape, v.dtype) for v in optimizer._trainable_variables]
    return {str(number): array for number, array in enumerate(arrays)}
