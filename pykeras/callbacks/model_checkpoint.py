"""ModelCheckpoint: save the model while it trains."""

import os

from pykeras.callbacks.callback import Callback
from pykeras.callbacks.monitor import Monitor, Monitoring
from pykeras.utils.progbar import say


class ModelCheckpoint(Monitoring, Callback):
    """Saves the model, or its weights, after epochs or batches.

    Args:
        filepath: where to; may hold ``{epoch:02d}``, ``{batch}`` and names of the logs, as in ``{val_loss:.2f}``.
        monitor: name in the logs, for ``save_best_only``.
        verbose: 1 says when it saves.
        save_best_only: save only when ``monitor`` is the best so far; without it in the logs each time, with a warning.
        save_weights_only: weights instead of the whole model.
        mode: ``"min"``, ``"max"`` or ``"auto"`` (from the name).
        save_freq: ``"epoch"``, or the number of batches between saves.
        initial_value_threshold: value that must be bettered by the first save.
        **kwargs: Keras 2's ``period``, the number of epochs between saves.

    Raises:
        TypeError: for an unknown keyword.
        ValueError: for a ``save_freq`` that is neither, or a log that ``filepath`` names and there is not.

    Example:
        >>> import pykeras
        >>> checkpoint = pykeras.callbacks.ModelCheckpoint("at-{epoch:02d}-{val_loss:.2f}.h5", save_best_only=True)
        >>> checkpoint.path(4, {"val_loss": 0.5})
        'at-05-0.50.h5'
    """

    #: What a run that is taken up again must know.
    kept = ("best", "_batches")

    def __init__(
        self,
        filepath,
        monitor="val_loss",
        verbose=0,
        save_best_only=False,
        save_weights_only=False,
        mode="auto",
        save_freq="epoch",
        initial_value_threshold=None,
        **kwargs,
    ):
        super().__init__()
        self.period = int(kwargs.pop("period", 1))
        if kwargs:
            raise TypeError(f"ModelCheckpoint has no argument {next(iter(kwargs))!r}")
        if save_freq != "epoch" and not isinstance(save_freq, int):
            raise ValueError(f'ModelCheckpoint: save_freq: expected "epoch" or a number of batches, got {save_freq!r}')
        self.filepath, self.monitor, self.verbose = os.fspath(filepath), monitor, verbose
        self.save_best_only, self.save_weights_only, self.save_freq = save_best_only, save_weights_only, save_freq
        self._monitor = Monitor("ModelCheckpoint", monitor, mode)
        self.best = initial_value_threshold
        self._epoch = self._batches = 0
        if save_freq != "epoch":
            self.on_train_batch_end = self._count_batch

    def path(self, epoch, logs, batch=None):
        """``filepath`` with epoch, batch and logs filled in."""
        try:
            return self.filepath.format(epoch=epoch + 1, batch=None if batch is None else batch + 1, **(logs or {}))
        except KeyError as error:
            known = ", ".join(["epoch", "batch", *sorted(logs or {})])
            raise ValueError(f"ModelCheckpoint: filepath {self.filepath!r} names {error}; known are {known}") from None

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_epoch_end(self, epoch, logs=None):
        if self.save_freq == "epoch" and (epoch + 1) % self.period == 0:
            self._save(epoch, logs)

    def _count_batch(self, batch, logs=None):
        self._batches += 1
        if self._batches % self.save_freq == 0:
            self._save(self._epoch, logs, batch)

    def _save(self, epoch, logs, batch=None):
        path = self.path(epoch, logs, batch)
        if self.save_best_only:
            value = self._monitor.value(logs)
            best = "nothing" if self.best is None else f"{self.best:.5f}"
            if value is not None and not self._monitor.better(value, self.best):
                if self.verbose:
                    say(f"\nEpoch {epoch + 1}: {self.monitor} did not improve from {best}")
                return
            if value is not None:
                if self.verbose:
                    say(f"\nEpoch {epoch + 1}: {self.monitor} improved from {best} to {value:.5f}, saving to {path}")
                self.best = value
        elif self.verbose:
            say(f"\nEpoch {epoch + 1}: saving to {path}")
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        if self.save_weights_only:
            self.model.save_weights(path, overwrite=True)
        else:
            self.model.save(path, overwrite=True)
