"""Records what Keras 3 makes of sequence_cases.py: run with a Keras 3.15 on JAX, `KERAS_BACKEND=jax python
record_sequence_layers.py`."""

import json
import pathlib

import jax
import keras
import numpy as np
from sequence_cases import CASES, call_of, inputs_of, weight_values

HERE = pathlib.Path(__file__).parent


def built(name):
    spec = CASES[name]
    config = dict(spec["config"])
    if isinstance(config.get("layer"), dict):
        inner = dict(config["layer"])
        config["layer"] = getattr(keras.layers, inner.pop("class_name"))(**inner, name="inner")
    layer = getattr(keras.layers, spec["layer"])(**config, name="tested")
    inputs = inputs_of(name)
    run(layer, name, inputs)
    for weight in layer.weights:
        weight.assign(weight_values(name, weight.path, weight.shape))
    return layer, inputs


def run(layer, name, inputs):
    given = call_of(name)
    if name.startswith("*"):
        return layer(*inputs, **given)
    return layer(inputs[0] if len(inputs) == 1 else list(inputs), **given)


def main():
    arrays, facts = {}, {}
    for name in CASES:
        layer, inputs = built(name)
        variables = [v.value for v in layer.trainable_variables]
        still = [v.value for v in layer.non_trainable_variables]

        def objective(variables, reals, layer=layer, name=name, inputs=inputs, still=still):
            reals = iter(reals)
            values = [next(reals) if x.dtype.kind == "f" else x for x in inputs]
            given = call_of(name)
            args = values if name.startswith("*") else [values[0] if len(values) == 1 else values]
            outputs, after = layer.stateless_call(variables, still, *args, **given)
            first = outputs[0] if isinstance(outputs, (tuple, list)) else outputs
            return (first * np.cos(np.arange(first.size)).reshape(first.shape)).sum(), (outputs, after)

        reals = [x for x in inputs if x.dtype.kind == "f"]
        (_, (outputs, after)), (slopes, input_slopes) = jax.value_and_grad(objective, (0, 1), has_aux=True)(
            variables, reals
        )
        mask = getattr(run(layer, name, inputs), "_keras_mask", None) if name != "spectral_normalization" else None
        for kind, values in (("out", jax.tree_util.tree_leaves(outputs)), ("after", after), ("dw", slopes),
                             ("dx", input_slopes)):  # fmt: skip
            for i, value in enumerate(values):
                arrays[f"{name}/{kind}{i}"] = np.asarray(value, "float32")
        facts[name] = {
            "weights": [[w.path, list(w.shape)] for w in layer.weights],
            "mask": None if mask is None else np.asarray(mask).tolist(),
            "config": sorted(layer.get_config()),
            "losses": [round(float(loss), 5) for loss in layer.losses],
        }
    np.savez_compressed(HERE / "fixtures" / "sequence_layers.npz", **arrays)
    (HERE / "fixtures" / "sequence_layers.json").write_text(json.dumps(facts) + "\n")


main()
