"""EarlyStopping: stop when a value no longer gets better."""

from pykeras.callbacks.callback import Callback
from pykeras.callbacks.monitor import Monitor, Monitoring
from pykeras.utils.progbar import say


class EarlyStopping(Monitoring, Callback):
    """Stops training after ``patience`` epochs in which ``monitor`` did not get better.

    Args:
        monitor: name in the logs.
        min_delta: least change that counts as better.
        patience: epochs to wait.
        verbose: 1 says when it stops.
        mode: ``"min"``, ``"max"`` or ``"auto"`` (from the name).
        baseline: value that must be bettered.
        restore_best_weights: end with the weights of the best epoch.
        start_from_epoch: epochs before it do not count.

    Example:
        >>> import pykeras
        >>> pykeras.callbacks.EarlyStopping(monitor="val_acc", patience=3).monitor
        'val_acc'
    """

    #: What a run that is taken up again must know.
    kept = ("wait", "stopped_epoch", "best_epoch", "best", "best_weights")

    def __init__(
        self,
        monitor="val_loss",
        min_delta=0,
        patience=0,
        verbose=0,
        mode="auto",
        baseline=None,
        restore_best_weights=False,
        start_from_epoch=0,
    ):
        super().__init__()
        self.monitor, self.patience, self.verbose, self.baseline = monitor, patience, verbose, baseline
        self.min_delta, self.restore_best_weights, self.start_from_epoch = (
            min_delta,
            restore_best_weights,
            start_from_epoch,
        )
        self._monitor = Monitor("EarlyStopping", monitor, mode, min_delta)
        self.on_train_begin()

    def on_train_begin(self, logs=None):
        self.wait = self.stopped_epoch = self.best_epoch = 0
        self.best = None
        self.best_weights = None

    def get_monitor_value(self, logs):
        """The watched value, or None."""
        return self._monitor.value(logs)

    def on_epoch_end(self, epoch, logs=None):
        value = self.get_monitor_value(logs)
        if value is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self._keep(epoch)
        self.wait += 1
        if self._monitor.better(value, self.best):
            self.best = value
            self._keep(epoch)
            if self.baseline is None or self._monitor.better(value, self.baseline):
                self.wait = 0
            return
        if self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def _keep(self, epoch):
        self.best_epoch = epoch
        if self.restore_best_weights:
            self.best_weights = self.model.get_weights()

    def on_train_end(self, logs=None):
        if self.stopped_epoch and self.verbose:
            say(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.best_weights is not None:
            if self.verbose:
                say(f"Restoring model weights from the end of the best epoch: {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)
