"""TerminateOnNaN: stop when the loss is no number any more, and say where that began."""

import functools
import math

import numpy as np

from pykeras import _core, tree
from pykeras.callbacks.callback import Callback
from pykeras.utils.progbar import say


class TerminateOnNaN(Callback):
    """Stops training when the loss becomes NaN or infinite, and names the first layer whose output did.

    The layer is found by a second run of the batch with the weights from before it, which it then leaves as they were.

    Args:
        raise_error: raise RuntimeError instead of stopping.

    Raises:
        RuntimeError: with ``raise_error``, naming batch and layer.
    """

    def __init__(self, raise_error=False):
        super().__init__()
        self.raise_error = raise_error
        self._run = None
        self._before = []

    def set_run(self, run, callbacks):
        self._run = run

    def on_train_batch_begin(self, batch, logs=None):
        # no copies: a step that writes a variable whose value somebody holds gives the variable memory of its own
        self._before = [(variable, variable.read()) for variable in self.model.variables]

    def on_train_batch_end(self, batch, logs=None):
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss):
            self._before = []
            return
        reason = self._reason()
        self._before = []
        if self.raise_error:
            raise RuntimeError(f"NaN or Inf loss encountered at batch {batch}: {reason}")
        say(f"Batch {batch}: Invalid loss, terminating training: {reason}")
        self.model.stop_training = True

    def _reason(self):
        """What went non-finite first: the data, weights, a layer's output, or the loss alone."""
        batch = self._run.batch if self._run is not None else None
        if batch is None or not self._before:
            return "the batch is not known"
        x = batch[0] if isinstance(batch, (tuple, list)) else batch
        if not finite(batch):
            return "the batch itself holds NaN or infinity"
        after = [(variable, variable.read()) for variable, _ in self._before]
        try:
            for variable, value in self._before:
                if not finite(value):
                    return f"the weight {variable.path!r} is not finite"
                variable.assign(value)
            layer = first_non_finite(self.model, x)
        finally:
            for variable, value in after:
                variable.assign(value)
        if layer is None:
            return "the outputs of all layers are finite, the loss is not"
        return f"the first output that is not finite is that of {type(layer).__name__} {layer.name!r}"


def finite(structure):
    """Whether no array holds NaN or infinity."""
    arrays = [np.asarray(leaf) for leaf in tree.flatten(structure) if leaf is not None]
    return all(np.isfinite(array).all() for array in arrays if array.dtype.kind == "f")


def first_non_finite(model, x):
    """The innermost layer that first gave NaN or infinity for ``x`` in training, None when all outputs are finite."""
    found = []
    layers = [layer for layer in model._flatten_layers() if layer is not model]

    def watched(layer):
        call = layer.call

        @functools.wraps(call)
        def watching(*args, **kwargs):
            outputs = call(*args, **kwargs)
            if not found and not finite(outputs):
                found.append(layer)
            return outputs

        return watching

    try:
        for layer in layers:
            object.__setattr__(layer, "call", watched(layer))
        with _core.Unrecorded():
            outputs = model._forward(x, training=True)
    finally:
        for layer in layers:
            layer.__dict__.pop("call", None)
    return found[0] if found else (None if finite(outputs) else model)
