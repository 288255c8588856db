"""Layers as Keras 1 described them, as data; and what Keras 2 wrote otherwise than Keras 3 in single layers.

Keras 1.2.2 and 2.0 are the sources: the arguments of Keras 1's constructors (whose names are the keys of its
configurations), and Keras 2.0's list of what it renamed them to.
"""

from __future__ import annotations

_SIDES = {"W_regularizer": "kernel_regularizer", "b_regularizer": "bias_regularizer", "W_constraint": "kernel_constraint",
          "b_constraint": "bias_constraint", "init": "kernel_initializer", "bias": "use_bias"}  # fmt: skip
_CONV = {**_SIDES, "nb_filter": "filters", "border_mode": "padding", "subsample": "strides", "dim_ordering": "data_format",
         "atrous_rate": "dilation_rate"}  # fmt: skip
_POOL = {"border_mode": "padding", "dim_ordering": "data_format"}
_POOL1 = {"pool_length": "pool_size", "stride": "strides", "border_mode": "padding"}
_RECURRENT = {"output_dim": "units", "init": "kernel_initializer", "inner_init": "recurrent_initializer",
              "inner_activation": "recurrent_activation", "W_regularizer": "kernel_regularizer",
              "U_regularizer": "recurrent_regularizer", "b_regularizer": "bias_regularizer", "dropout_W": "dropout",
              "dropout_U": "recurrent_dropout"}  # fmt: skip
_FORMAT = {"dim_ordering": "data_format"}

# class: {key in Keras 1: key now}
RENAMED = {
    "Dense": {**_SIDES, "output_dim": "units"},
    "TimeDistributedDense": {**_SIDES, "output_dim": "units"},
    "Convolution1D": {**_CONV, "filter_length": "kernel_size", "subsample_length": "strides"},
    "AtrousConvolution1D": {**_CONV, "filter_length": "kernel_size", "subsample_length": "strides"},
    "Convolution2D": _CONV,
    "AtrousConvolution2D": _CONV,
    "SeparableConvolution2D": {**_CONV, "depthwise_init": "depthwise_initializer",
                               "depthwise_regularizer": "depthwise_regularizer"},
    "Deconvolution2D": _CONV,
    "Convolution3D": _CONV,
    "LocallyConnected1D": {**_CONV, "filter_length": "kernel_size", "subsample_length": "strides"},
    "LocallyConnected2D": _CONV,
    "MaxPooling1D": _POOL1, "AveragePooling1D": _POOL1,
    **{f"{kind}Pooling{rank}D": _POOL for kind in ("Max", "Average", "GlobalMax", "GlobalAverage") for rank in (2, 3)},
    "UpSampling1D": {"length": "size"}, "UpSampling2D": _FORMAT, "UpSampling3D": _FORMAT,
    "ZeroPadding2D": _FORMAT, "ZeroPadding3D": _FORMAT, "Cropping2D": _FORMAT, "Cropping3D": _FORMAT,
    "Dropout": {"p": "rate"}, "GaussianDropout": {"p": "rate"}, "GaussianNoise": {"sigma": "stddev"},
    "SpatialDropout1D": {"p": "rate"}, "SpatialDropout2D": {"p": "rate", **_FORMAT},
    "SpatialDropout3D": {"p": "rate", **_FORMAT},
    "Embedding": {"init": "embeddings_initializer", "W_regularizer": "embeddings_regularizer",
                  "W_constraint": "embeddings_constraint"},
    "LSTM": _RECURRENT, "GRU": _RECURRENT, "SimpleRNN": _RECURRENT,
    "BatchNormalization": {"beta_init": "beta_initializer", "gamma_init": "gamma_initializer"},
    "PReLU": {"init": "alpha_initializer"},
    "InputLayer": {"input_dtype": "dtype"},
    "Merge": {"concat_axis": "axis"},
}  # fmt: skip

# classes that have another name now
CLASSES = {
    "TimeDistributedDense": "Dense", "Convolution1D": "Conv1D", "AtrousConvolution1D": "Conv1D",
    "Convolution2D": "Conv2D", "AtrousConvolution2D": "Conv2D", "SeparableConvolution2D": "SeparableConv2D",
    "Deconvolution2D": "Conv2DTranspose", "Convolution3D": "Conv3D",
}  # fmt: skip
# sizes of kernels that Keras 1 gave one by one
_SIZES = (("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3"))
_MERGE = {"sum": "Add", "mul": "Multiply", "concat": "Concatenate", "ave": "Average", "max": "Maximum", "dot": "Dot"}
# keys that say nothing more, or nothing here
_DROPPED = {
    "*": ("input_dtype", "create_input_layer", "weights", "input_shape"),
    "Dense": ("input_dim", "input_length"), "Conv1D": ("input_dim", "input_length"),
    "Conv2DTranspose": ("output_shape",), "Embedding": ("input_length", "dropout"),
    "LSTM": ("consume_less", "input_dim", "input_length", "forget_bias_init"),
    "GRU": ("consume_less", "input_dim", "input_length", "forget_bias_init"),
    "SimpleRNN": ("consume_less", "input_dim", "input_length", "forget_bias_init"),
    "BatchNormalization": ("mode",),
}  # fmt: skip
_INITIALIZERS = {"zero": "zeros", "one": "ones", "uniform": "random_uniform", "normal": "random_normal"}
_FORMATS = {"tf": "channels_last", "th": "channels_first", "default": "channels_last"}
# keys by which a configuration is known to be of Keras 1, beside the renamed ones
_MARKS = {"nb_row", "kernel_dim1", "consume_less", "mode_type"}


def translate(name, config):
    """Class name and configuration of a layer of Keras 1 or 2 in the words of Keras 3 that it has now.

    Arguments:
        name: of the class.
        config: of the layer; what is already in newer words stays.

    Raises:
        ValueError: a mode or option that there is no counterpart for.
    """
    renamed = RENAMED.get(name, {})
    if not (set(renamed) | _MARKS) & set(config):
        return _newer(name, config)
    if name == "Merge":
        return _merge(config)
    new = CLASSES.get(name, name)
    found = {}
    for key, value in config.items():
        if key in _DROPPED["*"] or key in _DROPPED.get(new, ()):
            continue
        key = renamed.get(key, key)
        found[key] = _value(key, value)
    for sizes in _SIZES:
        if sizes[0] in config:
            found["kernel_size"] = [found.pop(size) for size in sizes]
    if new == "LSTM":
        found["unit_forget_bias"] = config.get("forget_bias_init", "one") == "one"
    if new == "BatchNormalization" and config.get("mode", 0) != 0:
        raise ValueError(
            f'BatchNormalization "{config.get("name")}": mode={config["mode"]} of Keras 1 (only 0 is left)'
        )
    return _newer(new, found)


def _newer(name, config):
    """What Keras 2 left out because it meant its default of the time."""
    if name == "GRU" and "reset_after" not in config:
        return name, {**config, "reset_after": False}
    if name in CLASSES and name in RENAMED:  # Keras 2 took the old names of classes too
        return CLASSES[name], config
    return name, config


def _merge(config):
    mode = config.get("mode", "sum")
    if mode not in _MERGE:
        raise ValueError(f'Merge "{config.get("name")}": the mode {mode!r} of Keras 1 has no counterpart')
    kept = {"name": config.get("name"), "trainable": config.get("trainable", True)}
    if mode == "concat":
        kept["axis"] = config.get("concat_axis", -1)
    if mode == "dot":
        kept["axes"] = config.get("dot_axes", -1)
    return _MERGE[mode], kept


def _value(key, value):
    if key.endswith("_initializer") and isinstance(value, str):
        return _INITIALIZERS.get(value, value)
    if key == "data_format":
        return _FORMATS.get(value, value)
    if isinstance(value, dict) and "name" in value and "class_name" not in value:
        if key.endswith("_regularizer"):
            return {"class_name": "L1L2", "config": {each: float(value.get(each) or 0.0) for each in ("l1", "l2")}}
        if key.endswith("_constraint"):
            config = {each: part for each, part in value.items() if each != "name"}
            if "m" in config:
                config["max_value"] = config.pop("m")
            return {"class_name": value["name"], "config": config}
    return value
