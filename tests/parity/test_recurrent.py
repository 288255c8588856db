"""Recurrent layers and masks against numbers of real Keras 3; see record_recurrent.py."""

import json
import pathlib
import sys

import numpy as np
import pytest

import pykeras
from pykeras import ops, tree
from pykeras.differentiation import GradientTape

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from recurrent_cases import CASES  # noqa: E402
from recurrent_models import MODELS, labels_of  # noqa: E402

_FILE = np.load(pathlib.Path(__file__).parent / "fixtures" / "recurrent.npz")
SHAPES, ABOUT, HISTORIES = (json.loads(str(_FILE[name])) for name in ("shapes", "about", "histories"))
_CUTS = np.cumsum([int(np.prod(shape)) for shape in SHAPES.values()])[:-1]
FIXTURE = {name: part.reshape(shape) for (name, shape), part in zip(SHAPES.items(), np.split(_FILE["values"], _CUTS))}
ids = [case.name for case in CASES]


@pytest.fixture(autouse=True)
def fresh_names():
    pykeras.utils.clear_session()


def made(case):
    layer = case.make(pykeras.layers)
    call = {} if case.mask is None else {"mask": ops.convert_to_tensor(case.mask)}
    if case.states:
        call["initial_state"] = [ops.convert_to_tensor(s) for s in case.states]
    layer(case.inputs[0], **call)
    layer.set_weights(case.weights([w.shape for w in layer.weights]))
    if getattr(layer, "stateful", False):
        layer.reset_state()
    return layer, call


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_outputs(case):
    layer, call = made(case)
    for number, inputs in enumerate(case.inputs):
        outputs = tree.flatten(layer(inputs, **call))
        wanted = sorted(k for k in FIXTURE if k.startswith(f"{case.name}/output{number}."))
        assert len(outputs) == len(wanted)
        for output, key in zip(outputs, wanted):
            np.testing.assert_allclose(output, FIXTURE[key], rtol=2e-4, atol=2e-5, err_msg=key)


@pytest.mark.parametrize("case", [c for c in CASES if c.gradient], ids=[c.name for c in CASES if c.gradient])
def test_gradients(case):
    layer, call = made(case)
    inputs = ops.convert_to_tensor(case.inputs[0])
    with GradientTape() as tape:
        tape.watch(inputs)
        outputs = tree.flatten(layer(inputs, **call))
        total = sum(ops.sum(output * case.weigh(output)) for output in outputs)
    gradients = tape.gradient(total, [*layer.trainable_variables, inputs])
    for i, gradient in enumerate(gradients):
        np.testing.assert_allclose(gradient, FIXTURE[f"{case.name}/gradient{i}"], rtol=1e-3, atol=5e-5)


def unbuilt(config):
    """A configuration without the shapes that the layers inside were built for."""
    if isinstance(config, dict):
        return {key: unbuilt(value) for key, value in config.items() if key != "build_config"}
    return [unbuilt(value) for value in config] if isinstance(config, (list, tuple)) else config


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_description(case):
    layer, call = made(case)
    about = ABOUT[case.name]
    assert layer.name == about["name"]
    assert [w.path for w in layer.weights] == about["paths"]
    config = layer.get_config()
    assert sorted(set(config) - {"implementation"}) == sorted({*about["config"], "seed"} & {*config, *about["config"]})
    assert unbuilt(type(layer).from_config(config).get_config()) == unbuilt(config)
    through_json = json.loads(json.dumps(config))
    assert unbuilt(type(layer).from_config(through_json).get_config()) == unbuilt(config)
    outputs = tree.flatten(layer(case.inputs[0], **call))
    assert [getattr(o, "_keras_mask", None) is not None for o in outputs] == about["mask"]
    # Keras doubles the forward layer's units even when the backward layer has others.
    if about["shape"] is not None and not getattr(layer, "stateful", False) and "other" not in case.name:
        shape = layer.compute_output_shape((None, *case.shape[1:]))
        assert tree.flatten(shape) == tree.flatten(about["shape"])


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_functional_with_any_batch_and_time(case):
    """The layer in a functional model with unknown batch and time gives what it gives eagerly."""
    layer, call = made(case)
    if getattr(layer, "stateful", False) or getattr(layer, "unroll", False):
        pytest.skip("needs sizes")
    sizes = (None, *case.shape[2:])
    inputs = pykeras.Input(sizes)
    named, given = {}, [inputs]
    if case.mask is not None:
        named["mask"] = pykeras.Input((*[None] * (case.mask.ndim - 1),), dtype="bool")
        given.append(named["mask"])
    if case.states:
        named["initial_state"] = [pykeras.Input(s.shape[1:]) for s in case.states]
        given += named["initial_state"]
    model = pykeras.Model(given, layer(inputs, **named))
    data = [case.inputs[0], *([case.mask] if case.mask is not None else []), *case.states]
    eager = tree.flatten(layer(case.inputs[0], **call))
    for _ in range(2):  # recorded, then replayed
        outputs = tree.flatten(model.predict(data, verbose=0))
        for mine, other, symbolic in zip(outputs, eager, tree.flatten(model.outputs)):
            np.testing.assert_allclose(mine, other, rtol=1e-5, atol=1e-6)
            assert all(a is None or a == b for a, b in zip(symbolic.shape, mine.shape))


@pytest.mark.parametrize("name", MODELS)
def test_masks_reach_losses_and_metrics(name):
    x, y, weights = labels_of(name)
    model = MODELS[name](pykeras)
    rng = np.random.default_rng(2)
    model.set_weights([(rng.normal(size=w.shape) * 0.4).astype("float32") for w in model.weights])
    history = model.fit(x, y, sample_weight=weights, epochs=3, batch_size=4, shuffle=False, verbose=0)
    wanted = HISTORIES[name]
    assert set(history.history) == set(wanted["fit"])
    for key, values in wanted["fit"].items():
        np.testing.assert_allclose(history.history[key], values, rtol=3e-4, err_msg=key)
    evaluation = model.evaluate(x, y, sample_weight=weights, batch_size=4, verbose=0, return_dict=True)
    for key, value in wanted["evaluate"].items():
        np.testing.assert_allclose(evaluation[key], value, rtol=3e-4, err_msg=key)
