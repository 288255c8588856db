"""Records of mixed features - numbers, categories, texts - to what models take, by one object."""

from __future__ import annotations

from pykeras import check, layers, ops, registry, tree
from pykeras.keras_tensor import KerasTensor, auto_name
from pykeras.utils.features import REGISTRY, Columns, Cross, Feature, TFDConcat, TFDIdentity


@REGISTRY.register
class FeatureSpace(layers.Layer):
    """Each feature of a record prepared by a layer of its own, and all of them joined.

    Arguments:
        features: dict from name to what the feature is: one of ``"float"``, ``"float_normalized"``,
            ``"float_rescaled"``, ``"float_discretized"``, ``"integer_categorical"``, ``"string_categorical"``,
            ``"integer_hashed"``, ``"string_hashed"``; or what the class methods of these names return, which take
            parameters; or ``FeatureSpace.feature`` with a layer of your own.
        output_mode: ``"concat"``: one vector a record, features in the order of their names, then crosses in that of
            theirs; ``"dict"``: a dict of what each feature and cross became.
        crosses: tuples of names of features that are hashed together; or ``FeatureSpace.cross(...)``.
        crossing_dim, hashing_dim: bins of crosses and of hashed features that do not say their own.
        num_discretization_bins: bins of ``"float_discretized"``.

    Called on a dict of numbers or texts (one record: its outputs have no batch axis), or of arrays, lists, tensors or
    symbolic tensors with a batch axis first. ``preprocessors``, ``crossers`` and ``one_hot_encoders`` are the layers by
    name. ``get_inputs`` and ``get_encoded_features`` give symbolic tensors, for a model that prepares its own inputs.

    Raises ``ValueError`` without features, for a cross of unknown ones, for what it is not told how to encode as
    numbers, and when it is called before ``adapt`` though features need it.

    >>> space = FeatureSpace({"size": "float_normalized", "kind": "string_categorical"})
    >>> space.adapt({"size": [1.0, 3.0], "kind": ["cat", "dog"]})
    >>> space({"size": [3.0], "kind": ["cat"]}).tolist()
    [[0.0, 0.0, 1.0, 1.0]]
    """

    _keras_module = "keras.utils"

    def __init__(self, features, output_mode="concat", crosses=None, crossing_dim=32, hashing_dim=32,
                 num_discretization_bins=32, name=None):  # fmt: skip
        super().__init__(name=name)
        if not features:
            raise ValueError(f"{self._label}: `features` cannot be None or empty")
        self.crossing_dim = crossing_dim
        self.hashing_dim = hashing_dim
        self.num_discretization_bins = num_discretization_bins
        self.features = {key: self._feature(key, given) for key, given in features.items()}
        self.crosses = [self._cross(given) for given in crosses or ()]
        self.crosses_by_name = {cross.name: cross for cross in self.crosses}
        self.output_mode = check.one_of("output_mode", output_mode, ("dict", "concat"))
        self.inputs = {
            key: layers.Input(shape=(1,), dtype=feature.dtype, name=key) for key, feature in self.features.items()
        }
        self.preprocessors = {key: feature.preprocessor for key, feature in self.features.items()}
        self.crossers = {
            cross.name: layers.HashedCrossing(cross.crossing_dim, name=cross.name) for cross in self.crosses
        }
        self.one_hot_encoders = {}
        self.concat = None
        self.encoded_features = None
        self._is_adapted = False

    # ---- what a feature is ------------------------------------------------------------------------------------------

    @classmethod
    def cross(cls, feature_names, crossing_dim, output_mode="one_hot"):
        """Several features hashed together to ``crossing_dim`` bins; ``output_mode``: ``"int"`` or ``"one_hot"``."""
        return Cross(feature_names, crossing_dim, output_mode)

    @classmethod
    def feature(cls, dtype, preprocessor, output_mode):
        """A feature of ``dtype`` that goes through a layer; ``output_mode``: ``"int"``, ``"one_hot"``, ``"float"``."""
        return Feature(dtype, preprocessor, output_mode)

    @classmethod
    def float(cls, name=None):
        """Numbers as they are."""
        return Feature("float32", TFDIdentity(dtype="float32", name=_named("float", name)), "float")

    @classmethod
    def float_rescaled(cls, scale=1.0, offset=0.0, name=None):
        """Numbers times ``scale`` plus ``offset``, see :class:`~pykeras.layers.Rescaling`."""
        return Feature("float32", layers.Rescaling(scale, offset, name=_named("float_rescaled", name)), "float")

    @classmethod
    def float_normalized(cls, name=None):
        """Numbers brought to mean 0 and variance 1, see :class:`~pykeras.layers.Normalization`."""
        return Feature("float32", layers.Normalization(axis=-1, name=_named("float_normalized", name)), "float")

    @classmethod
    def float_discretized(cls, num_bins, bin_boundaries=None, output_mode="one_hot", name=None):
        """Numbers in bins, see :class:`~pykeras.layers.Discretization`."""
        layer = layers.Discretization(bin_boundaries, num_bins, name=_named("float_discretized", name))
        return Feature("float32", layer, output_mode)

    @classmethod
    def integer_categorical(cls, max_tokens=None, num_oov_indices=1, output_mode="one_hot", name=None):
        """Integers looked up in a vocabulary, see :class:`~pykeras.layers.IntegerLookup`."""
        layer = layers.IntegerLookup(max_tokens, num_oov_indices, name=_named("integer_categorical", name))
        return Feature("int32", layer, output_mode)

    @classmethod
    def string_categorical(cls, max_tokens=None, num_oov_indices=1, output_mode="one_hot", name=None):
        """Texts looked up in a vocabulary, see :class:`~pykeras.layers.StringLookup`."""
        layer = layers.StringLookup(max_tokens, num_oov_indices, name=_named("string_categorical", name))
        return Feature("string", layer, output_mode)

    @classmethod
    def string_hashed(cls, num_bins, output_mode="one_hot", name=None):
        """Texts hashed to bins, see :class:`~pykeras.layers.Hashing`."""
        return Feature("string", layers.Hashing(num_bins, name=_named("string_hashed", name)), output_mode)

    @classmethod
    def integer_hashed(cls, num_bins, output_mode="one_hot", name=None):
        """Integers hashed to bins, see :class:`~pykeras.layers.Hashing`."""
        return Feature("int32", layers.Hashing(num_bins, name=_named("integer_hashed", name)), output_mode)

    def _feature(self, name, given):
        if isinstance(given, Feature):
            return given
        if isinstance(given, dict):
            return REGISTRY.deserialize(given) if given.get("class_name") != "Feature" else Feature(**given["config"])
        bins = {"float_discretized": self.num_discretization_bins, "integer_hashed": self.hashing_dim,
                "string_hashed": self.hashing_dim}  # fmt: skip
        kinds = ("float", "float_normalized", "float_rescaled", *bins, "integer_categorical", "string_categorical")
        kind = check.one_of(f"{self._label}: feature {name!r}", given, kinds)
        return getattr(self, kind)(*([bins[kind]] if kind in bins else ()), name=name)

    def _cross(self, given):
        if isinstance(given, dict):
            given = Cross(**given["config"])
        if not isinstance(given, Cross):
            if not self.crossing_dim:
                raise ValueError(f"{self._label}: `crossing_dim` is needed for the cross {given!r}")
            given = Cross(given, self.crossing_dim)
        unknown = [name for name in given.feature_names if name not in self.features]
        if unknown:
            raise ValueError(
                f"{self._label}: crosses: all features of {given.feature_names} should be present in `features`, "
                f"unknown are {unknown}"
            )
        return given

    # ---- adapting ---------------------------------------------------------------------------------------------------

    def adapt(self, dataset):
        """Adapts the layers that need it (vocabularies, means, boundaries) to data.

        Arguments:
            dataset: dict of arrays or lists; or a data set or other iterable of dicts: single records, or batches (of
                which the first entry of a tuple counts).
        """
        columns = Columns(dataset)
        for name in self._adaptable():
            self.preprocessors[name].adapt(columns.batches(name))
        self._is_adapted = True
        self.encoded_features = None
        self.one_hot_encoders = {}
        self.get_encoded_features()
        self.built = True

    def _adaptable(self):
        return [
            name for name, layer in self.preprocessors.items() if hasattr(layer, "adapt") and not _is_settled(layer)
        ]

    def _check_adapted(self):
        if not self._is_adapted and self._adaptable():
            raise ValueError(f"{self._label}: You need to call `.adapt(data)` first: {self._adaptable()} learn of data")
        self._is_adapted = True

    def get_inputs(self):
        """Symbolic inputs by name, each of shape ``(None, 1)``."""
        self.get_encoded_features()
        return self.inputs

    def get_encoded_features(self):
        """What becomes of ``get_inputs()``: one symbolic tensor, or a dict of them."""
        self._check_adapted()
        if self.encoded_features is None:
            self.encoded_features = self._encoded(self.inputs)
        return self.encoded_features

    # ---- calling ----------------------------------------------------------------------------------------------------

    def __call__(self, data):
        self.get_encoded_features()
        if not isinstance(data, dict):
            raise ValueError(f"{self._label}: expected a dict of features, got {type(data).__name__}")
        if set(data) != set(self.features):
            odd = sorted(set(data) ^ set(self.features))
            raise KeyError(f"{self._label}: expected the features {sorted(self.features)}; too many or missing: {odd}")
        values = {name: _as_tensor(value) for name, value in data.items()}
        single = any(len(value.shape) == 0 for value in values.values())
        values = {
            name: ops.reshape(value, (1, 1)) if len(value.shape) == 0 else
            ops.expand_dims(value, -1) if len(value.shape) == 1 else value
            for name, value in values.items()
        }  # fmt: skip
        encoded = self._encoded(values)
        if not single:
            return encoded
        if self.output_mode == "concat" and encoded.shape[0] != 1:
            raise ValueError(f"{self._label}: expected one record, some of its features have {encoded.shape[0]}")
        return tree.map_structure(lambda x: ops.squeeze(x, 0) if len(x.shape) == 2 and x.shape[0] == 1 else x, encoded)

    def _encoded(self, values):
        prepared = {name: self.preprocessors[name](values[name]) for name in sorted(values)}
        crossed = {
            name: self.crossers[name]([prepared[feature] for feature in self.crosses_by_name[name].feature_names])
            for name in sorted(self.crosses_by_name)
        }
        outputs = {
            **{name: self._output(name, self.features[name], value) for name, value in prepared.items()},
            **{name: self._output(name, self.crosses_by_name[name], value) for name, value in crossed.items()},
        }
        if self.output_mode == "dict":
            return outputs
        for name, value in outputs.items():
            if not value.dtype.startswith("float"):
                raise ValueError(
                    f"{self._label}: feature {name!r} is {value.dtype}, which cannot be joined with others; encode it "
                    'as "one_hot", or use output_mode="dict"'
                )
        if self.concat is None:
            self.concat = TFDConcat(axis=-1)
        return self.concat(list(outputs.values()))

    def _output(self, name, spec, value):
        if spec.output_mode != "one_hot":
            return value
        if name not in self.one_hot_encoders:
            dtype = tree.flatten(value)[0].dtype
            if not dtype.startswith("int"):
                raise ValueError(
                    f'{self._label}: feature {name!r} has output_mode "one_hot", for which its layer should return '
                    f"integers; it returns {dtype}"
                )
            layer = self.preprocessors.get(name) or self.crossers[name]
            self.one_hot_encoders[name] = layers.CategoryEncoding(self._category_count(name, layer), "multi_hot")
        return self.one_hot_encoders[name](value)

    def _category_count(self, name, layer):
        if isinstance(layer, (layers.IntegerLookup, layers.StringLookup)):
            return layer.vocabulary_size()
        if isinstance(layer, layers.CategoryEncoding):
            return layer.num_tokens
        if isinstance(layer, layers.Discretization):
            return layer.num_bins if layer.num_bins is not None else len(layer.bin_boundaries) + 1
        if isinstance(layer, (layers.HashedCrossing, layers.Hashing)):
            return layer.num_bins
        raise ValueError(
            f'{self._label}: feature {name!r} has output_mode "one_hot", but how many categories a '
            f'{type(layer).__name__} gives is not known; use output_mode "int"'
        )

    # ---- files ------------------------------------------------------------------------------------------------------

    def get_config(self):
        names = ("features", "output_mode", "crosses", "crossing_dim", "hashing_dim", "num_discretization_bins")
        return {name: registry.serialize(getattr(self, name)) for name in names}

    @classmethod
    def from_config(cls, config):
        return cls(**config)

    def get_build_config(self):
        return {name: layer.get_build_config() or {} for name, layer in self.preprocessors.items()}

    def build_from_config(self, config):
        """Builds the layers, whose state is about to be read from a file."""
        for name, inner in config.items():
            if not self.preprocessors[name].built:
                self.preprocessors[name].build_from_config(inner)
        self._is_adapted = True

    def save(self, filepath):
        """Writes a ``.keras`` file, which ``pykeras.models.load_model`` opens."""
        from pykeras import saving

        saving.save_model(self, filepath)

    def save_own_variables(self, store):
        """Nothing: the layers have it all."""

    def load_own_variables(self, store):
        """Nothing: the layers have it all."""


def _named(kind, name):
    return f"{name or auto_name(kind)}_preprocessor"


def _is_settled(layer):
    """Whether the layer was given what it would adapt to."""
    if isinstance(layer, layers.Normalization):
        return layer.input_mean is not None
    if isinstance(layer, layers.Discretization):
        return layer.num_bins is None
    if isinstance(layer, layers.TextVectorization):
        layer = layer._lookup_layer
    return bool(getattr(layer, "_given", False))


def _as_tensor(value):
    return value if isinstance(value, KerasTensor) else ops.convert_to_tensor(value)
