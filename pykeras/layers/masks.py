"""How masks come with the inputs of a layer and go on with its outputs."""

from __future__ import annotations

import warnings
from typing import Any

from pykeras import _core, tree
from pykeras.keras_tensor import KerasTensor, Operation
from pykeras.layers.shapes import Arguments


class Masks(Operation):
    """The part of Layer that has to do with masks."""

    supports_masking: bool

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """The mask of the outputs, asked of layers that support masking: that of the inputs."""
        return previous_mask

    def _pass_masks(self, arguments: Arguments) -> tuple[Any, dict]:
        """The mask of the first argument (as given, else as the tensors carry it), and the arguments ``mask`` and
        ``<argument>_mask`` that ``call`` takes and that were not given."""
        named = {**arguments.takes.bound(arguments.args), **arguments.kwargs}
        wanted = {}
        carried = _carried_masks(arguments.first)
        if arguments.takes.mask and named.get("mask") is None and _any_mask(carried):
            wanted["mask"] = carried
        for name, its_mask in arguments.takes.masks_of.items():
            if named.get(its_mask) is None:
                masks = _carried_masks(named.get(name))
                if _any_mask(masks):
                    wanted[its_mask] = masks
        given = named.get("mask")
        return (given if given is not None else carried), wanted

    def _set_output_masks(self, arguments: Arguments, masks: Any, outputs: Any) -> None:
        if not self.supports_masking:
            if _any_mask(_carried_masks(arguments.first)):
                warnings.warn(
                    f"{self._label}: its inputs carry a mask, but the layer does not support masking: the layers after "
                    "it will not see the mask",
                    stacklevel=3,
                )
            return
        if type(self).compute_mask is Masks.compute_mask and not _any_mask(masks):
            return
        flat = [leaf for leaf in tree.flatten(outputs) if isinstance(leaf, (_core.Tensor, KerasTensor))]
        if all(getattr(leaf, "_keras_mask", None) is not None for leaf in flat):
            return
        for output, mask in zip(flat, tree.flatten(self.compute_mask(arguments.first, masks))):
            if mask is not None and getattr(output, "_keras_mask", None) is None:
                output._keras_mask = mask  # type: ignore[union-attr]


def _carried_masks(value: Any) -> Any:
    if not tree.is_nested(value):
        return getattr(value, "_keras_mask", None)
    return tree.map_structure(lambda leaf: getattr(leaf, "_keras_mask", None), value)


def _any_mask(masks: Any) -> bool:
    if not tree.is_nested(masks):
        return masks is not None
    return any(mask is not None for mask in tree.flatten(masks))
