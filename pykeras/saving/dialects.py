"""Where the configurations of Keras 2 and Keras 3 differ, as data, and the two walks that apply it.

Configurations inside pykeras are Keras 3's. ``to_keras2`` and ``to_keras3`` translate a layer's or model's dictionary
with everything inside it; both leave what is already in the wanted form as it is.
"""

from __future__ import annotations

from pykeras import registry
from pykeras.saving import graphs, keras1

# class: {key in Keras 3: key in Keras 2}
RENAMED = {
    "InputLayer": {"batch_shape": "batch_input_shape"},
    "LeakyReLU": {"negative_slope": "alpha"},
}

# Keys that one side does not have, with the only value that loses nothing when dropped; "..." is any value: what
# Keras 2 has no place for at all.
ONLY_KERAS3 = {
    "InputLayer": {"optional": False},
    "BatchNormalization": {
        "synchronized": False,
        "renorm": False,
        "renorm_clipping": None,
        "renorm_momentum": 0.99,
    },
    **{f"{kind}{part}": {"seed": None} for kind in ("LSTM", "GRU") for part in ("", "Cell")},
    "MultiHeadAttention": {"use_gate": False, "sliding_window": None, "seed": ...},
    "LayerNormalization": {"rms_scaling": False},
    **{kind: {"seed": ...} for kind in ("Attention", "AdditiveAttention")},
    **{kind: {"seed": ...} for kind in ("SimpleRNN", "SimpleRNNCell", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")},
    "Conv3DTranspose": {"dilation_rate": [1, 1, 1]},
    "ZeroPadding1D": {"data_format": "channels_last"},
    **{kind: {"oov_method": "floormod", "salt": None} for kind in ("StringLookup", "IntegerLookup")},
    "Resizing": {
        "pad_to_aspect_ratio": False,
        "fill_mode": "constant",
        "fill_value": 0.0,
        "antialias": False,
        "data_format": "channels_last",
    },
    "RandomContrast": {"value_range": [0, 255], "data_format": "channels_last"},
    **{
        kind: {"data_format": "channels_last"}
        for kind in (
            "CenterCrop",
            "RandomBrightness",
            "RandomCrop",
            "RandomFlip",
            "RandomRotation",
            "RandomTranslation",
            "RandomZoom",
        )
    },
    "*": {"autocast": True, "input_axes": None, "output_axes": None},
}
# Keys of later versions of Keras 3, likewise; "..." stands for any value while those before it are neutral.
LATER_KERAS3 = {
    "BatchNormalization": {"renorm": False, "renorm_clipping": None, "renorm_momentum": ...},
    "*": {"quantization_config": None},
}
# Losses and metrics of Keras 3 alone, likewise; a metric may have what a loss of the same name has not.
LOSSES_ONLY_KERAS3 = {"SparseCategoricalCrossentropy": {"axis": -1}}
METRICS_ONLY_KERAS3 = {"SparseTopKCategoricalAccuracy": {"from_sorted_ids": False}}
# Shapes that a layer of Keras 2 keeps in its configuration: what it was built for.
BUILT_FOR = {"MultiHeadAttention": ("query_shape", "value_shape", "key_shape")}
ONLY_KERAS2 = {
    **BUILT_FOR,
    "MultiHeadAttention": (*BUILT_FOR["MultiHeadAttention"], "softmax_robust_masking"),
    **{f"SpatialDropout{rank}D": ("noise_shape",) for rank in (1, 2, 3)},
    "BatchNormalization": ("fused", "virtual_batch_size"),
    **{f"Conv{rank}DTranspose": ("groups",) for rank in (1, 2, 3)},
    **{f"DepthwiseConv{rank}D": ("groups",) for rank in (1, 2)},
    **{
        f"SeparableConv{rank}D": ("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint")
        for rank in (1, 2)
    },
    **{
        f"Random{kind}": ("rng_type",)
        for kind in ("Brightness", "Contrast", "Crop", "Flip", "Rotation", "Translation", "Zoom")
    },
    "*": ("batch_input_shape", "dynamic"),
}

# class names that only one side has
CLASSES_KERAS3 = {
    "Model": "Functional",
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
}
MODELS = ("Sequential", "Functional", "Model")

# Optimizers. SGD of tf_keras keeps a momentum for each weight even when it does not use it.
OPTIMIZER_SLOTS = {"momentum": "m", "velocity": "v", "velocity_hat": "vhat"}
SLOT_NAMES = {
    "Adam": OPTIMIZER_SLOTS,
    "SGD": {"momentum": "m"},
    "RMSprop": {"velocity": "velocity", "momentum": "momentum", "average_gradient": "average_gradient"},
}
# names of the older optimizers (tf.keras up to 2.10, ``optimizers.legacy``) for the same slots
LEGACY_SLOTS = {
    "RMSprop": {"velocity": "rms", "momentum": "momentum", "average_gradient": "mg"},
    "SGD": {"momentum": "momentum"},
}
ALWAYS_WRITTEN = {"SGD": ("momentum",)}
OPTIMIZER_ONLY_KERAS3 = ("loss_scale_factor", "gradient_accumulation_steps")
OPTIMIZER_ONLY_KERAS2 = ("jit_compile", "is_legacy_optimizer", "epsilon_hat")

# Classes of tf_keras that are not in its public modules.
TF_KERAS_MODULES = {
    "Functional": "tf_keras.src.engine.functional",
    "TFOpLambda": "tf_keras.src.layers.core.tf_op_layer",
    "SlicingOpLambda": "tf_keras.src.layers.core.tf_op_layer",
}

# Keys under which names of classes mean those of one namespace.
FAMILIES = {
    "metrics": "metrics",
    "weighted_metrics": "metrics",
    "loss": "losses",
    "optimizer": "optimizers",
    "optimizer_config": "optimizers",
    "learning_rate": "schedules",
}

REDUCTIONS_KERAS3 = {"auto": "sum_over_batch_size"}


def _is_object(value):
    return isinstance(value, dict) and "class_name" in value and "config" in value


def _plain_name(class_name):
    return class_name.split(">")[-1] if isinstance(class_name, str) else class_name


def to_keras2(entry):
    """The configuration of a layer or model as Keras 2 writes it.

    Arguments:
        entry: ``{"class_name", "config", ...}`` in Keras 3's form.

    Raises:
        ValueError: an op between layers that Keras 2 has no word for.

    Example:
        >>> to_keras2({"class_name": "InputLayer", "config": {"batch_shape": (None, 3), "name": "a"}})["config"]
        {'batch_input_shape': [None, 3], 'name': 'a'}
    """
    name = entry["class_name"]
    config = entry["config"]
    if not isinstance(config, dict):
        return {"class_name": name, "config": _plain(config)}
    if name in MODELS:
        config = _model_to_keras2(config)
    else:
        renamed = RENAMED.get(name, {})
        config = {renamed.get(key, key): _value_to_keras2(value) for key, value in config.items()}
        names = {ours: theirs for theirs, ours in KERAS2_ACTIVATIONS.items()}
        config.update({key: names[value] for key, value in config.items()
                       if key.endswith("activation") and isinstance(value, str) and value in names})  # fmt: skip
        for key, neutral in {**ONLY_KERAS3["*"], **ONLY_KERAS3.get(name, {})}.items():
            if neutral is ... or config.get(key) == neutral:
                config.pop(key, None)
        if name == "BatchNormalization" and isinstance(config.get("axis"), int) and config["axis"] >= 0:
            config["axis"] = [config["axis"]]
        if name in BUILT_FOR:
            shapes = (entry.get("build_config") or {}).get("shapes_dict", {})
            shapes = {"key_shape": shapes.get("value_shape"), **shapes}
            config.update({key: _plain(shapes.get(key)) for key in BUILT_FOR[name]})
        if name == "Lambda":
            config = _lambda_to_keras2(config)
        if name == "Bidirectional":  # Keras 2 puts "forward_" before the name itself
            inner = config["layer"]["config"]
            config["layer"] = {**config["layer"], "config": {**inner, "name": inner["name"].removeprefix("forward_")}}
    return {"class_name": "Functional" if name == "Model" else name, "config": config}


# Functions whose names stand for others in Keras 2: {in its files: here}. Keras 2 has no word for Keras 3's hard
# sigmoid: it refuses the name it is given, which is better than to compute something else.
KERAS2_ACTIVATIONS = {"hard_sigmoid": "keras2_hard_sigmoid", "keras3_hard_sigmoid": "hard_sigmoid"}


def keras2_functions(config, version):
    """A configuration that Keras ``version`` wrote, with the activations of Keras 2 by the names they have here."""
    if isinstance(version, str) and version.split(".")[0] not in ("1", "2"):
        return config
    if isinstance(config, dict):
        return {
            key: KERAS2_ACTIVATIONS.get(value, value)
            if isinstance(value, str) and key.endswith("activation")
            else keras2_functions(value, version)
            for key, value in config.items()
        }
    return [keras2_functions(each, version) for each in config] if isinstance(config, list) else config


def _lambda_to_keras2(config):
    """A function's name, or its code as Keras 2 lays it out, beside its kind."""
    result = {**config}
    for key in ("function", "output_shape", "mask"):
        value, kind = config.get(key), "raw"
        if _is_object(value):
            stored = value["config"]
            if value["class_name"] == "__lambda__":
                value, kind = [stored["code"], stored["defaults"], stored["closure"]], "lambda"
            else:
                value, kind = stored, "function"
        if key != "mask" or value is not None:
            module = "module" if key == "function" else f"{key}_module"
            result.update({key: value, f"{key}_type": kind, module: None})
    return result


def _value_to_keras2(value):
    if _is_object(value):
        if value["class_name"] == "DTypePolicy":
            return value["config"]["name"]
        return to_keras2(value)
    return _plain(value, _value_to_keras2)


def _plain(value, inner=None):
    """Tuples as lists, as JSON has them."""
    inner = inner or _plain
    if isinstance(value, dict):
        return {key: inner(each) for key, each in value.items()}
    return [inner(each) for each in value] if isinstance(value, (list, tuple)) else value


def _model_to_keras2(config):
    if "input_layers" in config:
        return graphs.to_keras2(config, to_keras2)
    kept = {
        key: _value_to_keras2(value) for key, value in config.items() if key not in ("layers", "trainable", "dtype")
    }
    return {**kept, "layers": [to_keras2(layer) for layer in config["layers"]]}


def to_keras3(entry):
    """The configuration of a layer or model as Keras 3 writes it.

    Arguments:
        entry: ``{"class_name", "config", ...}`` in the form of Keras 2 (2.0 to tf_keras 2.21) or Keras 3.

    Raises:
        ValueError: an op between layers that is not known.
    """
    name = entry["class_name"]
    config = entry["config"]
    rest = {key: value for key, value in entry.items() if key not in ("class_name", "config", "inbound_nodes", "name")}
    name = CLASSES_KERAS3.get(name, name)
    if name == "Sequential" and isinstance(config, list):  # Keras 2.0 and 2.1
        config = {"name": None, "layers": config}
    if not isinstance(config, dict):
        return {**rest, "class_name": name, "config": config}
    if isinstance(config.get("layers"), list) and "input_layers" in config:
        config = graphs.to_keras3(config, to_keras3)
    elif name == "Sequential":
        config = _sequential_to_keras3(config)
    else:
        if name == _plain_name(name):
            name, config = keras1.translate(name, config)
        config = _layer_to_keras3(_plain_name(name), config)
    return {**rest, "class_name": name, "config": config}


def _sequential_to_keras3(config):
    layers = [to_keras3(layer) for layer in config["layers"]]
    first = config["layers"][0] if config["layers"] else {}
    shape = first.get("config", {}).get("batch_input_shape") if isinstance(first.get("config"), dict) else None
    if shape is not None and first["class_name"] != "InputLayer":  # up to Keras 2.2 the first layer says it
        layers[0]["config"]["batch_input_shape"] = tuple(shape)
    return {**config, "layers": layers}


def _layer_to_keras3(name, config):
    renamed = {old: new for new, old in RENAMED.get(name, {}).items()}
    config = {renamed.get(key, key): _value_to_keras3(value) for key, value in config.items()}
    for key in (*ONLY_KERAS2["*"], *ONLY_KERAS2.get(name, ())):
        config.pop(key, None)
    for neutral in (LATER_KERAS3["*"], LATER_KERAS3.get(name, {})):
        if all(value is ... or config.get(key) == value for key, value in neutral.items()):
            config = {key: value for key, value in config.items() if key not in neutral}
    if name == "InputLayer" and not config.get("sparse") and not config.get("ragged"):
        config["batch_shape"] = tuple(config["batch_shape"]) if config.get("batch_shape") else None
    return config


def _value_to_keras3(value):
    if _is_object(value):
        if value["class_name"] == "Policy":
            return value["config"]["name"]
        return to_keras3(value)
    if isinstance(value, dict):
        return {key: _value_to_keras3(each) for key, each in value.items()}
    return [_value_to_keras3(each) for each in value] if isinstance(value, list) else value


def with_modules(entry, kind=None):
    """A configuration in Keras 2's form with each object's module and registered name, as tf_keras writes since 2.12.

    Arguments:
        entry: configuration, or a structure of them.
        kind: namespace in which names are looked for first, such as ``"metrics"``.
    """
    if isinstance(entry, dict):
        translated = {key: with_modules(value, FAMILIES.get(key, kind)) for key, value in entry.items()}
        if _is_object(entry) and isinstance(entry["config"], dict) and "module" not in entry:
            name = entry["class_name"]
            families = [
                found for found in (registry.registries(kind) if kind else None, *registry.registries()) if found
            ]
            module = next((each.module for each in families if each.find(name) is not None), None)
            module = TF_KERAS_MODULES.get(name, {"keras.models": "keras"}.get(module, module))
            translated.update(module=module, registered_name=None if module else name)
        return translated
    return [with_modules(value, kind) for value in entry] if isinstance(entry, (list, tuple)) else entry
