"""Functions stored as code: refused unless the caller asked for it.

The stored form is Keras's: the marshalled code object in base64, default arguments, and the values of the closure's
cells. Marshalled code runs with the rights of the process, so loading one is the one thing in a configuration that
``safe_mode`` guards. It also only loads into the Python minor version that wrote it.
"""

from __future__ import annotations

import base64
import builtins
import contextlib
import marshal
import threading
import types

_local = threading.local()
_unsafe_everywhere = False


def enable_unsafe_deserialization():
    """Let configurations run code (lambdas) in this process from now on. Only for files you wrote yourself."""
    global _unsafe_everywhere
    _unsafe_everywhere = True


def in_safe_mode(safe_mode=None):
    """Whether code in a configuration is refused here: the innermost scope decides, then ``safe_mode``, then True."""
    scoped = getattr(_local, "safe_mode", None)
    if scoped is not None:
        return scoped
    if _unsafe_everywhere:
        return False
    return True if safe_mode is None else bool(safe_mode)


@contextlib.contextmanager
def safe_mode_scope(safe_mode):
    """Sets the safe mode for everything deserialized inside a ``with`` block, in this thread. None means True."""
    before = getattr(_local, "safe_mode", None)
    _local.safe_mode = True if safe_mode is None else bool(safe_mode)
    try:
        yield
    finally:
        _local.safe_mode = before


def dump_function(function):
    """A Python function as ``(code, defaults, closure)``: base64 text, tuple or None, tuple of cell values or None.

    Raises:
        TypeError: not a Python function.
    """
    if not isinstance(function, types.FunctionType):
        raise TypeError(f"only Python functions have code to store, got {type(function).__name__}")
    code = base64.b64encode(marshal.dumps(function.__code__)).decode("ascii")
    closure = tuple(cell.cell_contents for cell in function.__closure__) if function.__closure__ else None
    return code, function.__defaults__, closure


def load_function(code, defaults=None, closure=None, *, namespace=None, safe_mode=None):
    """The function that ``dump_function`` stored.

    Arguments:
        code: base64 text of the marshalled code.
        defaults: default arguments, or None.
        closure: values of the closure's cells, or None.
        namespace: dict of global names the function sees; builtins alone by default.
        safe_mode: True refuses.

    Raises:
        ValueError: in safe mode, or the code was written by another Python version or is damaged.
    """
    if in_safe_mode(safe_mode):
        raise ValueError(
            "the configuration holds a Python lambda, and loading it would run code from the file: refused. "
            "If you trust the file, pass safe_mode=False to the loading function."
        )
    try:
        raw = marshal.loads(base64.b64decode(code))
    except (ValueError, EOFError, TypeError) as error:
        raise ValueError(f"the stored lambda cannot be read (another Python version wrote it?): {error}") from error
    if not isinstance(raw, types.CodeType):
        raise ValueError("the stored lambda holds no code")
    cells = tuple(types.CellType(value) for value in closure) if closure else None
    if len(cells or ()) != len(raw.co_freevars):
        raise ValueError(f"the stored lambda needs {len(raw.co_freevars)} closure values, got {len(cells or ())}")
    scope = {"__builtins__": builtins, **(namespace or {})}
    return types.FunctionType(raw, scope, raw.co_name, tuple(defaults) if defaults else None, cells)
