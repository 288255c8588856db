"""ProgbarLogger: prints the progress of an epoch."""

from pykeras import config
from pykeras.callbacks.callback import Callback
from pykeras.utils.progbar import Progbar, write


class ProgbarLogger(Callback):
    """Prints ``Epoch 1/10`` and a :class:`~pykeras.utils.Progbar`; ``fit`` adds it unless ``verbose=0``.

    The loop over batches asks :meth:`due` before it reads loss and metrics, so that drawing costs nothing in between.
    """

    def __init__(self, count_mode=None, stateful_metrics=None):
        super().__init__()
        self.count_mode = count_mode
        self.stateful_metrics = set(stateful_metrics or ())
        self.seen = 0
        self.bar = None
        self.verbose = 1
        self.epochs = 1
        self._in_fit = False
        self._steps_before = None

    def set_params(self, params):
        self.params = params
        self.verbose = params.get("verbose", 1)
        self.epochs = params.get("epochs", 1)

    def _start(self):
        self.seen = 0
        self.bar = Progbar(
            target=(self.params or {}).get("steps") or self._steps_before,
            verbose=self.verbose,
            stateful_metrics=self.stateful_metrics,
            unit_name="step",
        )

    def on_train_begin(self, logs=None):
        self._in_fit = True
        self._steps_before = None

    def on_train_end(self, logs=None):
        self._in_fit = False

    def on_epoch_begin(self, epoch, logs=None):
        self._start()
        if self.verbose and self.epochs > 1:
            write(f"Epoch {epoch + 1}/{self.epochs}\n")

    def on_epoch_end(self, epoch, logs=None):
        self._finish(logs)

    def on_test_begin(self, logs=None):
        if not self._in_fit:
            self._start()

    def on_test_end(self, logs=None):
        if not self._in_fit:
            self._finish(logs)

    def on_predict_begin(self, logs=None):
        self._start()

    def on_predict_end(self, logs=None):
        self._finish(logs)

    def on_train_batch_end(self, batch, logs=None):
        self.step(batch + 1, logs)

    def on_test_batch_end(self, batch, logs=None):
        if not self._in_fit:
            self.step(batch + 1, logs)

    def on_predict_batch_end(self, batch, logs=None):
        self.step(batch + 1, None)

    def shows(self, mode):
        """Whether batches of ``mode`` move the bar: validation inside of ``fit`` does not."""
        return mode == "train" or not self._in_fit

    @property
    def draws(self):
        """Whether a bar is drawn while an epoch runs."""
        return self.verbose == 1 and self.bar is not None and self.bar.dynamic

    def due(self):
        """Whether the bar would be drawn again now."""
        return self.draws and self.bar.due()

    def step(self, seen, logs):
        """``seen`` batches are done; draw the bar when it is time to."""
        self.seen = seen
        if self._steps_before is not None and seen > self._steps_before and self.bar is not None:
            self.bar.target = None  # this epoch is longer than the one before
        if self.bar is not None and self.verbose == 1:
            self._show(seen, logs, finalize=False)

    def _finish(self, logs):
        if self.bar is None or not self.verbose:
            return
        if not (self.params or {}).get("steps"):
            # what was not known before is known for the next epoch
            self.bar.target = self._steps_before = self.seen
        self._show(self.bar.target, logs, finalize=True)

    def _show(self, seen, logs, finalize):
        values = {name: value for name, value in (logs or {}).items() if name != "outputs"}
        # loss and metrics are means over the epoch already
        self.bar.stateful_metrics.update(values)
        self.bar.update(seen, list(values.items()), finalize=finalize)


def default_verbose(verbose):
    """``"auto"`` is 1, or 2 where progress goes to a log."""
    if verbose == "auto" or verbose is None:
        return 1 if config.is_interactive_logging_enabled() else 2
    return int(verbose)
