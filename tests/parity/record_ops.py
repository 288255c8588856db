"""Record dtypes and values of ops from real Keras 3.

usage: KERAS_BACKEND=tensorflow python tests/parity/record_ops.py; KERAS_BACKEND=jax python tests/parity/record_ops.py

Writes fixtures/ops.json next to this file. TensorFlow keeps 64-bit dtypes, which JAX does not by default; JAX adds the
dtypes of calls that TensorFlow refuses (functions of integers) and gives the values. Where they disagree JAX is right.
"""

import json
import pathlib
import sys

import keras
import numpy as np

try:
    import jax
except ImportError:
    jax = None

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import ops_calls

FIXTURE = pathlib.Path(__file__).parent / "fixtures" / "ops.json"
ON_JAX = keras.backend.backend() == "jax"
DTYPES = [d for d in ops_calls.DTYPES if not (ON_JAX and d.endswith("64"))]


def array(dtype):
    return np.array([1, 2], dtype)


def dtype_of(function, *arguments):
    arrays = [x for x in arguments if isinstance(x, np.ndarray)]
    names = {x.dtype.name for x in arrays}
    if ON_JAX and "uint32" in names and names & {"int8", "int16", "int32"}:
        return None  # they meet in int64

    def call(*arrays):
        given = iter(arrays)
        return function(*(next(given) if isinstance(x, np.ndarray) else x for x in arguments))

    try:
        result = jax.eval_shape(call, *arrays) if ON_JAX else call(*arrays)
        return keras.backend.standardize_dtype(result.dtype)
    except Exception:  # whatever a backend raises for a dtype that it has no kernel for
        return None


def operands_of(name):
    arrays = {d: array(d) for d in DTYPES}
    return {**arrays, **ops_calls.NUMBERS} if name in ops_calls.BINARY else arrays


def dtypes():
    """(name, operands, dtype) of every call."""
    for name, function in ops_calls.one_array(keras.ops).items():
        for dtype in DTYPES:
            yield name, dtype, dtype_of(function, array(dtype))
    for name, function in ops_calls.two_arrays(keras.ops).items():
        for left, x in operands_of(name).items():
            for right, y in operands_of(name).items():
                yield name, f"{left} {right}", dtype_of(function, x, y)


def main():
    fixture = json.loads(FIXTURE.read_text()) if ON_JAX else {"dtypes": {}, "values": {}}
    table = {name: ops_calls.unpacked(rows) for name, rows in fixture["dtypes"].items()}
    for name, operands, dtype in dtypes():
        if dtype is None:
            continue
        row = table.setdefault(name, {})
        if row.get(operands, dtype) != dtype:
            print("the backends disagree:", name, operands, row[operands], dtype)
            row.pop("int64", None)  # TensorFlow's alone, and of the same kind
        row[operands] = dtype
    fixture["dtypes"] = {name: ops_calls.packed(row) for name, row in table.items()}
    if ON_JAX:
        for name, value in ops_calls.values(keras.ops).items():
            value = np.asarray(value)
            numbers = value.ravel().tolist()
            if value.dtype.kind == "f":
                numbers = [float(f"{v:.7g}") for v in numbers]
            fixture["values"][name] = {"shape": value.shape, "dtype": value.dtype.name, "numbers": numbers}
    lines = (
        f"{json.dumps(part)}: {{\n"
        + ",\n".join(f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in fixture[part].items())
        + "\n}"
        for part in fixture
    )
    FIXTURE.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
