"""BackupAndRestore: a training that was killed goes on where it was, to the last bit."""

import contextlib
import os

from pykeras import tree
from pykeras.callbacks.backup_file import Backup
from pykeras.callbacks.callback import Callback
from pykeras.optimizers import Optimizer
from pykeras.random.states import generator_states, set_generator_states


class BackupAndRestore(Callback):
    """Keeps the state of a training in a file; the same script, run again, goes on from there.

    The state is all that decides what comes next: weights, states of optimizers, metrics and seed generators, the place
    in the data and their order, NumPy's, Python's and pykeras's random generators, and what EarlyStopping,
    ReduceLROnPlateau and ModelCheckpoint have seen. The file is replaced as a whole, so that a process may die at any
    moment. With the same script and data the final weights are those of the uninterrupted training, bit for bit. A
    generator is drawn from again up to the place where it was.

    Args:
        backup_dir: folder of the file, for this training alone.
        save_freq: ``"epoch"``, or the number of batches between saves (then an interrupted epoch goes on in its
            middle); ``"epoch"`` saves after each epoch.
        double_checkpoint: keep the file before the last one too, which serves when the last one cannot be read.
        delete_checkpoint: remove the files when training ends.

    Raises:
        ValueError: for an empty ``backup_dir``, a ``save_freq`` that is neither, and for a file of another model.

    Example:
        >>> import pykeras
        >>> pykeras.callbacks.BackupAndRestore("backup", save_freq=100).save_freq
        100
    """

    #: After the others, so that what they change at the end of an epoch is in the file.
    runs_last = True

    def __init__(self, backup_dir, save_freq="epoch", double_checkpoint=False, delete_checkpoint=True):
        super().__init__()
        if not backup_dir:
            raise ValueError("BackupAndRestore: backup_dir is empty: expected the name of a folder")
        if save_freq != "epoch" and (isinstance(save_freq, bool) or not isinstance(save_freq, int) or save_freq < 1):
            raise ValueError(f'BackupAndRestore: save_freq: expected "epoch" or a number of batches, got {save_freq!r}')
        self.backup_dir, self.save_freq = os.fspath(backup_dir), save_freq
        self.double_checkpoint, self.delete_checkpoint = double_checkpoint, delete_checkpoint
        self._file = Backup(self.backup_dir, double_checkpoint)
        self._epoch = self._batches = 0
        self._mid_epoch = None
        if save_freq != "epoch":
            self.on_train_batch_end = self._count_batch

    def set_run(self, run, callbacks):
        self._run, self._others = run, [callback for callback in callbacks if callback is not self]

    # What the state is

    def _variables(self):
        """All variables: those of the model and its metrics, and of every optimizer it holds."""
        model = self.model
        optimizers = [model.optimizer, *_optimizers_held(model)]
        found = [*model.variables, *model.metrics_variables]
        for optimizer in optimizers:
            found.extend(optimizer.variables if optimizer is not None else ())
        return list({id(variable): variable for variable in found}.values())

    def _save(self, epoch, seen):
        """Write the state before batch ``seen`` of ``epoch``."""
        state = {
            "epoch": epoch,
            "batch": seen,
            "batches": self._batches,
            "stopped": bool(self.model.stop_training) and not seen,
            "data": self._run.batches.position(),
            "generators": generator_states(),
        }
        self._file.write(state, self._variables(), self._others)

    def _set(self, variables, state, arrays):
        Backup.assign(variables, state, arrays, self._file.path)
        Backup.assign_callbacks(self._others, state, arrays)
        set_generator_states(state["generators"])

    # When

    def on_train_begin(self, logs=None):
        self._epoch = self._batches = 0
        found = self._file.read()
        if found is None:
            return
        state, arrays = found
        batches = self._run.batches
        if not Backup.fits(self._variables(), state):
            # weights, metrics and states of optimizers that only a step makes; their values are replaced below
            self.model.make_train_function()(batches.first())
        batches.resume(state["data"], state["batch"])
        self._set(self._variables(), state, arrays)
        self._batches = state["batches"]
        self._run.first_epoch = max(self._run.first_epoch, state["epoch"])
        self._run.stopped = state["stopped"]
        self._mid_epoch = (state, arrays) if state["batch"] else None

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch
        if self._mid_epoch is not None:
            # the begin of the epoch has reset metrics, and callbacks have done a second time what they do there
            self._set(self._variables(), *self._mid_epoch)
            self._mid_epoch = None

    def _count_batch(self, batch, logs=None):
        self._batches += 1
        if self._batches % self.save_freq == 0:
            self._save(self._epoch, batch + 1)

    def on_epoch_end(self, epoch, logs=None):
        if self.save_freq == "epoch":
            self._save(epoch + 1, 0)

    def on_train_end(self, logs=None):
        if self.delete_checkpoint:
            self._file.delete()
            with contextlib.suppress(OSError):
                os.rmdir(self.backup_dir)


def _optimizers_held(model):
    """Optimizers that a model with steps of its own has as attributes."""
    held = [leaf for name, value in vars(model).items() if name != "_optimizer" for leaf in tree.flatten(value)]
    return [leaf for leaf in held if isinstance(leaf, Optimizer)]
