"""Records what real Keras says of the layers of ``tests/layer_cases``: a fixture a family.

usage: python record_layers.py [--new] [family ...]     (with Keras 3 and JAX; all families by default)

Writes fixtures/layers_<family>.npz. With ``--new`` only cases whose name is not yet in the fixture are computed.

Numbers are computed once, in float64, and kept with 36 bits: they judge float32 and float64 alike. A fixture holds
``numbers`` (all arrays, one after another) and ``about`` (JSON: for each case weights, configuration, shapes, and what
lies where in ``numbers``).
"""

import json
import math
import os
import pathlib
import sys

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["XLA_FLAGS"] = "--xla_backend_optimization_level=0 --xla_cpu_multi_thread_eigen=false"
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import jax  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras.src.backend.common import dtypes  # noqa: E402
from layer_cases import FAMILIES, Make, cases, same  # noqa: E402

# On JAX Keras brings results of float64 down to float32, layer by layer; here the numbers are wanted in full.
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"

is_float = lambda x: hasattr(x, "dtype") and "float" in str(x.dtype)  # noqa: E731


def make(case, **more):
    keras.utils.clear_session()

    def inner(part: Make):
        return getattr(keras.layers, part.layer)(**same(part.config, inner), **more)

    return getattr(keras.layers, case.layer)(**{"name": "layer", **same(case.config, inner), **more})


def set_weights(case, layer):
    for index, weight in enumerate(layer.weights):
        if is_float(weight):
            weight.assign(case.weight(index, weight.name, weight.shape))


def mode(case):
    return {} if case.training is None else {"training": case.training}


def described(structure, unknown_batch=False):
    """Symbolic tensors for the arrays of a structure."""

    def one(leaf):
        if not isinstance(leaf, np.ndarray):
            return leaf
        return keras.KerasTensor((None, *leaf.shape[1:]) if unknown_batch else leaf.shape, str(leaf.dtype))

    return keras.tree.map_structure(one, structure)


def symbolic_inputs(case):
    """Symbolic inputs: those of the case with an unknown batch size, or as the case says."""
    inputs, _ = case.arrays("float32")
    if case.symbolic is None:
        shapes = [(None, *leaf.shape[1:]) for leaf in keras.tree.flatten(inputs)]
    else:
        shapes = [case.symbolic] if not isinstance(case.symbolic, list) else case.symbolic
    leaves = keras.tree.flatten(inputs)
    made = [keras.KerasTensor(tuple(s), str(leaf.dtype)) for s, leaf in zip(shapes, leaves, strict=True)]
    return keras.tree.pack_sequence_as(inputs, made)


def record_values(case):
    """Outputs, gradients of inputs and trainable weights, weights after the call, losses, mask: name -> array."""
    inputs, call = case.arrays("float64")
    layer = make(case, dtype="float64")
    layer(described(inputs), **described(call), **mode(case))
    set_weights(case, layer)
    variables = [*layer.trainable_variables, *layer.non_trainable_variables]
    trainable = [v.value for v in layer.trainable_variables]
    others = [v.value for v in layer.non_trainable_variables]
    leaves = keras.tree.flatten(inputs)
    floating = [i for i, leaf in enumerate(leaves) if is_float(leaf)]

    def run(given, trainable):
        filled = list(leaves)
        for i, value in zip(floating, given):
            filled[i] = value
        with keras.StatelessScope(zip(variables, [*trainable, *others]), collect_losses=True) as scope:
            outputs = layer(keras.tree.pack_sequence_as(inputs, filled), **call, **mode(case))
            losses = list(layer.losses)
            after = [scope.get_current_value(v) for v in layer.non_trainable_variables]
        outputs = keras.tree.flatten(outputs)
        return [o for o in outputs if is_float(o)], (outputs, after, losses)

    def with_gradients(given, trainable):
        real, vjp, results = jax.vjp(run, given, trainable, has_aux=True)
        return vjp([jax.numpy.asarray(case.upstream(i, o.shape), o.dtype) for i, o in enumerate(real)]), results

    given = [leaves[i] for i in floating]
    found = {}
    if case.gradients:
        (dinputs, dweights), (outputs, after, losses) = jax.jit(with_gradients)(given, trainable)
        found.update({f"dinput/{i}": g for i, g in enumerate(dinputs)})
        found.update({f"dweight/{i}": g for i, g in enumerate(dweights)})
    else:
        _, (outputs, after, losses) = jax.jit(run)(given, trainable)
    found.update({f"output/{i}": o for i, o in enumerate(outputs)})
    after = {id(v): a for v, a in zip(layer.non_trainable_variables, after)}
    kept = [v for v in layer.weights if id(v) in after]
    found.update({f"after/{i}": after[id(v)] for i, v in enumerate(kept)})
    if losses:
        found["losses"] = np.sort([float(loss) for loss in losses])
    if "mask" in call:
        mask = layer.compute_mask(inputs, call["mask"])
        found.update({f"mask/{i}": m for i, m in enumerate(keras.tree.flatten(mask)) if m is not None})
    return {key: np.asarray(value) for key, value in found.items()}


def record(case):
    """What is kept of one case: a dictionary for JSON, and arrays."""
    inputs, call = case.arrays("float32")
    layer = make(case)
    config = layer.get_config()
    outputs = layer(described(inputs), **described(call), **mode(case))
    about = {
        "config": config,
        "build_config": layer.get_build_config(),
        "weights": [[w.path, list(w.shape), str(w.dtype), bool(w.trainable)] for w in layer.weights],
        "outputs": [[list(o.shape), str(o.dtype)] for o in keras.tree.flatten(outputs)],
    }
    symbolic = symbolic_inputs(case)
    outputs = make(case)(symbolic, **described(call, unknown_batch=True), **mode(case))
    about["symbolic"] = [[list(o.shape), str(o.dtype)] for o in keras.tree.flatten(outputs)]
    if not call:
        shapes = keras.tree.map_structure(lambda t: t.shape, symbolic)
        computed = make(case).compute_output_shape(shapes)
        about["output_shape"] = keras.tree.map_shape_structure(list, computed)
    return about, {} if case.random else record_values(case)


def shortened(array):
    """float64 with 36 bits of mantissa."""
    fraction, exponent = np.frexp(np.asarray(array, "float64"))
    return np.ldexp(np.round(fraction * 2.0**36) / 2.0**36, exponent)


def recorded(path):
    """The cases in a fixture: name -> what ``record`` gave."""
    if not path.exists():
        return {}
    with np.load(path) as file:
        numbers, about = file["numbers"], json.loads(file["about"].tobytes())
    found = {}
    for name, entry in about["cases"].items():
        arrays = {}
        for key, shape, dtype, place in entry.pop("numbers"):
            arrays[key] = numbers[place : place + math.prod(shape)].reshape(shape).astype(dtype)
        found[name] = (entry, arrays)
    return found


def main(families, only_new=False):
    for family in families or FAMILIES:
        path = HERE / "fixtures" / f"layers_{family}.npz"
        about, numbers, place = {"keras": keras.__version__, "cases": {}}, [np.zeros(0)], 0
        known, failed = recorded(path) if only_new else {}, []
        for case in cases(family):
            try:
                entry, arrays = known.get(case.name) or record(case)
            except Exception as error:
                failed.append(case.name)
                print(f"{family}: {case.name}: {type(error).__name__}: {error}", file=sys.stderr)
                continue
            entry["numbers"] = []
            for key, array in arrays.items():
                entry["numbers"].append([key, list(array.shape), str(array.dtype), place])
                numbers.append(shortened(array).ravel())
                place += array.size
            about["cases"][case.name] = entry
        text = json.dumps(about, separators=(",", ":"), default=str).encode()
        np.savez_compressed(path, numbers=np.concatenate(numbers), about=np.frombuffer(text, "uint8"))
        print(path.name, f"{len(about['cases'])} cases, {place} numbers, {path.stat().st_size} bytes")
        if failed:
            sys.exit(f"{family}: Keras refuses {len(failed)} cases: {failed}")


if __name__ == "__main__":
    main([name for name in sys.argv[1:] if name != "--new"], "--new" in sys.argv)
