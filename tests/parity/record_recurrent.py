"""Record what real Keras 3 says of recurrent layers and masks.

usage: KERAS_BACKEND=jax python tests/parity/record_recurrent.py            (with keras 3 and jax installed)
       KERAS_BACKEND=tensorflow python tests/parity/record_recurrent.py     (then, with keras 3 and tensorflow)

Histories come from TensorFlow: with jax, metrics do not see masks while fitting. Writes
fixtures/recurrent.npz: per case outputs, gradients of inputs and weights, weight paths, configuration keys,
output shape; and histories of models whose losses and metrics see masks.
"""

import json
import pathlib

import keras
import numpy as np
from recurrent_cases import CASES
from recurrent_models import MODELS, labels_of

FIXTURE = pathlib.Path(__file__).parent / "fixtures" / "recurrent.npz"


def flat(structure):
    return [np.asarray(leaf) for leaf in keras.tree.flatten(structure)]


def record(case):
    import jax

    keras.utils.clear_session()
    layer = case.make(keras.layers)
    call = {}
    if case.mask is not None:
        call["mask"] = jax.numpy.asarray(case.mask)
    if case.states:
        call["initial_state"] = [jax.numpy.asarray(s) for s in case.states]
    layer(case.inputs[0], **call)
    layer.set_weights(case.weights([w.shape for w in layer.weights]))
    if hasattr(layer, "reset_state") and getattr(layer, "stateful", False):
        layer.reset_state()
    found = {}
    for number, inputs in enumerate(case.inputs):
        for i, output in enumerate(flat(layer(inputs, **call))):
            found[f"output{number}.{i}"] = output
    about = {
        "paths": [w.path for w in layer.weights],
        "config": sorted(layer.get_config()),
        "name": layer.name,
        "mask": [getattr(o, "_keras_mask", None) is not None for o in keras.tree.flatten(layer(inputs, **call))],
    }
    try:
        about["shape"] = layer.compute_output_shape((None, *case.shape[1:]))
    except Exception:
        about["shape"] = None
    if case.gradient:
        variables = [v.value for v in layer.trainable_variables]
        rest = [v.value for v in layer.non_trainable_variables]

        def total(variables, inputs):
            outputs, _ = layer.stateless_call(variables, rest, inputs, **call)
            return sum((o * case.weigh(o)).sum() for o in keras.tree.flatten(outputs))

        for i, gradient in enumerate(flat(jax.grad(total, (0, 1))(variables, jax.numpy.asarray(case.inputs[0])))):
            found[f"gradient{i}"] = gradient
    return found, about


def history(name, make):
    keras.utils.clear_session()
    x, y, weights = labels_of(name)
    model = make(keras)
    rng = np.random.default_rng(2)
    model.set_weights([(rng.normal(size=w.shape) * 0.4).astype("float32") for w in model.weights])
    fitted = model.fit(x, y, sample_weight=weights, epochs=3, batch_size=4, shuffle=False, verbose=0)
    evaluation = model.evaluate(x, y, sample_weight=weights, batch_size=4, verbose=0, return_dict=True)
    plain = {key: [float(v) for v in values] for key, values in fitted.history.items()}
    return {"fit": plain, "evaluate": {key: float(value) for key, value in evaluation.items()}}


def main():
    if keras.backend.backend() == "tensorflow":
        texts = dict(np.load(FIXTURE))
        histories = {name: history(name, make) for name, make in MODELS.items()}
        np.savez_compressed(FIXTURE, **{**texts, "histories": np.array(json.dumps(histories))})
        return
    arrays, about = {}, {}
    for case in CASES:
        found, about[case.name] = record(case)
        arrays.update({f"{case.name}/{key}": np.float32(np.round(value, 5)) for key, value in found.items()})
    write(arrays, about)
    print(len(CASES), "cases,", FIXTURE.stat().st_size, "bytes")


def write(arrays, about):
    """All values in one vector: thousands of small members would be larger than what they hold."""
    shapes = {name: value.shape for name, value in arrays.items()}
    values = np.concatenate([value.ravel() for value in arrays.values()])
    texts = {"shapes": shapes, "about": about}
    np.savez_compressed(FIXTURE, values=values, **{k: np.array(json.dumps(v, default=str)) for k, v in texts.items()})


if __name__ == "__main__":
    main()
