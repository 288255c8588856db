"""BaseLogger: means over the batches of an epoch."""

from pykeras.callbacks.callback import Callback


class BaseLogger(Callback):
    """Keras 2's callback that averages what batches report: ``Σ size·value / Σ size`` over the batches of an epoch.

    ``fit`` needs none, its logs are means already; it serves loops of one's own that call the hooks. ``logs["size"]``
    is the number of samples of a batch (1 where it is not said).

    Args:
        stateful_metrics: names whose last value counts instead of a mean.

    Example:
        >>> import pykeras
        >>> logger = pykeras.callbacks.BaseLogger()
        >>> logger.on_epoch_begin(0)
        >>> logger.on_batch_end(0, {"size": 1, "loss": 1.0})
        >>> logger.on_batch_end(1, {"size": 3, "loss": 2.0})
        >>> logs = {}
        >>> logger.on_epoch_end(0, logs)
        >>> logs
        {'loss': 1.75}
    """

    def __init__(self, stateful_metrics=None):
        super().__init__()
        self.stateful_metrics = set(stateful_metrics or ())
        self.seen, self.totals = 0, {}

    def on_epoch_begin(self, epoch, logs=None):
        self.seen, self.totals = 0, {}

    def on_batch_end(self, batch, logs=None):
        logs = dict(logs or {})
        size = logs.pop("size", 1) * logs.pop("num_steps", 1)
        self.seen += size
        for name, value in logs.items():
            if name in self.stateful_metrics:
                self.totals[name] = value
            else:
                self.totals[name] = self.totals.get(name, 0.0) + value * size

    def on_epoch_end(self, epoch, logs=None):
        """Put the means into ``logs``: of the names in ``params["metrics"]``, by default those it lacks."""
        if logs is None or not self.seen:
            return
        wanted = (self.params or {}).get("metrics")
        for name, total in self.totals.items():
            if name in wanted if wanted is not None else name not in logs:
                logs[name] = total if name in self.stateful_metrics else total / self.seen
