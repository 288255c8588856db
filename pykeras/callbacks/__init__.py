"""Callbacks: what happens around epochs and batches."""

from pykeras.callbacks.callback import Callback
from pykeras.callbacks.callback_list import CallbackList
from pykeras.callbacks.csv_logger import CSVLogger
from pykeras.callbacks.early_stopping import EarlyStopping
from pykeras.callbacks.history import History
from pykeras.callbacks.lambda_callback import LambdaCallback
from pykeras.callbacks.learning_rate import LearningRateScheduler
from pykeras.callbacks.model_checkpoint import ModelCheckpoint
from pykeras.callbacks.progbar_logger import ProgbarLogger
from pykeras.callbacks.terminate_on_nan import TerminateOnNaN

__all__ = [
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
