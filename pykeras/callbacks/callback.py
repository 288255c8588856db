"""Callback: what is called while a model trains, is tested or predicts."""


class Callback:
    """Base class of callbacks: override what you need, everything else does nothing.

    ``self.model`` is the model, ``self.params`` a dictionary with ``verbose``, ``epochs`` and ``steps``. ``logs`` is a
    dictionary of names to numbers; what a callback adds to the logs of an epoch is seen by those after it and by
    History.

    Hooks: ``on_train_begin(logs)``, ``on_train_end(logs)``, ``on_epoch_begin(epoch, logs)``,
    ``on_epoch_end(epoch, logs)``, ``on_train_batch_begin(batch, logs)``, ``on_train_batch_end(batch, logs)``
    (Keras 2 calls them ``on_batch_begin`` and ``on_batch_end``), and the same for ``test`` and ``predict``. A callback
    with hooks for batches makes the loop over batches a Python loop.

    Example:
        >>> import pykeras
        >>> class Say(pykeras.callbacks.Callback):
        ...     def on_epoch_end(self, epoch, logs=None):
        ...         print("epoch", epoch, sorted(logs))
        >>> Say().on_epoch_end(0, {"loss": 1.0})
        epoch 0 ['loss']
    """

    def __init__(self):
        self.params = None
        self._model = None
        self.validation_data = None

    @property
    def model(self):
        return getattr(self, "_model", None)

    @model.setter
    def model(self, model):
        self._model = model

    def set_params(self, params):
        self.params = params

    def set_model(self, model):
        self._model = model

    def on_batch_begin(self, batch, logs=None):
        """Keras 2's name of ``on_train_batch_begin``."""

    def on_batch_end(self, batch, logs=None):
        """Keras 2's name of ``on_train_batch_end``."""

    def on_train_batch_begin(self, batch, logs=None):
        """Before a batch of training."""
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch, logs=None):
        """After a batch of training; ``logs`` holds loss and metrics so far in the epoch."""
        self.on_batch_end(batch, logs=logs)

    def on_epoch_begin(self, epoch, logs=None):
        """Before an epoch."""

    def on_epoch_end(self, epoch, logs=None):
        """After an epoch; ``logs`` holds loss and metrics, those of the validation data with ``val_`` before them."""

    def on_train_begin(self, logs=None):
        """Before training."""

    def on_train_end(self, logs=None):
        """After training; ``logs`` are those of the last epoch."""

    def on_test_batch_begin(self, batch, logs=None):
        """Before a batch of evaluation or validation."""

    def on_test_batch_end(self, batch, logs=None):
        """After a batch of evaluation or validation."""

    def on_test_begin(self, logs=None):
        """Before evaluation or validation."""

    def on_test_end(self, logs=None):
        """After evaluation or validation."""

    def on_predict_batch_begin(self, batch, logs=None):
        """Before a batch of prediction."""

    def on_predict_batch_end(self, batch, logs=None):
        """After a batch of prediction; ``logs["outputs"]`` holds its outputs."""

    def on_predict_begin(self, logs=None):
        """Before prediction."""

    def on_predict_end(self, logs=None):
        """After prediction."""


BATCH_HOOKS = {
    "train": ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end"),
    "test": ("on_test_batch_begin", "on_test_batch_end"),
    "predict": ("on_predict_batch_begin", "on_predict_batch_end"),
}


def has_batch_hooks(callback, mode):
    """Whether a callback does something at each batch of ``"train"``, ``"test"`` or ``"predict"``."""
    for hook in BATCH_HOOKS[mode]:
        if hook in vars(callback):
            return True
        method = getattr(type(callback), hook, None)
        if method is not None and method is not getattr(Callback, hook):
            return True
    return False
