"""CallbackList: the callbacks of one call of ``fit``, ``evaluate`` or ``predict``, called as one."""

from pykeras import tree
from pykeras.callbacks.callback import Callback, has_batch_hooks
from pykeras.callbacks.history import History
from pykeras.callbacks.progbar_logger import ProgbarLogger


class Run:
    """What some callbacks must know of a run of ``fit``: its data, the batch at hand, where it takes up again."""

    batches = batch = None
    first_epoch = 0
    stopped = False


class CallbackList(Callback):
    """Callbacks called one after another.

    Args:
        callbacks: callback, list of callbacks, or None.
        add_history: add a :class:`History` unless there is one.
        add_progbar: add a :class:`ProgbarLogger` unless there is one.
        model: their model.
        **params: their ``params``: ``verbose``, ``epochs``, ``steps``.

    Raises:
        ValueError: for something that is no callback.

    Example:
        >>> import pykeras
        >>> callbacks = pykeras.callbacks.CallbackList(add_history=True, epochs=1)
        >>> callbacks.on_train_begin()
        >>> callbacks.on_epoch_end(0, {"loss": 1.0})
        >>> callbacks.history.history
        {'loss': [1.0]}
    """

    def __init__(self, callbacks=None, add_history=False, add_progbar=False, model=None, **params):
        super().__init__()
        self.callbacks = [callback for callback in tree.flatten(callbacks) if callback is not None]
        for callback in self.callbacks:
            if not hasattr(callback, "on_epoch_end") or isinstance(callback, type):
                raise ValueError(f"callbacks: expected Callback objects, got {callback!r}")
        self.history = self._first(History)
        self.progress = self._first(ProgbarLogger)
        if self.progress is None and add_progbar:
            self.progress = ProgbarLogger()
            self.callbacks.append(self.progress)
        if self.history is None and add_history:
            self.history = History()
            self.callbacks.append(self.history)
        self.callbacks.sort(key=lambda callback: getattr(callback, "runs_last", False))
        self.run = Run()
        for callback in self.callbacks:
            if hasattr(callback, "set_run"):
                callback.set_run(self.run, self.callbacks)
        if model is not None:
            self.set_model(model)
        if params:
            self.set_params(params)

    def _first(self, kind):
        return next((callback for callback in self.callbacks if isinstance(callback, kind)), None)

    def append(self, callback):
        """Add a callback at the end."""
        self.callbacks.append(callback)

    def wants_batches(self, mode):
        """Whether any callback (the progress bar apart) must be called at each batch of ``mode``."""
        return any(has_batch_hooks(c, mode) for c in self.callbacks if not isinstance(c, ProgbarLogger))

    def set_params(self, params):
        self.params = params
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model):
        super().set_model(model)
        if self.history is not None:
            model.history = self.history
        for callback in self.callbacks:
            callback.set_model(model)

    def __iter__(self):
        return iter(self.callbacks)


def _calls_all(hook):
    def call_all(self, *place, logs=None):
        *place, logs = _split(place, logs, hook)
        for callback in self.callbacks:
            getattr(callback, hook)(*place, logs)

    call_all.__name__ = hook
    call_all.__doc__ = f"Call ``{hook}`` of each callback."
    return call_all


def _split(place, logs, hook):
    """The place (epoch or batch, where the hook has one) and the logs, however they were passed."""
    wanted = 1 if "batch" in hook or "epoch" in hook else 0
    if len(place) > wanted:
        *place, logs = place
    return (*place, {} if logs is None else logs)


for _hook in [name for name in vars(Callback) if name.startswith("on_")]:
    setattr(CallbackList, _hook, _calls_all(_hook))
