"""SwapEMAWeights: evaluate, and save, with the moving averages of the weights."""

from pykeras.callbacks.callback import Callback
from pykeras.callbacks.rates import rated


class SwapEMAWeights(Callback):
    """Puts the averages that an optimizer with ``use_ema=True`` keeps into the model while it is tested or predicts.

    Args:
        swap_on_epoch: leave them there from the end of an epoch to the begin of the next as well, so that callbacks
            after this one, such as ModelCheckpoint, save them.

    Raises:
        ValueError: when no optimizer of the model has ``use_ema=True``.

    Example:
        >>> import pykeras
        >>> model = pykeras.Sequential([pykeras.layers.Dense(1, input_dim=1)])
        >>> model.compile(pykeras.optimizers.SGD(0.1, use_ema=True), "mse")
        >>> history = model.fit([1, 2], [1, 2], verbose=0, callbacks=[pykeras.callbacks.SwapEMAWeights()])
    """

    def __init__(self, swap_on_epoch=False):
        super().__init__()
        self.swap_on_epoch = swap_on_epoch
        self._swapped = False

    def _averaged(self):
        found = [each for each in rated(self.model.optimizer) if getattr(each, "use_ema", False)]
        if not found:
            raise ValueError("SwapEMAWeights needs an optimizer with use_ema=True; the model's has use_ema=False")
        for optimizer in found:
            if optimizer.built:
                yield from zip(optimizer._trainable_variables, optimizer._model_variables_moving_average, strict=True)

    def _swap(self, into_model):
        if self._swapped is not into_model:
            for variable, average in self._averaged():
                kept = variable.numpy()
                variable.assign(average.numpy())
                average.assign(kept)
            self._swapped = into_model

    def on_train_begin(self, logs=None):
        list(self._averaged())

    def on_epoch_begin(self, epoch, logs=None):
        if self.swap_on_epoch:
            self._swap(False)

    def on_epoch_end(self, epoch, logs=None):
        if not self.swap_on_epoch:
            return
        self._swap(True)
        last = epoch == (self.params or {}).get("epochs", 0) - 1 or self.model.stop_training
        if last:
            # when training ends the averages become the weights: they must still be averages then
            for variable, average in self._averaged():
                average.assign(variable.numpy())

    def on_test_begin(self, logs=None):
        self._swap(True)

    def on_test_end(self, logs=None):
        self._swap(False)

    def on_predict_begin(self, logs=None):
        self._swap(True)

    def on_predict_end(self, logs=None):
        self._swap(False)
