"""Callbacks: what happens around epochs and batches."""

from pykeras import old_paths
from pykeras.callbacks.backup_and_restore import BackupAndRestore
from pykeras.callbacks.base_logger import BaseLogger
from pykeras.callbacks.callback import Callback
from pykeras.callbacks.callback_list import CallbackList
from pykeras.callbacks.csv_logger import CSVLogger
from pykeras.callbacks.early_stopping import EarlyStopping
from pykeras.callbacks.history import History
from pykeras.callbacks.lambda_callback import LambdaCallback
from pykeras.callbacks.learning_rate import LearningRateScheduler
from pykeras.callbacks.model_checkpoint import ModelCheckpoint
from pykeras.callbacks.orbax_checkpoint import OrbaxCheckpoint
from pykeras.callbacks.progbar_logger import ProgbarLogger
from pykeras.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from pykeras.callbacks.remote_monitor import RemoteMonitor
from pykeras.callbacks.swap_ema_weights import SwapEMAWeights
from pykeras.callbacks.tensorboard import TensorBoard
from pykeras.callbacks.terminate_on_nan import TerminateOnNaN

__all__ = [
    "TensorBoard",
    "SwapEMAWeights",
    "RemoteMonitor",
    "ReduceLROnPlateau",
    "OrbaxCheckpoint",
    "BaseLogger",
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "ProgbarLogger",
    "TerminateOnNaN",
]


def __getattr__(name):
    return old_paths.attribute(__name__, name)
