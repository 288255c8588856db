"""An optimizer's state as numbered arrays: Keras 3's order and tf_keras's."""

from __future__ import annotations

import warnings

import numpy as np

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
    plan = by_order(names, optimizer)
    problem = None if plan else f"holds {len(names)} arrays, {len(optimizer.variables)} were expected"
    for variable, name in plan or ():
        if stored.shape(name) != tuple(variable.shape):
            problem = f"has array {name} of shape {stored.shape(name)}, expected {tuple(variable.shape)}"
            break
    if problem:
        warnings.warn(f"the saved state of the optimizer {problem}; {kind} starts afresh", stacklevel=5)
        return
    values = [stored[name] for _, name in plan]
    for (variable, _), value in zip(plan, values, strict=True):
        variable.assign(value)


def _base_method():
    from pykeras.optimizers import Optimizer

    return Optimizer.load_own_variables


def by_order(names, optimizer):
    """Pairs of variable and name when numbers agree with Keras 3's order (ours) or tf_keras's, which has no learning
    rate; else None."""
    variables = list(optimizer.variables)
    for candidates in (variables, _without_rate(optimizer)):
        if len(candidates) == len(names):
            return list(zip(candidates, names, strict=True))
    # tf_keras's SGD writes a momentum for each weight also when it uses none
    extra = len(dialects.ALWAYS_WRITTEN.get(type(optimizer).__name__, ())) * len(optimizer._trainable_variables)
    if extra and len(names) == 1 + extra and len(_without_rate(optimizer)) == 1:
        return [(optimizer._iterations, names[0])]
    return None


def _without_rate(optimizer):
    return [v for v in optimizer.variables if v is not getattr(optimizer, "_learning_rate", None)]


def tf_keras_arrays(optimizer):
    """``"0"``, ``"1"``, ... to arrays in tf_keras's order."""
    arrays = [variable.numpy() for variable in _without_rate(optimizer)]
    if len(arrays) == 1 and optimizer.built:
        for _ in dialects.ALWAYS_WRITTEN.get(type(optimizer).__name__, ()):
            arrays += [np.zeros(v.shape, v.dtype) for v in optimizer._trainable_variables]
    return {str(number): array for number, array in enumerate(arrays)}
