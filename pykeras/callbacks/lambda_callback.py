"""LambdaCallback: a callback from functions."""

from pykeras.callbacks.callback import Callback

_HOOKS = {name for name in vars(Callback) if name.startswith("on_")}


class LambdaCallback(Callback):
    """Callback made of functions, each called as the hook of its name.

    Args:
        on_epoch_begin, on_epoch_end: functions of ``(epoch, logs)``.
        on_train_begin, on_train_end: functions of ``(logs)``.
        on_train_batch_begin, on_train_batch_end: functions of ``(batch, logs)``.
        **kwargs: any other hook of :class:`Callback`; under names that do not begin with ``on_``, attributes.

    Raises:
        TypeError: for a keyword that begins with ``on_`` and is no hook.

    Example:
        >>> import pykeras
        >>> pykeras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch)).on_epoch_end(3, {})
        3
    """

    def __init__(
        self,
        on_epoch_begin=None,
        on_epoch_end=None,
        on_train_begin=None,
        on_train_end=None,
        on_train_batch_begin=None,
        on_train_batch_end=None,
        **kwargs,
    ):
        super().__init__()
        given = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
            **kwargs,
        }
        for hook, function in given.items():
            if hook.startswith("on_") and hook not in _HOOKS:
                raise TypeError(f"LambdaCallback has no hook {hook!r}: expected one of {', '.join(sorted(_HOOKS))}")
            if function is not None or hook not in _HOOKS:
                setattr(self, hook, function)
