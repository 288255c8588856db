"""Settings, names and the learning phase."""

import contextlib
import itertools
from collections import defaultdict

from pykeras.config import (
    backend,
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)
from pykeras.dtypes import FLOATS, INTEGERS, result_type, standardize_dtype
from pykeras.keras_tensor import is_keras_tensor
from pykeras.layers.context import context
from pykeras.utils.session import clear_session

_uids: dict = defaultdict(lambda: itertools.count(1))


def get_uid(prefix=""):
    """1, 2, 3, ... for each prefix."""
    return next(_uids[prefix])


def reset_uids():
    """Start the numbers of :func:`get_uid` anew."""
    _uids.clear()


def is_float_dtype(dtype):
    return str(dtype) in ("float16", "bfloat16") or standardize_dtype(dtype) in FLOATS


def is_int_dtype(dtype):
    return standardize_dtype(dtype) in INTEGERS


def learning_phase():
    """1 while a model is called to be trained, 0 otherwise."""
    return int(bool(context.training))


def set_learning_phase(value):
    """What calls that do not say ``training=`` take for it: 0 (prediction) or 1 (training)."""
    if value not in (0, 1):
        raise ValueError(f"learning phase: expected 0 or 1, got {value!r}")
    context.training = bool(value)


@contextlib.contextmanager
def learning_phase_scope(value):
    """:func:`set_learning_phase` for the block."""
    before = context.training
    set_learning_phase(value)
    try:
        yield
    finally:
        context.training = before


def in_train_phase(x, alt, training=None):
    """``x`` while training, else ``alt``; both may be functions without arguments."""
    chosen = x if (learning_phase() if training is None else training) else alt
    return chosen() if callable(chosen) else chosen


def in_test_phase(x, alt, training=None):
    """``x`` while predicting, else ``alt``."""
    return in_train_phase(alt, x, training)


@contextlib.contextmanager
def name_scope(name):
    """Names are for reading only: nothing happens inside the block that would not happen outside."""
    if not isinstance(name, str):
        raise TypeError(f"name_scope: expected a string, got {name!r}")
    yield name


def manual_variable_initialization(value):
    """Variables always have values from the start here; only ``False`` can be asked for."""
    if value:
        raise NotImplementedError("variables are initialized when they are made; there is no session to do it later")


__all__ = [
    "backend", "clear_session", "epsilon", "floatx", "get_uid", "image_data_format", "in_test_phase", "in_train_phase",
    "is_float_dtype", "is_int_dtype", "is_keras_tensor", "learning_phase", "learning_phase_scope",
    "manual_variable_initialization", "name_scope", "reset_uids", "result_type", "set_epsilon", "set_floatx",
    "set_image_data_format", "set_learning_phase", "standardize_dtype",
]  # fmt: skip
