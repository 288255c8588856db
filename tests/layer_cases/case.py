"""What a case of a layer is. Its numbers come from its name, so that fixtures hold results only."""

import dataclasses
import zlib
from typing import Any

import numpy as np


@dataclasses.dataclass(frozen=True)
class Values:
    """An array: of a shape and kind, or given."""

    shape: tuple
    dtype: str = "float"
    low: float = -1.0
    high: float = 1.0
    array: Any = dataclasses.field(default=None, compare=False)

    def make(self, key):
        """The array: floats as float64 that float32 holds exactly."""
        if self.array is not None:
            return np.array(self.array)
        random = np.random.RandomState(zlib.crc32(key.encode()))
        if self.dtype == "float":
            return random.uniform(self.low, self.high, self.shape).astype("float32").astype("float64")
        whole = random.randint(int(self.low), int(self.high), self.shape)
        return whole.astype(self.dtype)


def floats(*shape, low=-1.0, high=1.0):
    return Values(shape, "float", low, high)


def ints(*shape, high, low=0, dtype="int32"):
    """Integers from ``low`` to ``high - 1``."""
    return Values(shape, dtype, low, high)


def bools(*shape):
    return Values(shape, "bool", 0, 2)


def given(values, dtype=None):
    """These very values; floating ones follow the dtype that is tried."""
    array = np.array(values, dtype)
    return Values(array.shape, "float" if array.dtype.kind == "f" else array.dtype.name, array=array)


@dataclasses.dataclass(frozen=True)
class Make:
    """A layer as an argument of another one: ``Make("LSTM", {"units": 3})``."""

    layer: str
    config: dict = dataclasses.field(default_factory=dict)


def same(value, make):
    """The argument with every ``Make`` replaced by ``make(it)``."""
    if isinstance(value, Make):
        return make(value)
    if isinstance(value, (list, tuple)):
        return type(value)(same(v, make) for v in value)
    if isinstance(value, dict):
        return {k: same(v, make) for k, v in value.items()}
    return value


@dataclasses.dataclass(frozen=True)
class Case:
    """One layer and one call of it, checked for values, gradients, weights, configuration, shapes and training.

    Arguments:
        layer: its name in ``keras.layers``.
        config: arguments of the constructor; ``Make`` stands for a layer.
        inputs: a tuple of numbers is the shape of a floating array; ``Values`` (``floats``, ``ints``, ``bools``,
            ``given``) say more; lists, dictionaries and tuples of those are several inputs.
        call: further arguments of the call, such as ``{"mask": bools(2, 5)}``; ``Values`` in them become arrays. With a
            ``mask`` the result of ``compute_mask`` is compared too.
        training: passed to the call when it is not None.
        symbolic: the shape(s) of the inputs to describe a model with; None for the inputs' with an unknown batch size.
            Use it for other unknown sizes.
        weights: ``{name: (low, high)}`` where -1 to 1 will not do; names that end in "variance" get 0.5 to 1.5.
        note: tells cases apart that have the same layer, arguments, inputs and training.
        random: the outputs are drawn: only shapes, weights, configuration and training are compared.
        dynamic: other batch sizes give the same rows (False for layers that mix samples).
        fit: three steps are trained, eagerly and replayed; False for layers that no gradient passes.
        gradients: compare them; False where they are not defined.
        tolerance: multiplies the tolerances of the harness.
        dtypes: those to compare values in.
    """

    layer: str
    config: dict
    inputs: Any
    call: dict = dataclasses.field(default_factory=dict)
    training: bool | None = None
    symbolic: Any = None
    weights: dict = dataclasses.field(default_factory=dict)
    note: str = ""
    random: bool = False
    dynamic: bool = True
    fit: bool = True
    gradients: bool = True
    tolerance: float = 1.0
    dtypes: tuple = ("float32", "float64")

    @property
    def name(self):
        def text(value):
            if isinstance(value, Make):
                return f"{value.layer}({text(value.config)})"
            if isinstance(value, Values):
                return f"{value.dtype[0]}{text(value.shape)}"
            if isinstance(value, dict):
                return ",".join(f"{k}={text(v)}" for k, v in value.items())
            if isinstance(value, (list, tuple)):
                return f"({','.join(map(text, value))})"
            return str(value)

        mode = "" if self.training is None else "-train" if self.training else "-infer"
        parts = (text(self.config), text(self.inputs), text(self.call))
        return f"{self.layer}-{'-'.join(p for p in parts if p)}{mode}{self.note and '-' + self.note}".replace(" ", "")

    def _arrays(self, structure, key, dtype):
        if isinstance(structure, Values):
            array = structure.make(f"{self.name}/{key}")
            return array.astype(dtype) if array.dtype.kind == "f" else array
        if isinstance(structure, tuple) and structure and all(isinstance(size, int) for size in structure):
            return self._arrays(floats(*structure), key, dtype)
        if isinstance(structure, (list, tuple)):
            return type(structure)(self._arrays(s, f"{key}/{i}", dtype) for i, s in enumerate(structure))
        if isinstance(structure, dict):
            return {k: self._arrays(s, f"{key}/{k}", dtype) for k, s in structure.items()}
        return structure

    def arrays(self, dtype):
        """The inputs and the call's further arguments, as NumPy arrays."""
        call = {k: self._arrays(v, f"call/{k}", dtype) if _holds_values(v) else v for k, v in self.call.items()}
        return self._arrays(self.inputs, "inputs", dtype), call

    def weight(self, index, name, shape):
        """The value of the weight of this number."""
        low, high = self.weights.get(name, (0.5, 1.5) if name.endswith("variance") else (-1.0, 1.0))
        return floats(*shape, low=low, high=high).make(f"{self.name}/weight/{index}")

    def upstream(self, index, shape):
        """The gradient that comes from above at the output of this number."""
        return floats(*shape).make(f"{self.name}/upstream/{index}")


def _holds_values(value):
    if isinstance(value, (list, tuple)):
        return any(map(_holds_values, value))
    if isinstance(value, dict):
        return any(map(_holds_values, value.values()))
    return isinstance(value, Values)
