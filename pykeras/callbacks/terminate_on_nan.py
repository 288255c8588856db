"""TerminateOnNaN: stop when the loss is no number any more."""

import math

from pykeras.callbacks.callback import Callback


class TerminateOnNaN(Callback):
    """Stops training when the loss becomes NaN or infinite.

    Args:
        raise_error: raise RuntimeError instead of stopping.
    """

    def __init__(self, raise_error=False):
        super().__init__()
        self.raise_error = raise_error

    def on_train_batch_end(self, batch, logs=None):
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss):
            return
        message = f"Batch {batch}: Invalid loss, terminating training"
        if self.raise_error:
            raise RuntimeError(f"NaN or Inf loss at batch {batch}")
        print(message)
        self.model.stop_training = True
