"""What a layer gives for symbolic tensors: its ``call`` run on shapes, or what its ``compute_output_shape`` tells."""

from __future__ import annotations

from typing import Any

from pykeras import _core, tree
from pykeras.keras_tensor import KerasTensor, UnknownSize, no_history, refusing_unknown_sizes
from pykeras.layers.construction import is_ours

# Two sizes stand for unknown ones, one after the other. Large ones first, which can be halved, split into heads and cut
# into windows; then small ones, for layers that know an upper bound.
_STAND_INS = ((240, 360), (4, 6))


def describe(layer: Any, args: tuple, kwargs: dict) -> Any:
    """The symbolic outputs of ``layer.call(*args, **kwargs)``. For a ``call`` that cannot be run on symbolic inputs, they
    have the shapes that a caller's own ``compute_output_shape`` tells."""
    try:
        return _run_on_shapes(layer, args, kwargs)
    except (ValueError, IndexError):  # about the inputs
        raise
    except Exception:
        if not args or is_ours(next(base for base in type(layer).__mro__ if "compute_output_shape" in base.__dict__)):
            raise
        shapes = layer.compute_output_shape(*(tree.map_structure(lambda leaf: leaf.shape, arg) for arg in args))
        return tree.map_shape_structure(lambda shape: KerasTensor(shape, layer.compute_dtype), shapes)


def _run_on_shapes(layer: Any, args: tuple, kwargs: dict) -> Any:
    """A ``call`` of users that computes with sizes (``ops.shape(x)[0] * heads``) cannot do so with unknown ones. It is run
    with two stand-ins in their place, and sizes of outputs that differ between them are unknown."""
    call = layer.call
    if type(layer).call.__module__.startswith("pykeras.") and not layer.runs_foreign_code:
        with no_history():
            return call(*args, **kwargs)
    try:
        with no_history(), refusing_unknown_sizes():
            return call(*args, **kwargs)
    except (TypeError, ValueError, IndexError) as error:
        if not any(isinstance(leaf, KerasTensor) and None in leaf.shape for leaf in tree.flatten((args, kwargs))):
            raise
        failure: Exception = error
        for sizes in _STAND_INS:
            try:
                with no_history():
                    one, other = (call(*_sized(args, size), **_sized(kwargs, size)) for size in sizes)
                return tree.map_structure(_merged, one, other)
            except (TypeError, ValueError, IndexError) as another:
                failure = another if isinstance(failure, UnknownSize) else failure
        raise failure from None


def _sized(structure: Any, size: int) -> Any:
    def sized(leaf: Any) -> Any:
        if not isinstance(leaf, KerasTensor) or None not in leaf.shape:
            return leaf
        copy = KerasTensor(tuple(size if s is None else s for s in leaf.shape), leaf.dtype, name=leaf.name)
        if getattr(leaf, "_keras_mask", None) is not None:
            copy._keras_mask = sized(leaf._keras_mask)  # type: ignore[attr-defined]
        return copy

    return tree.map_structure(sized, structure)


def _merged(one: Any, other: Any) -> Any:
    if not isinstance(one, (KerasTensor, _core.Tensor)):
        return one
    if len(one.shape) != len(other.shape):
        raise ValueError(f"the rank of an output depends on unknown sizes: {one.shape} and {other.shape}")
    return KerasTensor(tuple(a if a == b else None for a, b in zip(one.shape, other.shape)), one.dtype)
