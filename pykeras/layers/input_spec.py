"""What a layer expects of its inputs, and the errors when it gets something else."""

from __future__ import annotations

from typing import Any

from pykeras import tree


class InputSpec:
    """Rank, shape and dtype that an input must have.

    Arguments:
        dtype: expected dtype name.
        shape: expected shape, ``None`` for any size.
        ndim, max_ndim, min_ndim: expected number of axes.
        axes: dictionary from axis number to expected size.
        allow_last_axis_squeeze: a last axis of size 1 may be missing or extra.
        name: expected key when inputs come as a dictionary.
        optional: the input may be ``None``.
    """

    def __init__(self, dtype=None, shape=None, ndim=None, max_ndim=None, min_ndim=None, axes=None,
                 allow_last_axis_squeeze=False, name=None, optional=False):  # fmt: skip
        self.dtype = dtype
        self.shape = None if shape is None else tuple(shape)
        self.ndim = len(self.shape) if self.shape is not None else ndim
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        self.axes = {int(axis): size for axis, size in (axes or {}).items()}
        self.allow_last_axis_squeeze = allow_last_axis_squeeze
        self.name = name
        self.optional = optional

    def __repr__(self) -> str:
        shown = {k: v for k, v in self.get_config().items() if v is not None}
        return f"InputSpec({', '.join(f'{k}={v!r}' for k, v in shown.items())})"

    def get_config(self) -> dict:
        keys = ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes", "optional")
        return {key: getattr(self, key) for key in keys}

    @classmethod
    def from_config(cls, config: dict) -> InputSpec:
        return cls(**config)


def check_inputs(layer: str, spec: Any, inputs: Any) -> None:
    """Raises ``ValueError`` naming ``layer`` unless ``inputs`` fit ``spec`` (an ``InputSpec`` or a structure of
    them)."""
    specs = tree.flatten(spec)
    if isinstance(inputs, dict) and all(s.name for s in specs):
        missing = [s.name for s in specs if s.name not in inputs]
        if missing:
            raise ValueError(f"{layer}: missing inputs {missing}, got {sorted(inputs)}")
        values = [inputs[s.name] for s in specs]
    else:
        values = tree.flatten(inputs)
    if len(values) != len(specs):
        raise ValueError(f"{layer}: expected {len(specs)} input(s), got {len(values)}")
    for number, (value, expected) in enumerate(zip(values, specs)):
        where = f"input {number}: " if len(specs) > 1 else ""
        if value is None and expected.optional:
            continue
        problem = _problem(expected, getattr(value, "shape", None), getattr(value, "dtype", None))
        if problem:
            raise ValueError(f"{layer}: {where}{problem} (inputs {getattr(value, 'shape', type(value).__name__)})")


def _problem(spec: InputSpec, shape: tuple | None, dtype: str | None) -> str | None:
    if shape is None:
        return "expected a tensor"
    rank = len(shape)
    if spec.ndim is not None and rank != spec.ndim and not spec.allow_last_axis_squeeze:
        return f"expected {spec.ndim} axes, got {rank}"
    if spec.max_ndim is not None and rank > spec.max_ndim:
        return f"expected at most {spec.max_ndim} axes, got {rank}"
    if spec.min_ndim is not None and rank < spec.min_ndim:
        return f"expected at least {spec.min_ndim} axes, got {rank}"
    if spec.dtype is not None and dtype != spec.dtype:
        return f"expected dtype {spec.dtype}, got {dtype}"
    for axis, size in spec.axes.items():
        if size is not None and -rank <= axis < rank and shape[axis] not in (size, None):
            return f"expected axis {axis} of size {size}, got {shape[axis]}"
    if spec.shape is not None:
        expected = spec.shape
        if spec.allow_last_axis_squeeze:
            expected = expected[:-1] if expected and expected[-1] == 1 and len(expected) > rank else expected
            shape = shape[:-1] if shape and shape[-1] == 1 and rank > len(expected) else shape
        if len(expected) != len(shape) or any(
            e is not None and s is not None and e != s for e, s in zip(expected, shape)
        ):
            return f"expected shape {expected}, got {shape}"
    return None
