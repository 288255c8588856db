"""What ``compile`` was told, in Keras 2's form and back."""

from __future__ import annotations

from pykeras import registry
from pykeras.saving import dialects

_ARGUMENTS = ("loss", "metrics", "weighted_metrics", "loss_weights")
# Keras 2 writes these beside the arguments of a loss or metric; they say nothing more.
_DROPPED = ("fn",)
_WRAPPERS = ("MeanMetricWrapper", "LossFunctionWrapper", "SumOverBatchSizeMetricWrapper")


def write(model, dialect="keras2"):
    """The training configuration of a compiled model, in Keras 2's form or Keras 3's.

    Raises:
        TypeError: an object without ``get_config``.
    """
    if dialect == "keras3":
        config = dict(model.get_compile_config())
        return {"optimizer_config": config.pop("optimizer"), **config}
    with registry.keras2_form():
        arguments = {name: registry.serialize(model._compiled.arguments[name]) for name in _ARGUMENTS}
        optimizer = registry.serialize(model.optimizer)
    return dialects.with_modules({
        "loss": _to_keras2(arguments["loss"]),
        "metrics": _to_keras2(arguments["metrics"]),
        "weighted_metrics": _to_keras2(arguments["weighted_metrics"]),
        "loss_weights": arguments["loss_weights"],
        "optimizer_config": _optimizer_to_keras2(optimizer),
    })  # fmt: skip


def _to_keras2(value):
    if isinstance(value, dict) and "class_name" in value and isinstance(value.get("config"), dict):
        config = {key: _policy_name(each) for key, each in value["config"].items()}
        only_keras3 = dialects.METRICS_ONLY_KERAS3
        if "reduction" in config:  # a loss, which in Keras 2 has no dtype
            config.pop("dtype", None)
            only_keras3 = dialects.LOSSES_ONLY_KERAS3
        for key, neutral in only_keras3.get(value["class_name"], {}).items():
            if config.get(key) == neutral:
                del config[key]
        return {"class_name": value["class_name"], "config": config}
    if isinstance(value, dict):
        return {key: _to_keras2(each) for key, each in value.items()}
    return [_to_keras2(each) for each in value] if isinstance(value, (list, tuple)) else value


def _policy_name(value):
    if isinstance(value, dict) and value.get("class_name") == "DTypePolicy":
        return value["config"]["name"]
    return value


def _optimizer_to_keras2(entry):
    config = {key: value for key, value in entry["config"].items() if key not in dialects.OPTIMIZER_ONLY_KERAS3}
    if not config.get("decay"):  # which only the legacy optimizers have
        config.update(jit_compile=False, is_legacy_optimizer=False)
    return {"class_name": entry["class_name"], "config": config}


def read(config, custom_objects=None, output_names=None):
    """The arguments of ``compile`` from a training configuration.

    Arguments:
        config: of Keras 2 or Keras 3.
        custom_objects: dict of names that come first.
        output_names: names of the model's outputs, which Keras 2 puts before the names of metrics.

    Raises:
        TypeError, ValueError: an optimizer, loss or metric that is not known, by name.
    """
    try:
        return _arguments(config, custom_objects, output_names)
    except (KeyError, AttributeError, IndexError) as error:
        raise ValueError(f"cannot interpret what the file says of compile(): {error!r}") from error


def _arguments(config, custom_objects, output_names):
    from pykeras import losses, metrics, optimizers

    def objects(value, kind):
        if isinstance(value, dict) and "class_name" in value:
            return kind.deserialize(_to_keras3(value), custom_objects)
        if isinstance(value, dict):
            return {key: objects(each, kind) for key, each in value.items()}
        if isinstance(value, (list, tuple)):
            return [objects(each, kind) for each in value]
        custom = registry.get_registered_object(value, custom_objects) if isinstance(value, str) else None
        return value if custom is None else custom

    arguments = {"loss": objects(config.get("loss"), losses), "loss_weights": config.get("loss_weights")}
    for name in ("metrics", "weighted_metrics"):
        arguments[name] = objects(_without_outputs(config.get(name), output_names), metrics)
    optimizer = config.get("optimizer_config") or config.get("optimizer")
    arguments["optimizer"] = optimizers.deserialize(_optimizer_to_keras3(optimizer), custom_objects)
    return arguments


def _to_keras3(entry):
    config = entry["config"]
    if not isinstance(config, dict):
        return entry
    function = config.get("fn")
    if entry["class_name"] == "LossFunctionWrapper" and function is not None:
        return {"class_name": "function", "config": function}
    wrapper = entry["class_name"].split(">")[-1] in _WRAPPERS
    config = {key: value for key, value in config.items() if wrapper or key not in _DROPPED}
    if wrapper and isinstance(function, str) and function.endswith("accuracy"):
        # Keras 2 wraps the function that "accuracy" came to mean; the metric is called the same in camel case
        del config["fn"]
        return {"class_name": function.title().replace("_", ""), "config": config}
    if config.get("reduction") in dialects.REDUCTIONS_KERAS3:
        config["reduction"] = dialects.REDUCTIONS_KERAS3[config["reduction"]]
    return {**entry, "class_name": _own_name(entry["class_name"]), "config": config}


def _own_name(class_name):
    """tf_keras registers its own optimizers as ``Custom>Adam``."""
    if class_name.startswith("Custom>") and registry.get_registered_object(class_name) is None:
        return class_name.removeprefix("Custom>")
    return class_name


def _optimizer_to_keras3(entry):
    if not isinstance(entry, dict):
        return entry
    dropped = dialects.OPTIMIZER_ONLY_KERAS2
    config = {key: value for key, value in entry["config"].items() if key not in dropped}
    if not config.get("decay"):
        config.pop("decay", None)
    elif _own_name(entry["class_name"]) == "Nadam":  # up to tf.keras 2.10, and not the learning rate's
        config["schedule_decay"] = config.pop("decay")
    if config.get("ema_overwrite_frequency") and not config.get("use_ema"):
        config.pop("ema_overwrite_frequency")
    rate = config.get("learning_rate", config.get("lr"))
    if isinstance(rate, dict) and isinstance(rate.get("config"), dict) and rate["config"].get("name", "") is None:
        config["learning_rate"] = {**rate, "config": {k: v for k, v in rate["config"].items() if k != "name"}}
    return {**entry, "class_name": _own_name(entry["class_name"]), "config": config}


def _without_outputs(given, output_names):
    """Metrics by output without the output's name before theirs: compile puts it there again."""
    by_place = isinstance(given, list) and len(output_names or ()) > 1 and len(given) == len(output_names)
    if not by_place and not isinstance(given, dict):
        return given

    def bare(entry, prefix):
        if isinstance(entry, list):
            return [bare(each, prefix) for each in entry]
        name = entry.get("config", {}).get("name") if isinstance(entry, dict) else None
        if isinstance(name, str) and name.startswith(prefix):
            return {**entry, "config": {**entry["config"], "name": name.removeprefix(prefix)}}
        return entry

    if isinstance(given, dict):
        return {name: bare(each, f"{name}_") for name, each in given.items()}
    return [bare(each, f"{name}_") for each, name in zip(given, output_names, strict=True)]
