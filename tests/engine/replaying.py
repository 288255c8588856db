"""What the tests of steps share: some batches, and the check that a replayed step is the eager one bit for bit."""

import numpy as np

import pykeras
from pykeras import ops
from pykeras.training.step import Step


def batches(count=4, rows=5, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(rows, 3)).astype("float32") for _ in range(count)]


def same_as_eager(make, inputs):
    """``make()`` gives (function, variables). Returns the step; its results and variables equal the eager ones bit for
    bit."""
    function, variables = make()
    eager = [[np.array(leaf) for leaf in pykeras.tree.flatten(function(ops.convert_to_tensor(x)))] for x in inputs]
    values = [v.numpy() for v in variables]
    function, variables = make()
    step = Step(function)
    replayed = [step(x) for x in inputs]  # results are looked at when all steps have run
    for wanted, got in zip(eager, replayed):
        for w, g in zip(wanted, pykeras.tree.flatten(got)):
            assert w.tobytes() == np.array(g).tobytes()
    for wanted, variable in zip(values, variables):
        assert wanted.tobytes() == variable.numpy().tobytes()
    assert len(inputs) < 2 or step.programs()
    return step
