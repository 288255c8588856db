"""What a FeatureSpace is told of each feature, and the small layers that its graphs hold."""

from __future__ import annotations

import itertools

import numpy as np

from pykeras import check, ops, registry, strings
from pykeras.layers import Layer

# Keras writes the names of these classes' private module into files.
_KERAS_MODULE = "keras.src.layers.preprocessing.feature_space"
_BATCH = 32

REGISTRY = registry.Registry("feature", "feature_space")


@REGISTRY.register
class Feature:
    """One feature: what comes in, the layer that prepares it, and the form in which it goes out.

    Arguments:
        dtype: of the input, such as ``"float32"``, ``"int32"`` or ``"string"``.
        preprocessor: layer, or its configuration.
        output_mode: ``"int"``, ``"one_hot"`` or ``"float"``.
    """

    _keras_module = _KERAS_MODULE

    def __init__(self, dtype, preprocessor, output_mode):
        self.output_mode = check.one_of("output_mode", output_mode, ("int", "one_hot", "float"))
        self.dtype = dtype
        self.preprocessor = registry.deserialize(preprocessor) if isinstance(preprocessor, dict) else preprocessor

    def get_config(self):
        inner = registry.serialize(self.preprocessor)
        return {"dtype": self.dtype, "preprocessor": inner, "output_mode": self.output_mode}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@REGISTRY.register
class Cross:
    """Several features hashed together.

    Arguments:
        feature_names: their names.
        crossing_dim: number of bins.
        output_mode: ``"int"`` or ``"one_hot"``.
    """

    _keras_module = _KERAS_MODULE

    def __init__(self, feature_names, crossing_dim, output_mode="one_hot"):
        self.output_mode = check.one_of("output_mode", output_mode, ("int", "one_hot"))
        self.feature_names = tuple(feature_names)
        self.crossing_dim = crossing_dim

    @property
    def name(self):
        return "_X_".join(self.feature_names)

    def get_config(self):
        return {"feature_names": self.feature_names, "crossing_dim": self.crossing_dim, "output_mode": self.output_mode}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@REGISTRY.register
class TFDConcat(Layer):
    """Inputs joined along an axis; a single one stays as it is."""

    _keras_module = _KERAS_MODULE

    def __init__(self, axis, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs):
        return ops.concatenate(inputs, axis=self.axis)


@REGISTRY.register
class TFDIdentity(Layer):
    """Inputs in the layer's dtype."""

    _keras_module = _KERAS_MODULE

    def call(self, inputs):
        return ops.cast(inputs, self.compute_dtype)


class Columns:
    """Data of named features, of which each can be gone through alone, in batches of shape ``(batch, 1)`` or more.

    Arguments:
        data: dict of arrays or lists, or an iterable of dicts (of tuples, the first entry): samples or batches.

    Raises:
        ValueError: data of another kind.
    """

    def __init__(self, data):
        if isinstance(data, dict):
            self._items = None
            self._arrays = {name: _array(values) for name, values in data.items()}
            return
        if isinstance(data, (str, bytes, np.ndarray)) or not (
            hasattr(data, "__iter__") or (hasattr(data, "__getitem__") and hasattr(data, "__len__"))
        ):
            raise ValueError(
                f"adapt: expected a dict of arrays or lists, or a data set of dicts, got {type(data).__name__}"
            )
        once = hasattr(data, "__next__")  # a generator, gone through once for all features
        self._items = list(data) if once else data

    def batches(self, name):
        """The batches of one feature; calling ``iter`` on the result begins anew."""
        return _Column(self, name)

    def _values(self, name):
        if self._items is None:
            return iter(self._arrays[name])
        if not hasattr(self._items, "__iter__"):
            return (_entry(self._items[number], name) for number in range(len(self._items)))
        return (_entry(item, name) for item in self._items)


class _Column:
    def __init__(self, columns, name):
        self._columns = columns
        self._name = name

    def __iter__(self):
        values = self._columns._values(self._name)
        first = next(values, None)
        if first is None:
            return
        values = itertools.chain([first], values)
        rank = np.ndim(first)
        if rank == 0:
            while chunk := list(itertools.islice(values, _BATCH)):
                yield np.stack([np.asarray(value) for value in chunk])[:, None]
        else:
            yield from (value[..., None] if rank == 1 else value for value in values)


def _entry(item, name):
    item = item[0] if isinstance(item, tuple) else item
    if not isinstance(item, dict):
        raise ValueError(f"adapt: expected a data set of dicts, it yields {type(item).__name__}")
    if name not in item:
        raise KeyError(f"adapt: the data have no feature {name!r}, only {sorted(item)}")
    return _array(item[name])


def _array(values):
    if hasattr(values, "numpy"):
        values = values.numpy()
    return np.asarray(values, object) if strings.is_text(values) else np.asarray(values)
