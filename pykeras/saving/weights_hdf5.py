"""The weights of a model in a group of an HDF5 file, as Keras 2 lays them out.

The group lists its layers in ``layer_names``; each has a group of its own that lists its weights in ``weight_names``,
trainable ones first, also across the layers of a model inside. ``top_level_model_weights`` holds what belongs to the
model itself.
"""

from __future__ import annotations

import warnings

import numpy as np

from pykeras.layers import Discretization
from pykeras.saving import cudnn, files, keras1_weights

# The versions whose form the files have.
VERSIONS = {"keras2": "2.15.0", "keras3": "3.15.0"}
BACKEND = "tensorflow"
_TOP = "top_level_model_weights"


def ordered_weights(layer):
    """A layer's weights in the order of files: trainable ones, then the others."""
    return [*layer.trainable_weights, *layer.non_trainable_weights]


def file_layers(model):
    """The layers that get a group, in order: also ops and the inputs of functional models, as Keras 2 lists them."""
    return list(getattr(model, "operations", None) or model.layers)


def weight_names(variables):
    """A name in the file for each variable, all different: ``dense/kernel:0``."""
    names: list[str] = []
    for variable in variables:
        name = plain = (variable.path or variable.name).strip("/")
        count = 0
        while f"{name}:0" in names:
            count += 1
            name = f"{plain}_{count}"
        names.append(f"{name}:0")
    return names


def write(group, model):
    """Writes all weights of a model.

    Raises:
        ValueError: the model has no weights yet.
    """
    layers = file_layers(model)
    group.attrs["backend"] = BACKEND.encode()
    group.attrs["keras_version"] = VERSIONS["keras2"].encode()
    files.write_names(group, "layer_names", [layer.name for layer in layers])
    for layer in layers:
        _write_layer(
            group.create_group(layer.name.strip("/")), ordered_weights(layer) if hasattr(layer, "weights") else []
        )
    _write_layer(group.create_group(_TOP), own_weights(model))


def own_weights(model):
    """The weights that belong to the model itself, not to a layer of it."""
    inside = {id(weight) for layer in model.layers for weight in layer.weights}
    return [weight for weight in ordered_weights(model) if id(weight) not in inside]


def _write_layer(group, variables):
    names = weight_names(variables)
    files.write_names(group, "weight_names", names)
    for name, variable in zip(names, variables, strict=True):
        group.create_dataset(name, data=np.asarray(variable.numpy()))


def weights_group(file):
    """The group of weights: a file of weights is one itself, one of a whole model holds one.

    Raises:
        ValueError: the file has neither.
    """
    if files.has_attribute(file, "layer_names"):
        return file
    if files.has(file, "model_weights"):
        return files.member(file, "model_weights")
    raise ValueError(f"{files.label(file)}: an HDF5 file without Keras weights (no layer_names, model_weights or vars)")


def read(group, model, skip_mismatch=False):
    """Sets all weights of a model from a group.

    Layers are matched by name when both sides have the same names, else by order, as Keras 2 does.

    Returns:
        Dict from the names of weights in the file to the variables; names used twice are left out.

    Raises:
        ValueError: another number of layers or weights, or other shapes; names, numbers and shapes are said.
    """
    wanted = [layer for layer in model.layers if layer.weights]
    saved = _saved_layers(group)
    _read_states(model, saved)
    if len(saved) != len(wanted):
        raise ValueError(
            f'Model "{model.name}" has {len(wanted)} layers with weights ({_some(layer.name for layer in wanted)}), '
            f"the file {files.label(group)} has {len(saved)} ({_some(saved)}); is it of another model? "
            "by_name=True loads the layers whose names agree"
        )
    by_name = set(saved) == {layer.name for layer in wanted}
    pairs = [(layer, layer.name if by_name else name) for layer, name in zip(wanted, saved, strict=True)]
    plan, origin = [], _origin(group)
    for layer, name in pairs:
        plan += _plan(layer, ordered_weights(layer), saved[name], name, skip_mismatch, origin)
    if files.has(group, _TOP):
        top = files.member(group, _TOP)
        if files.read_names(top, "weight_names") or own_weights(model):
            plan += _plan(model, own_weights(model), top, _TOP, skip_mismatch, origin)
    return _assign(plan)


def _saved_layers(group):
    """The groups of the layers that have weights in the file, by name."""
    saved = {name: files.member(group, name) for name in files.read_names(group, "layer_names")}
    return {name: each for name, each in saved.items() if files.read_names(each, "weight_names")}


def _read_states(model, saved):
    """Hands what tf_keras kept as weights to layers that keep it otherwise, and takes it out of ``saved``."""
    for layer in model.layers:
        if isinstance(layer, Discretization) and layer.name in saved:
            group = saved.pop(layer.name)
            names = files.read_names(group, "weight_names")
            layer.load_own_variables({str(i): files.array(group, name) for i, name in enumerate(names)})


def read_by_name(group, model, skip_mismatch=False):
    """Sets the weights of the layers whose names the file has; others stay as they are.

    Raises:
        ValueError: a layer of that name has other weights, unless ``skip_mismatch``.
    """
    saved, origin = _saved_layers(group), _origin(group)
    _read_states(model, saved)
    plan = []
    for layer in model.layers:
        if layer.name in saved and layer.weights:
            plan += _plan(layer, ordered_weights(layer), saved[layer.name], layer.name, skip_mismatch, origin)
    return _assign(plan)


def _some(names):
    names = list(names)
    return ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")


def _origin(group):
    """Version and backend of Keras that wrote a group of layers."""
    return files.read_text(group, "keras_version"), files.read_text(group, "backend")


def _plan(layer, variables, group, name, skip_mismatch, origin):
    """Variable, group, dataset's name and how it is read for each weight of a layer, all checked before anything is
    assigned. How: the gates of cuDNN's form (0 for ours), or the array itself, of an older layout."""
    names = files.read_names(group, "weight_names")
    if keras1_weights.applies(*origin) and names:
        values = keras1_weights.convert(layer, [files.array(group, each) for each in names], *origin)
        if [value.shape for value in values] == [tuple(variable.shape) for variable in variables]:
            names = names if len(names) == len(values) else [f"{name}/{number}" for number in range(len(values))]
            return [(v, group, each, value) for v, each, value in zip(variables, names, values, strict=True)]
    problem, gates = None, [0] * len(names)
    if len(names) != len(variables):
        problem = f"has {len(variables)} weights ({_some(v.path for v in variables)}), "
        problem += f"the file's {name!r} has {len(names)} ({_some(names)})"
    else:
        shapes = [files.shape(group, each) for each in names]
        gates = cudnn.gates_of(variables, shapes)
        for variable, each, shape, count in zip(variables, names, shapes, gates, strict=True):
            if shape != tuple(variable.shape) and not count:
                problem = (
                    f"weight {variable.path!r} has shape {tuple(variable.shape)}, {each!r} in the file has {shape}"
                )
                break
    if problem is None:
        return [(variable, group, each, count) for variable, each, count in zip(variables, names, gates, strict=True)]
    message = f'{type(layer).__name__} "{layer.name}": {problem}'
    if not skip_mismatch:
        raise ValueError(f"{message} ({files.label(group)})")
    warnings.warn(f"{message}; its weights are not loaded", stacklevel=5)
    return []


def _assign(plan):
    known, twice = {}, set()
    values = [_value(*entry) for entry in plan]
    for (variable, _, name, _), value in zip(plan, values, strict=True):
        variable.assign(value)
        key = name.removesuffix(":0")
        twice |= {key} if key in known and known[key] is not variable else set()
        known[key] = variable
    return {key: variable for key, variable in known.items() if key not in twice}


def _value(variable, group, name, how):
    if isinstance(how, np.ndarray):
        return how
    if how:
        return cudnn.converted(variable, files.array(group, name), how)
    return files.array(group, name, variable.shape)
