"""The sequence ops against real Keras: outputs, states, all gradients (recorded by record_recurrent_ops.py)."""

import pathlib
import runpy

import numpy as np
import pytest

import pykeras
from pykeras import ops

RECORDER = runpy.run_path(str(pathlib.Path(__file__).parent / "record_recurrent_ops.py"))
CASES, FIXTURE, inputs_of = RECORDER["CASES"], RECORDER["FIXTURE"], RECORDER["inputs_of"]

OP = {"LSTM": ops.lstm, "GRU": ops.gru, "SimpleRNN": ops.simple_rnn}


@pytest.mark.parametrize("case", CASES)
def test_results_and_gradients(case):
    layer, given, _, zero = CASES[case]
    drawn = inputs_of(case)
    arguments = [ops.convert_to_tensor(a) for a in [drawn["x"], *drawn["states"], *drawn["weights"]]]
    with pykeras.GradientTape() as tape:
        tape.watch(arguments)
        results = OP[layer](*arguments, mask=drawn["mask"], zero_output_for_mask=bool(zero), **given)
    gradients = tape.gradient(list(results), arguments, [ops.convert_to_tensor(s) for s in drawn["seeds"]])
    with np.load(FIXTURE) as recorded:
        for part, found in [("result", results), ("gradient", gradients)]:
            for number, value in enumerate(found):
                want = recorded[f"{case}/{part}{number}"]
                np.testing.assert_allclose(value.numpy(), want, rtol=2e-5, atol=2e-5, err_msg=f"{part} {number}")
