"""The state of a model in a group of an HDF5 file, as ``.keras`` and ``.weights.h5`` hold it.

Each object has a group at its path (see ``places``) with a group ``vars``, in which ``0``, ``1``, ... are its own
variables. Keras keeps no states of seed generators; they are written as further groups, which it does not look at.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np

from pykeras.layers import Layer
from pykeras.optimizers import Optimizer
from pykeras.random import SeedGenerator
from pykeras.saving import files, optimizer_state
from pykeras.saving.places import KERAS3, TF_KERAS, places

_VARIABLES = "vars"


class _Written(dict):
    """What an object's ``save_own_variables`` fills."""


class _Stored(Mapping):
    """The arrays of one ``vars`` group, each read when it is asked for."""

    def __init__(self, group):
        self._group = group

    def __getitem__(self, key):
        if key not in self:
            raise KeyError(key)
        return files.array(self._group, key)

    def __contains__(self, key):
        return self._group is not None and files.has(self._group, key)

    def __iter__(self):
        return iter(() if self._group is None else files.names(self._group))

    def __len__(self):
        return 0 if self._group is None else len(files.names(self._group))

    def shape(self, key):
        return files.shape(self._group, key)


def write(group, model, layout=KERAS3, include_optimizer=True):
    """Writes the state of a model and of all it holds.

    Arguments:
        group: of an HDF5 file, empty.
        model: with weights.
        layout: of the paths.
        include_optimizer: whether to write its state.
    """
    for path, owner in places(model, layout):
        if isinstance(owner, Optimizer) and not include_optimizer:
            continue
        inner = group.require_group(f"{path}/{_VARIABLES}" if path else _VARIABLES)
        if isinstance(getattr(owner, "name", None), str) and layout is KERAS3:
            inner.attrs["name"] = owner.name
        values = _Written()
        if isinstance(owner, SeedGenerator):
            values["0"] = owner.state.numpy()
        elif isinstance(owner, Optimizer) and layout is TF_KERAS:
            values.update(optimizer_state.tf_keras_arrays(owner))
        else:
            owner.save_own_variables(values)
        for key, value in values.items():
            inner.create_dataset(key, data=np.asarray(value))


def holds_state(group):
    """Whether a group looks like one that ``write`` filled."""
    return files.has(group, _VARIABLES) and not files.has_attribute(group, "layer_names")


def read(group, model, skip_mismatch=False):
    """Sets the state of a built model, all of it checked before any of it is set.

    Arguments:
        group: that Keras 3 or tf_keras filled, or ``write``.
        model: of the same structure.
        skip_mismatch: leave out objects whose state does not fit, with a warning.

    Raises:
        ValueError: numbers of variables or shapes differ; the object, its path and both sides are named.
    """
    layout = _layout(group, model)
    found = [(path, owner, _variables_at(group, path)) for path, owner in places(model, layout)]
    _load(found, group, model, skip_mismatch)


def read_by_name(group, model, skip_mismatch=False):
    """Sets the state of the model's layers whose names the file has; others stay as they are.

    Raises:
        ValueError: the file keeps no names (Keras before 3.7, tf_keras); a layer of that name has other weights.
    """
    named = _named_groups(group)
    if not named:
        raise ValueError(f"{files.label(group)}: the file keeps no names of layers, so that by_name cannot be used")
    found = [
        (path, owner, _variables_at(named[layer.name], path))
        for layer in model.layers
        if layer.name in named
        for path, owner in places(layer)
    ]
    _load(found, group, model, skip_mismatch)


def _named_groups(group):
    """Name of each object to its group; of a name that is there twice, the first."""
    named: dict[str, object] = {}
    pending = [group]
    while pending:
        here = pending.pop(0)
        for key in files.names(here):
            inner = files.member(here, key)
            if key == _VARIABLES:
                name = files.read_text(inner, "name")
                if name is not None:
                    named.setdefault(name, here)
            elif hasattr(inner, "keys"):
                pending.append(inner)
    return named


def _load(found, group, model, skip_mismatch):
    plan = []
    problems = []
    for path, owner, variables in found:
        stored = _Stored(variables)
        if isinstance(owner, Optimizer):
            if stored and not owner.built:
                owner.build(model.trainable_variables)
            plan.append((owner, stored, optimizer_state.read))
        elif isinstance(owner, SeedGenerator):
            if len(stored) == 1 and stored.shape("0") == tuple(owner.state.shape):
                plan.append((owner, stored, lambda generator, values: generator.state.assign(values["0"])))
        else:
            problem = _problem(owner, stored, path)
            if problem is None:
                plan.append((owner, stored, lambda layer, values: layer.load_own_variables(values)))
            else:
                problems.append(problem)
    if problems and not skip_mismatch:
        more = f" (and {len(problems) - 1} more)" if problems[1:] else ""
        raise ValueError(f"{files.label(group)}: {problems[0]}{more}; skip_mismatch=True leaves out what does not fit")
    for problem in problems:
        warnings.warn(f"{problem}; its weights are not loaded", stacklevel=5)
    for owner, stored, load in plan:
        load(owner, stored)


def _variables_at(group, path):
    """The group of an object's variables, None when the file has none."""
    steps = [*path.split("/"), _VARIABLES] if path else [_VARIABLES]
    for step in steps:
        if not files.has(group, step):
            return None
        group = files.member(group, step)
    return group


def _layout(group, model):
    """The layout under whose paths the file has most of what the model needs."""

    def found(layout):
        wanted = [(path, owner) for path, owner in places(model, layout) if isinstance(owner, Layer)]
        return sum(_problem(owner, _Stored(_variables_at(group, path)), path) is None for path, owner in wanted)

    return max((KERAS3, TF_KERAS), key=found)


def _problem(layer, stored, path):
    if type(layer).load_own_variables is not Layer.load_own_variables:
        return None  # the layer's own business
    own = layer._kept_variables()
    where = f'{type(layer).__name__} "{layer.name}"'
    if len(stored) != len(own):
        names = ", ".join(variable.name for variable in own) or "none"
        return f"{where} has {len(own)} weights of its own ({names}), the file has {len(stored)} at {path or '/'!r}"
    for number, variable in enumerate(own):
        if str(number) not in stored:
            return f"{where}: the file has no variable {number} at {path or '/'!r}"
        if stored.shape(str(number)) != tuple(variable.shape):
            return (
                f"{where}: weight {variable.path!r} has shape {tuple(variable.shape)}, {number} at {path or '/'!r} in "
                f"the file has {stored.shape(str(number))}"
            )
    return None
