"""Variable: a tensor with a name that training changes."""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from pykeras import _core, convert
from pykeras.dtypes import standardize_dtype
from pykeras.keras_tensor import auto_name, is_describing


class _Budget(threading.local):
    left: float = float("inf")
    what = ""


_budget = _Budget()


class _Naming(threading.local):
    """Names of the contexts (layers being built, ``name_scope``) that begin the paths of variables made in them."""

    def __init__(self) -> None:
        self.names: list[str] = []


naming = _Naming()


@contextlib.contextmanager
def budget(size: int, what: str) -> Iterator[None]:
    """Inside the block, variables made by initializers may hold ``size`` bytes together, in this thread.

    Arguments:
        size: bytes.
        what: said in the error.

    Raises ``ValueError`` (inside) for a variable that would hold more than what is left.

    >>> with budget(100, "a small file"):
    ...     Variable(lambda shape, dtype: np.zeros(shape, dtype), (1000,), name="big")
    Traceback (most recent call last):
        ...
    ValueError: Variable "big" of shape (1000,) takes 4,000 bytes, but a small file allows 100 more
    """
    before = _budget.left, _budget.what
    _budget.left, _budget.what = min(size, _budget.left), what
    try:
        yield
    finally:
        _budget.left, _budget.what = before


def check_budget(size: int, what: str) -> None:
    """Raises ``ValueError`` when ``what`` takes more bytes than the block of ``budget`` around leaves."""
    if size > _budget.left:
        raise ValueError(f"{what} takes {size:,} bytes, but {_budget.what} allows {_budget.left:,} more")


def _spend(name: str, shape: tuple[int, ...], dtype: str) -> None:
    if _budget.left == float("inf"):
        return
    size = math.prod(shape) * np.dtype(dtype).itemsize
    if size > _budget.left:
        raise ValueError(
            f'Variable "{name}" of shape {shape} takes {size:,} bytes, but {_budget.what} allows {_budget.left:,} more'
        )
    _budget.left -= size


class _Scopes(threading.local):
    innermost: Any = None  # the StatelessScope that this thread is in


scopes = _Scopes()


class Variable(_core.Variable):
    """A tensor that can be replaced by another one of the same shape and dtype.

    Arguments:
        initializer: the first value (array, tensor, list) or a callable ``initializer(shape, dtype=...)``,
            or the name of one of ``pykeras.initializers``.
        shape: required with a callable; otherwise must agree with the value.
        dtype: of the variable; ``floatx()`` or the value's own by default.
        trainable: whether gradient tapes watch it and optimizers change it.
        name: for humans and files.

    Raises ``ValueError`` when shapes disagree, ``TypeError`` for values that are no arrays.

    >>> v = Variable([1.0, 2.0], name="v")
    >>> v.assign_add([1.0, 1.0]).tolist()
    [2.0, 3.0]
    """

    name = path = ""
    aggregation: str | None = "none"
    synchronization: str | None = "auto"
    regularizer: Any = None
    constraint: Any = None
    overwrite_with_gradient = False

    def __init__(
        self,
        initializer: Any,
        shape=None,
        dtype=None,
        trainable: bool = True,
        autocast: bool = True,
        aggregation: str = "none",
        synchronization: str = "auto",
        name: str | None = None,
        layout=None,
        **kwargs,
    ):
        if kwargs:
            raise TypeError(f"Variable: unknown argument {next(iter(kwargs))!r}")
        if aggregation not in (None, "none", "mean", "sum", "only_first_replica"):
            raise ValueError(f"Variable: aggregation: got {aggregation!r}")
        if synchronization not in (None, "none", "on_read", "on_write", "auto"):
            raise ValueError(f"Variable: synchronization: got {synchronization!r}")
        self.name = auto_name("variable") if name is None else name
        if not isinstance(self.name, str) or "/" in self.name:
            raise ValueError(f"Variable: name must be a string without '/', got {name!r}")
        self.path = "/".join([*naming.names, self.name])
        self.autocast = autocast
        self.aggregation = aggregation
        self.synchronization = synchronization
        self.layout = layout
        if isinstance(initializer, str):
            from pykeras import initializers

            initializer = initializers.get(initializer)
        # A first value belongs to no step that may be recorded now.
        with _core.Unrecorded():
            if callable(initializer) and not isinstance(initializer, (_core.Tensor, _core.Variable)):
                if shape is None:
                    raise ValueError(f'Variable "{self.name}": shape is needed with an initializer')
                shape = _checked_shape(self.name, shape)
                _spend(self.name, shape, standardize_dtype(dtype))
                value = initializer(shape, dtype=standardize_dtype(dtype))
            else:
                value = initializer
            tensor = _tensor(value, dtype)
        if shape is not None and tensor.shape != tuple(shape):
            raise ValueError(
                f'Variable "{self.name}": expected shape {tuple(shape)}, got a value of shape {tensor.shape}'
            )
        super().__init__(tensor, trainable)

    @property
    def value(self) -> _core.Tensor:
        return self.read()

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return int(np.prod(self.shape, dtype=np.int64))

    def numpy(self) -> np.ndarray:
        """A copy of the values."""
        return self.read().numpy().copy()

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        return np.array(self.read().numpy(), dtype=dtype)

    def write(self, value: _core.Tensor) -> None:
        """Replaces the value by a tensor of the same shape and dtype."""
        if scopes.innermost is None:
            super().write(value)
        else:
            scopes.innermost.keep(self)
            self.write_connected(value)

    def assign(self, value: Any) -> _core.Tensor:
        """Replaces the value; it is brought to the variable's dtype, its shape must be the variable's.

        While a layer describes its outputs for symbolic inputs, a symbolic value changes nothing. Raises ``TypeError``
        for one that a model is being made of: what a model does to variables belongs into a layer's ``call``.
        """
        if isinstance(value, _core.SymbolicTensor):
            return self._described(value)
        tensor = value if self.accepts(value) else self.fitted(value)
        self.write(tensor)
        return tensor

    def fitted(self, value: Any) -> _core.Tensor:
        """``value`` in the variable's dtype. Raises ``ValueError`` unless its shape is the variable's."""
        tensor = _tensor(value, self.dtype)
        if tensor.shape != self.shape:
            raise ValueError(
                f'Variable "{self.path}": expected a value of shape {self.shape}, got one of shape {tensor.shape}'
            )
        return tensor

    def _described(self, value: Any) -> Any:
        if not is_describing():
            raise TypeError(
                f'Variable "{self.path}": a symbolic tensor has no value to assign; assign in the call of a layer'
            )
        known = len(value.shape) == len(self.shape) and all(
            a is None or a == b for a, b in zip(value.shape, self.shape)
        )
        if not known:
            raise ValueError(
                f'Variable "{self.path}": expected a value of shape {self.shape}, got one of shape {value.shape}'
            )
        return value

    def assign_add(self, value: Any) -> _core.Tensor:
        return self.assign(_core.op.add(self, _like(value, self.dtype)))

    def assign_sub(self, value: Any) -> _core.Tensor:
        return self.assign(_core.op.subtract(self, _like(value, self.dtype)))

    def __repr__(self) -> str:
        return f"<Variable path={self.path}, shape={self.shape}, dtype={self.dtype}, value={self.read().numpy()}>"

    def __deepcopy__(self, memo: dict) -> Variable:
        twin = Variable(self.numpy(), dtype=self.dtype, trainable=self.trainable, name=self.name)
        twin.path, twin.autocast = self.path, self.autocast
        twin.regularizer, twin.constraint = self.regularizer, self.constraint
        memo[id(self)] = twin
        return twin

    def __reduce__(self):
        state = {k: v for k, v in self.__dict__.items() if k != "name"}
        return _restore, (self.numpy(), self.dtype, self.trainable, self.name, state)


def _restore(value, dtype, trainable, name, state) -> Variable:
    variable = Variable(value, dtype=dtype, trainable=trainable, name=name)
    variable.__dict__.update(state)
    return variable


def _checked_shape(name: str, shape: Any) -> tuple[int, ...]:
    shape = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    for size in shape:
        if size is None or int(size) < 0:
            raise ValueError(f'Variable "{name}": expected a shape of sizes >= 0, got {shape}')
    return tuple(int(size) for size in shape)


def _tensor(value: Any, dtype: Any) -> _core.Tensor:
    if isinstance(value, _core.SymbolicTensor):
        raise TypeError("a variable cannot hold a symbolic tensor")
    if isinstance(value, _core.Variable):
        value = value.read()
    elif not isinstance(value, _core.Tensor):
        if isinstance(value, (bool, int, float)) and dtype is not None:
            value = np.asarray(value, standardize_dtype(dtype))
        value = convert.tensor_from(value, "Variable", "value")
    if dtype is not None and value.dtype != standardize_dtype(dtype):
        value = _core.op.cast(value, standardize_dtype(dtype))
    return value


def _like(value: Any, dtype: str) -> Any:
    return value if isinstance(value, (bool, int, float, _core.SymbolicTensor)) else _tensor(value, dtype)


@contextlib.contextmanager
def temporarily(variables: Iterable[Variable], values: Iterable[Any]) -> Iterator[None]:
    """The variables have these values inside the block, and afterwards those they had before.

    Gradients flow to the values.
    """
    variables = list(variables)
    before = [variable.value for variable in variables]
    try:
        for variable, value in zip(variables, values, strict=True):
            variable.write_connected(variable.fitted(value))
        yield
    finally:
        for variable, old in zip(variables, before, strict=True):
            variable.assign(old)
