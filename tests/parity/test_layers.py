"""Every layer against real Keras: the cases of ``tests/layer_cases``, recorded by ``record_layers.py``.

``pytest tests/parity/test_layers.py -k <family>`` runs one family.
"""

import functools
import json
import math
import pathlib

import numpy as np
import pytest
from layer_cases import FAMILIES, cases, same

import pykeras
from pykeras import layers, ops, tree
from pykeras.keras_tensor import KerasTensor

FIXTURES = pathlib.Path(__file__).parent / "fixtures"
TOLERANCE = {"float32": {"rtol": 2e-5, "atol": 2e-6}, "float64": {"rtol": 1e-9, "atol": 1e-10}}
# Keras of late writes these; older Keras 3 refuses them, so that ours stand in a configuration only when they are set.
RECENT = {"quantization_config": None, "renorm": False, "renorm_clipping": None, "renorm_momentum": 0.99}
ALL = [pytest.param(family, case, id=f"{family}-{case.name}") for family in FAMILIES for case in cases(family)]
every_case = pytest.mark.parametrize("family, case", ALL)


@functools.cache
def fixture(family):
    path = FIXTURES / f"layers_{family}.npz"
    assert path.exists(), f"record it: record_layers.py {family}"
    with np.load(path) as file:
        return json.loads(file["about"].tobytes())["cases"], file["numbers"]


def recorded(family, case):
    entries, _ = fixture(family)
    assert case.name in entries, f"record it: record_layers.py {family}"
    return entries[case.name]


def recorded_numbers(family, case):
    _, numbers = fixture(family)
    return {
        key: numbers[place : place + math.prod(shape)].reshape(shape).astype(dtype)
        for key, shape, dtype, place in recorded(family, case)["numbers"]
    }


def make(case, **more):
    """The layer of a case, new, under the name it was recorded with."""
    pykeras.utils.clear_session(free_memory=False)

    def inner(part):
        return getattr(layers, part.layer)(**same(part.config, inner), **more)

    return getattr(layers, case.layer)(**{"name": "layer", **same(case.config, inner), **more})


def mode(case):
    return {} if case.training is None else {"training": case.training}


def is_float(x):
    return "float" in str(x.dtype)


def tensors(structure):
    return tree.map_structure(lambda x: ops.convert_to_tensor(x) if isinstance(x, np.ndarray) else x, structure)


def symbolic(structure, shapes=None):
    """Symbolic tensors for arrays: of these shapes, else with an unknown batch size."""
    shapes = iter([shapes] if isinstance(shapes, tuple) else shapes or ())

    def one(leaf):
        if not isinstance(leaf, np.ndarray):
            return leaf
        return KerasTensor(next(shapes, (None, *leaf.shape[1:])), str(leaf.dtype))

    return tree.map_structure(one, structure)


def set_weights(case, layer):
    for index, weight in enumerate(layer.weights):
        if is_float(weight):
            weight.assign(case.weight(index, weight.name, weight.shape))


def built(case, layer):
    """The layer with the weights of the case."""
    if not layer.built:
        inputs, call = case.arrays("float32")
        layer(tensors(inputs), **tensors(call))
    set_weights(case, layer)
    return layer


def plain(config):
    return json.loads(json.dumps(config))


def specs(outputs):
    return [[list(o.shape), o.dtype] for o in tree.flatten(outputs)]


def close(got, expected, case, dtype="float32", what=""):
    got = np.asarray(got)
    assert got.shape == expected.shape, f"{what}: shape {got.shape}, Keras {expected.shape}"
    if expected.dtype.kind != "f":
        np.testing.assert_array_equal(got, expected, err_msg=what)
        return
    assert got.dtype == dtype, f"{what}: dtype {got.dtype}"
    limits = {key: value * case.tolerance for key, value in TOLERANCE[dtype].items()}
    np.testing.assert_allclose(got, expected, **limits, err_msg=what)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@every_case
def test_values_and_gradients(family, case, dtype):
    if case.random or dtype not in case.dtypes:
        return
    expected = recorded_numbers(family, case)
    layer = built(case, make(case, dtype=dtype))
    inputs, call = (tensors(part) for part in case.arrays(dtype))
    floating = [leaf for leaf in tree.flatten(inputs) if is_float(leaf)]
    with pykeras.GradientTape() as tape:
        tape.watch(floating)
        outputs = layer(inputs, **call, **mode(case))
    flat = tree.flatten(outputs)
    for i, output in enumerate(flat):
        close(output, expected[f"output/{i}"], case, dtype, f"output {i}")
    trainable = layer.trainable_variables
    kept = [w for w in layer.weights if not any(w is t for t in trainable)]
    for i, weight in enumerate(kept):
        close(weight, expected[f"after/{i}"], case, dtype, f"{weight.path} after the call")
    if "losses" in expected:
        close(np.sort([np.asarray(loss) for loss in layer.losses]), expected["losses"], case, dtype, "losses")
    else:
        assert not layer.losses
    if "mask" in call:
        masks = [m for m in tree.flatten(layer.compute_mask(inputs, call["mask"])) if m is not None]
        assert len(masks) == sum(key.startswith("mask/") for key in expected)
        for i, m in enumerate(masks):
            close(m, expected[f"mask/{i}"], case, dtype, f"mask {i}")
    if case.gradients:
        real = [o for o in flat if is_float(o)]
        upstream = [case.upstream(i, o.shape).astype(dtype) for i, o in enumerate(real)]
        gradients = tape.gradient(real, [*floating, *trainable], upstream, unconnected_gradients="zero")
        names = [f"dinput/{i}" for i in range(len(floating))] + [f"dweight/{i}" for i in range(len(trainable))]
        for name, gradient in zip(names, gradients, strict=True):
            close(gradient, expected[name], case, dtype, name)


@every_case
def test_weights_and_configuration(family, case):
    expected = recorded(family, case)
    layer = built(case, make(case))
    assert [[w.path, list(w.shape), w.dtype, w.trainable] for w in layer.weights] == expected["weights"]
    if expected["build_config"] is not None:  # layers without build() leave none in Keras
        assert plain(layer.get_build_config()) == expected["build_config"]
    config = plain(layer.get_config())
    wanted = expected["config"]
    unset = not wanted.get("renorm")
    assert config == {k: v for k, v in wanted.items() if not (unset and k in RECENT and v == RECENT[k])}
    inputs, call = case.arrays("float32")
    before = [w.numpy() for w in layer.weights]
    result = tree.flatten(layer(tensors(inputs), **tensors(call), **mode(case)))
    for source in (layer.get_config(), expected["config"]):
        pykeras.utils.clear_session(free_memory=False)
        twin = layers.deserialize({"class_name": case.layer, "config": source})
        assert type(twin) is type(layer) and plain(twin.get_config()) == config
        twin.build_from_config(layer.get_build_config())
        assert [w.path for w in twin.weights] == [w.path for w in layer.weights]
        twin.set_weights(before)
        repeated = tree.flatten(twin(tensors(inputs), **tensors(call), **mode(case)))
        for ours, again in zip(result, repeated, strict=True) if not case.random else ():
            np.testing.assert_array_equal(ours, again)


@every_case
def test_shapes(family, case):
    expected = recorded(family, case)
    inputs, call = case.arrays("float32")
    layer = make(case)
    assert specs(layer(symbolic(inputs, case.symbolic), **symbolic(call), **mode(case))) == expected["symbolic"]
    assert specs(layer(tensors(inputs), **tensors(call), **mode(case))) == expected["outputs"]
    if "output_shape" in expected:
        shapes = tree.map_structure(lambda t: t.shape, symbolic(inputs, case.symbolic))
        for asked in (make(case), layer):
            assert plain(asked.compute_output_shape(shapes)) == expected["output_shape"]


@every_case
def test_other_batch_sizes(family, case):
    """A model described with an unknown batch size gives each sample what the layer gives it in any company."""
    if not case.dynamic or case.random:
        return
    layer = built(case, make(case))
    inputs, call = case.arrays("float32")
    arguments = {"inputs": inputs, "call": call}
    described = tree.map_structure(
        lambda x: pykeras.Input(x.shape[1:], dtype=str(x.dtype)) if isinstance(x, np.ndarray) else x, arguments
    )
    outputs = layer(described["inputs"], **described["call"], **mode(case))
    model = pykeras.Model([x for x in tree.flatten(described) if isinstance(x, KerasTensor)], outputs)
    expected = tree.flatten(layer(tensors(inputs), **tensors(call), **mode(case)))
    arrays = [x for x in tree.flatten(arguments) if isinstance(x, np.ndarray)]
    for repeats in (1, 3):
        got = tree.flatten(model([np.concatenate([x] * repeats) for x in arrays]))
        for output, wanted in zip(got, expected, strict=True):
            close(output, np.concatenate([np.asarray(wanted)] * repeats), case)


class Trained(pykeras.Model):
    """A layer between a weight that scales its inputs and the mean of its floating outputs."""

    def __init__(self, case, structure):
        super().__init__(name="trained")
        self.case = case
        self.structure = structure
        self.layer = make(case)
        self.scale = self.add_weight(name="scale", shape=(), initializer="ones")

    def call(self, arrays, training=None):
        values = iter(arrays)
        leaves = [next(values) if isinstance(x, np.ndarray) else x for x in tree.flatten(self.structure)]
        filled = tree.pack_sequence_as(self.structure, leaves)
        inputs = tree.map_structure(lambda x: x * self.scale if is_float(x) else x, filled["inputs"])
        outputs = self.layer(inputs, **filled["call"], **mode(self.case))
        rows = len(arrays[0])
        return ops.concatenate([ops.reshape(o, (rows, -1)) for o in tree.flatten(outputs) if is_float(o)], -1)


@every_case
def test_training_eagerly_and_replayed(family, case):
    """Three steps give the same bits whether Python runs each or only the first."""
    if not case.fit:
        return
    inputs, call = case.arrays("float32")
    structure = {"inputs": inputs, "call": call}
    arrays = [x for x in tree.flatten(structure) if isinstance(x, np.ndarray)]
    results = []
    for run_eagerly in (True, False):
        pykeras.utils.set_random_seed(5)
        model = Trained(case, structure)
        target = np.zeros(model(arrays).shape, "float32")
        set_weights(case, model.layer)
        start = [w.numpy() for w in model.weights]
        model.compile("sgd", "mse", run_eagerly=run_eagerly)
        history = model.fit(arrays, target, batch_size=len(target), epochs=3, shuffle=False, verbose=0)
        results.append([np.array(history.history["loss"]), *(w.numpy() for w in model.weights)])
    assert any((a != b).any() for a, b in zip(start, results[0][1:])), "nothing was trained"
    for eager, replayed in zip(*results, strict=True):
        np.testing.assert_array_equal(eager, replayed)


def test_fixtures_hold_no_cases_that_are_gone():
    for family in FAMILIES:
        assert set(fixture(family)[0]) == {case.name for case in cases(family)}, f"record {family} again"
