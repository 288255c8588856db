"""Pickles and copies of models whose graph is described by a configuration.

A pickle runs code when it is loaded, whatever is in it; so classes and functions go into it as pickle takes them, and
need not be registered.
"""

from __future__ import annotations

from typing import Any

from pykeras.registry import collecting, custom_object_scope, deserialize, object_sharing, serialize


def reduce_model(model: Any) -> tuple:
    """What ``__reduce__`` returns: a function and its arguments."""
    with collecting() as custom, object_sharing():
        config = serialize(model)
    config.pop("compile_config", None)
    values = [variable.numpy() for variable in model.variables] if model.built else None
    return _restore, (config, custom, values, _compilation(model))


def _compilation(model: Any) -> tuple | None:
    if not model.compiled:
        return None
    arguments = dict(model._compiled.arguments)
    optimizer = model.optimizer
    if optimizer is None:
        return arguments, None
    with collecting() as custom:
        config = serialize(optimizer)
    return arguments, (config, {**custom, type(optimizer).__name__: type(optimizer)},
                       optimizer.get_weights() if optimizer.built else None)  # fmt: skip


def _restore(config: dict, custom: dict, values: list | None, compilation: tuple | None) -> Any:
    with custom_object_scope(custom), object_sharing():
        model = deserialize(config, safe_mode=False, kind="models")
    if values is not None:
        for variable, value in zip(model.variables, values, strict=True):
            variable.assign(value)
    if compilation is not None:
        arguments, state = compilation
        if state is None:
            model.compile(None, **arguments)
            return model
        optimizer_config, custom, weights = state
        with custom_object_scope(custom):
            optimizer = deserialize(optimizer_config, safe_mode=False, kind="optimizers")
        model.compile(optimizer, **arguments)
        if weights is not None:
            optimizer.build(model.trainable_variables)
            optimizer.set_weights(weights)
    return model
