"""Settings of serialization that hold inside a ``with`` block, in this thread: Keras 2's form, shared objects."""

from __future__ import annotations

import contextlib
import threading


class _Local(threading.local):
    keras2 = False
    shared = None
    collected = None
    self_contained = False


local = _Local()


@contextlib.contextmanager
def keras2_form(enabled=True):
    """Inside the block ``serialize`` writes ``{"class_name", "config"}`` and bare function names, as Keras 2 does.

    Example:
        >>> from pykeras import registry, regularizers
        >>> with registry.keras2_form():
        ...     regularizers.serialize(regularizers.L1(0.5))
        {'class_name': 'L1', 'config': {'l1': 0.5}}
    """
    before = local.keras2
    local.keras2 = enabled
    try:
        yield
    finally:
        local.keras2 = before


def in_keras2_form():
    """Whether ``serialize`` writes Keras 2's form now."""
    return local.keras2


@contextlib.contextmanager
def self_contained():
    """Inside the block configurations hold what other files keep beside them: vocabularies that layers have found."""
    before = local.self_contained
    local.self_contained = True
    try:
        yield
    finally:
        local.self_contained = before


def is_self_contained():
    """Whether configurations must hold everything now."""
    return local.self_contained


@contextlib.contextmanager
def collecting():
    """Gives a dict that collects, while the block lasts, the classes and functions which ``serialize`` met and which
    are not ours, by the names it gave them."""
    before = local.collected
    local.collected = {}
    try:
        yield local.collected
    finally:
        local.collected = before


def collect(name, target):
    """Notes a class or function under its name, when somebody collects them."""
    if local.collected is not None:
        local.collected[name] = target


class _Shared:
    """Objects met so far: by identity while writing (kept alive, so no id is used twice), by number while reading."""

    def __init__(self, writing):
        self.writing = writing
        self.numbers = {}
        self.written = []
        self.read = {}

    def number(self, obj):
        if id(obj) not in self.numbers:
            self.numbers[id(obj)] = len(self.numbers)
            self.written.append(obj)
        return self.numbers[id(obj)]


@contextlib.contextmanager
def object_sharing(writing=False):
    """Inside the block one object met twice is written with one ``shared_object_id``, or read as one object.

    A nested block belongs to the outer one.

    Arguments:
        writing: whether the block writes. One that reads gives no numbers: a layer that copies another from its
            configuration while it is made would take them for those of the file.
    """
    before = local.shared
    local.shared = before if before is not None and before.writing == writing else _Shared(writing)
    try:
        yield
    finally:
        local.shared = before
