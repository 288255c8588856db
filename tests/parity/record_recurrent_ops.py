"""Record what real Keras's recurrent layers give, for the sequence ops: outputs, states, all gradients.

usage: KERAS_BACKEND=jax python tests/parity/record_recurrent_ops.py     (with keras 3 and jax installed)

Writes fixtures/recurrent_ops.npz next to this file, names ``<case>/<part>``; the cases below are read by the test too.
"""

import pathlib

import numpy as np

FIXTURE = pathlib.Path(__file__).parent / "fixtures" / "recurrent_ops.npz"
BATCH, STEPS, FEATURES, UNITS = 3, 5, 4, 6

# layer of Keras and op, arguments of the layer, whether there is a mask
LAYERS = {
    "lstm": ("LSTM", {}),
    "gru": ("GRU", {"reset_after": True}),
    "gru_reset_before": ("GRU", {"reset_after": False}),
    "simple_rnn": ("SimpleRNN", {}),
    "simple_rnn_relu": ("SimpleRNN", {"activation": "relu"}),
}
CASES = {
    f"{name}{'_mask' * masked}{'_zero' * zero}{'_back' * back}": (layer, {**given, "go_backwards": back}, masked, zero)
    for name, (layer, given) in LAYERS.items()
    for masked, zero, back in [(0, 0, False), (0, 0, True), (1, 0, False), (1, 1, True)]
}
GATES = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}


def inputs_of(case):
    """x, states, weights, mask and the seeds of the gradient, from the case's place."""
    layer, given, masked, _ = CASES[case]
    rng = np.random.default_rng(list(CASES).index(case))
    columns = GATES[layer] * UNITS

    def draw(*shape):
        return rng.normal(0, 0.7, shape).astype("float32")

    states = [draw(BATCH, UNITS) for _ in range(2 if layer == "LSTM" else 1)]
    bias = draw(2, columns) if given.get("reset_after") else draw(columns)
    mask = rng.random((BATCH, STEPS)) < 0.6 if masked else None
    return {
        "x": draw(BATCH, STEPS, FEATURES),
        "states": states,
        "weights": [draw(FEATURES, columns), draw(UNITS, columns), bias],
        "mask": mask,
        "seeds": [draw(BATCH, STEPS, UNITS)] + [draw(BATCH, UNITS) for _ in states],
    }


def record():
    import jax
    import keras

    fixture = {}
    for case, (name, given, _, zero) in CASES.items():
        drawn = inputs_of(case)
        layer = getattr(keras.layers, name)(UNITS, return_sequences=True, return_state=True, **given)
        layer.zero_output_for_mask = bool(zero)
        layer.build(drawn["x"].shape)

        def run(x, states, weights, layer=layer, mask=drawn["mask"]):
            rest = [v.value for v in layer.non_trainable_variables]
            results, _ = layer.stateless_call(weights, rest, x, initial_state=states, mask=mask)
            return results

        def loss(*arguments, run=run, seeds=drawn["seeds"]):
            return sum((result * seed).sum() for result, seed in zip(run(*arguments), seeds))

        arguments = (drawn["x"], drawn["states"], drawn["weights"])
        parts = {"result": run(*arguments)}
        dx, dstates, dweights = jax.grad(loss, argnums=(0, 1, 2))(*arguments)
        parts["gradient"] = [dx, *dstates, *dweights]
        for part, arrays in parts.items():
            for number, array in enumerate(arrays):
                fixture[f"{case}/{part}{number}"] = np.asarray(array, "float32")
    np.savez_compressed(FIXTURE, **fixture)
    print(f"{len(fixture)} arrays, {FIXTURE.stat().st_size} bytes")


if __name__ == "__main__":
    record()
