"""Fixtures: a JSON structure with NumPy arrays in it, as one small compressed file."""

import json
import math

import numpy as np


def save(path, content):
    """Writes dicts, lists, numbers, strings, None and arrays (floats as float32)."""
    pieces, total = {}, {}

    def without_arrays(value):
        if isinstance(value, dict):
            return {key: without_arrays(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [without_arrays(item) for item in value]
        if not isinstance(value, np.ndarray):
            return value
        value = value.astype("float32") if value.dtype.kind == "f" else value
        dtype = value.dtype.name
        start = total.get(dtype, 0)
        pieces.setdefault(dtype, []).append(value.ravel())
        total[dtype] = start + value.size
        return {"array": [dtype, start, list(value.shape)]}

    text = json.dumps(without_arrays(content), separators=(",", ":")).encode()
    arrays = {dtype: np.concatenate(parts) for dtype, parts in pieces.items()}
    np.savez_compressed(path, json=np.frombuffer(text, "uint8"), **{f"of_{dtype}": a for dtype, a in arrays.items()})
    print(path.name, path.stat().st_size)


def load(path):
    """Reads what ``save`` wrote."""
    with np.load(path) as archive:
        stored = {name.removeprefix("of_"): archive[name] for name in archive.files}

    def with_arrays(value):
        if isinstance(value, list):
            return [with_arrays(item) for item in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {"array"}:
            dtype, start, shape = value["array"]
            return stored[dtype][start : start + math.prod(shape)].reshape(shape)
        return {key: with_arrays(item) for key, item in value.items()}

    return with_arrays(json.loads(stored["json"].tobytes()))
