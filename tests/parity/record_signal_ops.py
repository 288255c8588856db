"""Records what Keras 3 makes of ops that NumPy does not have: run with a Keras 3.15 on JAX, `KERAS_BACKEND=jax python
record_signal_ops.py`."""

import pathlib

import jax
import numpy as np
from keras import ops
from signal_cases import CASES, smooth_sum


def main():
    arrays = {}
    for name, (op, inputs, kwargs, slopes) in CASES.items():

        def outputs(*given, op=op, kwargs=kwargs):
            return getattr(ops, op)(*given, **kwargs)

        for i, value in enumerate(jax.tree_util.tree_leaves(outputs(*inputs))):
            arrays[f"{name}/out{i}"] = np.asarray(value)
        for i in slopes:
            found = jax.grad(lambda x, i=i, inputs=inputs: smooth_sum(
                jax.tree_util.tree_leaves(outputs(*[x if k == i else a for k, a in enumerate(inputs)])), ops
            ))(inputs[i])  # fmt: skip
            arrays[f"{name}/slope{i}"] = np.asarray(found)
    np.savez_compressed(pathlib.Path(__file__).parent / "fixtures" / "signal_ops.npz", **arrays)


main()
