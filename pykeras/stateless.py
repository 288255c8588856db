"""StatelessScope: variables that change inside a block and are as before after it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pykeras import _core
from pykeras.variables import Variable, scopes


class StatelessScope:
    """Context in which variables may be given values, and assigned, without any change that lasts: code written for
    variables becomes a function of their values, and is differentiable by them.

    Arguments:
        state_mapping: pairs ``(variable, value)``; inside the block the variables have these values.
        collect_losses: whether ``losses`` gathers what ``add_loss`` is told.
        initialize_variables: must be true: variables made inside get their first values at once.

    Other threads that read the variables meanwhile see the values of the block.

    Raises:
        ValueError: a key that is no variable, a value of another shape, ``initialize_variables=False``.

    Example:
        >>> import pykeras
        >>> v = pykeras.Variable([1.0, 2.0])
        >>> with pykeras.StatelessScope([(v, [5.0, 5.0])]) as scope:
        ...     v.assign_add([1.0, 1.0]).tolist()
        [6.0, 6.0]
        >>> v.tolist(), scope.get_current_value(v).tolist()
        ([1.0, 2.0], [6.0, 6.0])
    """

    def __init__(
        self,
        state_mapping: Iterable[tuple[Variable, Any]] | None = None,
        collect_losses: bool = False,
        initialize_variables: bool = True,
    ):
        if not initialize_variables:
            raise ValueError("StatelessScope: initialize_variables=False: variables have values from the start in here")
        self.collect_losses = bool(collect_losses)
        self.losses: list = []
        self._given: list[tuple[Variable, _core.Tensor]] = []
        self._before: dict[int, tuple[Variable, _core.Tensor]] = {}
        self._after: dict[int, _core.Tensor] = {}
        self._outer: Any = None
        self._entered = False
        for variable, value in state_mapping or ():
            self._given.append((variable, _fitting(variable, value)))

    def __enter__(self) -> StatelessScope:
        if self._entered:
            raise RuntimeError("StatelessScope: a scope serves one block")
        self._entered = True
        self._outer, scopes.innermost = scopes.innermost, self
        for variable, value in self._given:
            variable.write(value)
        return self

    def __exit__(self, *_: Any) -> None:
        scopes.innermost = self._outer
        for key, (variable, before) in self._before.items():
            self._after[key] = variable.read()
            write = _core.Variable.write if self._outer is None else _core.Variable.write_connected
            write(variable, before)
        self._before.clear()

    def keep(self, variable: Variable) -> None:
        """Remembers the value to which ``variable`` goes back."""
        if id(variable) not in self._before:
            self._before[id(variable)] = (variable, variable.read())

    @property
    def state_mapping(self) -> dict[int, _core.Tensor]:
        """The values by ``id(variable)`` of all variables that were given or assigned one."""
        if not self._entered:
            return {id(variable): value for variable, value in self._given}
        return self._after or {key: variable.read() for key, (variable, _) in self._before.items()}

    def get_current_value(self, variable: Variable) -> _core.Tensor | None:
        """The value of ``variable`` in the scope (also after the block), ``None`` if it was neither given nor assigned
        one."""
        return self.state_mapping.get(id(variable))

    def add_update(self, update: tuple[Variable, Any]) -> None:
        """Gives a variable a value: ``(variable, value)``."""
        variable, value = update
        value = _fitting(variable, value)
        if scopes.innermost is not self:
            raise RuntimeError("StatelessScope: add_update: updates belong into the block")
        variable.write(value)

    def add_loss(self, loss: Any) -> None:
        """Puts a loss among ``losses``."""
        self.losses.append(loss)


def _fitting(variable: Any, value: Any) -> _core.Tensor:
    from pykeras.ops.core import convert_to_tensor

    if not isinstance(variable, Variable):
        raise ValueError(f"StatelessScope: all keys in argument `mapping` must be Variable instances, got {variable!r}")
    tensor = convert_to_tensor(value, variable.dtype)
    if tensor.shape != variable.shape:
        raise ValueError(
            f"StatelessScope: all values in argument `mapping` must be tensors with the shape of their variable: "
            f'variable "{variable.path}" has shape {variable.shape}, the value {tensor.shape}'
        )
    return tensor


def in_stateless_scope() -> bool:
    """Whether this thread is inside a :class:`StatelessScope`."""
    return scopes.innermost is not None


def get_stateless_scope() -> StatelessScope | None:
    """The innermost :class:`StatelessScope` of this thread."""
    return scopes.innermost
