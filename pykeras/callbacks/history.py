"""History: the logs of every epoch."""

from pykeras.callbacks.callback import Callback


class History(Callback):
    """What ``fit`` returns: ``history`` (name to list of values, one an epoch), ``epoch``, ``params`` and ``model``.

    Example:
        >>> import pykeras
        >>> history = pykeras.callbacks.History()
        >>> history.on_train_begin()
        >>> history.on_epoch_end(0, {"loss": 0.5})
        >>> history.history, history.epoch
        ({'loss': [0.5]}, [0])
    """

    def __init__(self):
        super().__init__()
        self.history = {}
        self.epoch = []

    def on_train_begin(self, logs=None):
        self.epoch = []

    def on_epoch_end(self, epoch, logs=None):
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
        if self.model is not None:
            self.model.history = self
