"""OrbaxCheckpoint: not here, and what serves instead."""

from pykeras.callbacks.callback import Callback


class OrbaxCheckpoint(Callback):
    """Keras's callback that writes checkpoints with Orbax, a library of JAX; pykeras does not use it.

    Raises:
        NotImplementedError: always. :class:`ModelCheckpoint` saves models and weights,
            :class:`BackupAndRestore` takes up an interrupted training.
    """

    def __init__(
        self,
        directory,
        monitor="val_loss",
        verbose=0,
        save_best_only=False,
        mode="auto",
        save_freq="epoch",
        initial_value_threshold=None,
        max_to_keep=1,
        save_on_background=True,
        save_weights_only=False,
    ):
        raise NotImplementedError(
            "OrbaxCheckpoint needs Orbax and JAX, which pykeras does not use: ModelCheckpoint saves models and weights "
            "(.keras, .h5, .weights.h5), BackupAndRestore takes up an interrupted training"
        )
