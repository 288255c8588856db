"""An optimizer's state in an HDF5 file, in the order and names of tf_keras."""

from __future__ import annotations

import warnings

import numpy as np

from pykeras.saving import dialects, files, optimizer_state
from pykeras.saving.weights_hdf5 import weight_names

_ITERATIONS = ("iteration", "iter", "iterations")


def write(group, optimizer):
    """Writes iteration count, averages and slots: ``iteration:0``, ``Adam/m/dense/kernel:0``, ..."""
    kind = type(optimizer).__name__
    slots = dialects.SLOT_NAMES.get(kind, {})
    variables = list(optimizer._trainable_variables)
    paths = weight_names(variables)
    entries = [("iteration:0", np.asarray(optimizer._iterations.numpy(), dtype="int64"))]
    averages = getattr(optimizer, "_model_variables_moving_average", None) or []
    entries += [(f"{kind}/average/{path}", each.numpy()) for path, each in zip(paths, averages)]
    made = [(names,) if isinstance(names, str) else names for names in optimizer.slots]
    absent = [slot for slot in dialects.ALWAYS_WRITTEN.get(kind, ()) if not any(slot in names for names in made)]
    for names in (*made, *((slot,) for slot in absent)):
        for path, variable, own in zip(paths, variables, optimizer._slots, strict=True):
            for name in names:
                value = np.zeros(variable.shape, variable.dtype) if name in absent else getattr(own, name).numpy()
                entries.append((f"{kind}/{slots.get(name, name)}/{path}", value))
    files.write_names(group, "weight_names", [name for name, _ in entries])
    for name, value in entries:
        group.create_dataset(name, data=np.asarray(value))


def read(group, optimizer, weights, version=None):
    """Restores the state of a built optimizer; warns and leaves it fresh when the file's does not fit.

    Arguments:
        group: with ``weight_names``; of tf_keras, its legacy optimizers or Keras 3.
        optimizer: built for the model's weights.
        weights: dict from names of weights in the file to variables, as ``weights_hdf5.read`` returns it.
        version: of Keras, as the file says it.
    """
    names = files.read_names(group, "weight_names")
    plan = _by_name(names, optimizer, weights)
    if plan is None and str(version)[:2] in ("1.", "2.") and names[:1] != ["iteration:0"]:
        plan = _by_slots(names, [files.shape(group, name) for name in names], optimizer, weights, version)
    plan = plan or optimizer_state.by_order(names, optimizer)
    problem = None if plan else f"holds {len(names)} arrays that do not belong to {len(optimizer.variables)} variables"
    for variable, name in plan or ():
        shape = files.shape(group, name)
        if shape != tuple(variable.shape):
            problem = f"has {name!r} of shape {shape}, expected {tuple(variable.shape)}"
            break
    if problem:
        optimizer = type(optimizer).__name__
        warnings.warn(f"{files.label(group)}: the optimizer's state {problem}; {optimizer} starts afresh", stacklevel=4)
        return
    optimizer_state.assign(optimizer, plan, [files.array(group, name, variable.shape) for variable, name in plan])


def _by_name(names, optimizer, weights):
    """Pairs of variable and name when every variable of the state is named in the file, else None."""
    place = {id(variable): number for number, variable in enumerate(optimizer._trainable_variables)}
    kind = type(optimizer).__name__
    slot_of: dict[str, str] = {}
    for table in (dialects.LEGACY_SLOTS.get(kind, {}), dialects.SLOT_NAMES.get(kind, {})):
        slot_of.update({theirs: ours for ours, theirs in table.items()})
    averages = getattr(optimizer, "_model_variables_moving_average", None) or []
    found: dict[int, tuple] = {}
    for name in names:
        parts = name.removesuffix(":0").split("/")
        variable = None
        if parts[-1] in _ITERATIONS:
            variable = optimizer._iterations
        elif name.removesuffix(":0") == "learning_rate":
            variable = getattr(optimizer, "_learning_rate", None)
            variable = variable if hasattr(variable, "assign") else None
        else:
            slot, weight = _split(parts, weights)
            number = place.get(id(weight))
            if number is not None and slot == "average" and averages:
                variable = averages[number]
            elif number is not None:
                variable = getattr(optimizer._slots[number], slot_of.get(slot, slot), None)
        if variable is not None:
            found[id(variable)] = (variable, name)
    needed = optimizer_state.of_tf_keras(optimizer)
    return list(found.values()) if all(id(variable) in found for variable in needed) else None


def _by_slots(names, shapes, optimizer, weights, version):
    """Pairs of variable and name in the order of Keras 1 to 2.3: counters, then one slot of all weights after another.

    The weights stand in the order of layers, before 2.0.7 in that of their names; the shapes tell which, else the
    version. Adam of 2.1 to 2.3 fills the place of ``vhat`` with arrays of one value when it does not use it; SGD keeps
    momenta also when it does not.
    """
    counters = next((number for number, shape in enumerate(shapes) if shape != ()), len(shapes))
    slots = [name for each in optimizer.slots for name in ((each,) if isinstance(each, str) else each)]
    variables = list(enumerate(optimizer._trainable_variables))
    groups, left = divmod(len(names) - counters, max(1, len(variables)))
    unused = shapes[counters + len(slots) * len(variables) :]
    if left or groups < len(slots) or (slots and any(shape != (1,) for shape in unused)):
        return None
    known = {id(variable): name for name, variable in weights.items()}
    by_name = sorted(variables, key=lambda pair: known.get(id(pair[1]), ""))
    orders = [variables, by_name] if all(id(variable) in known for _, variable in variables) else [variables]
    numbers = [int(part) if part.isdigit() else 0 for part in str(version).split("-")[0].split(".")]
    for order in reversed(orders) if numbers < [2, 0, 7] else orders:
        wanted = [getattr(optimizer._slots[number], slot) for slot in slots for number, _ in order]
        if [tuple(variable.shape) for variable in wanted] == shapes[counters : counters + len(wanted)]:
            first = [(optimizer._iterations, names[0])] if counters else []
            return first + list(zip(wanted, names[counters:]))
    return None


def _split(parts, weights):
    """Slot and weight of ``Adam/m/dense/kernel`` or, in the legacy optimizers, ``Adam/dense/kernel/m``."""
    for start in range(1, len(parts)):
        tail = "/".join(parts[start:])
        if tail in weights:
            return parts[start - 1], weights[tail]
        head = "/".join(parts[start:-1])
        if head in weights:
            return parts[-1], weights[head]
    return None, None
