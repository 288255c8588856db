"""Configurations that try to run, import or fill something: in every format the same clear error."""

import json

import pytest
from saving.hostile import FORMATS, as_every_format, lambda_config, small, with_layer

import pykeras
from pykeras import layers, models, registry, saving


@pytest.mark.parametrize("safe", [{}, {"safe_mode": True}, {"safe_mode": None}])
@pytest.mark.parametrize("kind", FORMATS)
def test_code_in_a_configuration_is_not_loaded(kind, safe, archive, hdf5):
    """Marshalled code as an activation: also with ``safe_mode=None``, which fails closed."""
    entry = json.loads(small().to_json())["config"]["layers"][1]
    entry["config"]["activation"] = lambda_config()
    with pytest.raises(ValueError, match="would run code from the file: refused"):
        as_every_format(with_layer(**entry), archive, hdf5)[kind](**safe)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("module, name", [
    ("os", "system"), ("builtins", "eval"), ("subprocess", "Popen"), ("keras.utils", "get_file"),
    ("keras.config", "enable_unsafe_deserialization"), ("keras.layers", "TorchModuleWrapper"),
    ("keras.layers", "TFSMLayer"), ("keras.src.saving.saving_lib", "load_model"), ("pykeras.registry", "load_function"),
])  # fmt: skip
def test_a_module_is_not_imported_and_a_function_not_called(kind, module, name, archive, hdf5):
    entry = {"module": module, "class_name": name, "registered_name": name, "config": {"name": "x"}}
    with pytest.raises((TypeError, ValueError), match="not known|no known name|not available|cannot be made"):
        as_every_format(with_layer(**entry), archive, hdf5)[kind]()


def layers_of(config):
    return config["config"]["layers"]


def wrap(config, wrapper, **inner):
    layers_of(config)[1] = {"module": "keras.layers", "class_name": wrapper, "config": {"name": "w", **inner}}


LSTM = {"class_name": "LSTM", "config": {"units": 2}}
PLACES = {
    "wrapper": lambda c, e: wrap(c, "TimeDistributed", layer=e),
    "backward layer": lambda c, e: wrap(c, "Bidirectional", layer=LSTM, backward_layer=e),
    "cell": lambda c, e: wrap(c, "RNN", cell=e),
    "cells": lambda c, e: wrap(c, "RNN", cell=[LSTM, e]),
    "model inside": lambda c, e: wrap(c, "Sequential", layers=[layers_of(c)[0], e]),
    "Lambda": lambda c, e: wrap(c, "Lambda", function=e),
    "Keras 2's Lambda": lambda c, e: wrap(c, "Lambda", function_type="lambda", function=e["config"].get("value", [""])
                                          if isinstance(e["config"], dict) else [e["config"]]),
    "build_config": lambda c, e: layers_of(c)[1].update(build_config={"input_shape": e}),
    "initializer": lambda c, e: c["config"]["layers"][1]["config"].update(kernel_initializer=e),
    "regularizer": lambda c, e: c["config"]["layers"][1]["config"].update(kernel_regularizer=e),
    "activation": lambda c, e: c["config"]["layers"][1]["config"].update(activation=e),
    "policy": lambda c, e: c["config"]["layers"][1]["config"].update(dtype=e),
    "loss": lambda c, e: c.update(compile_config={"optimizer": "sgd", "loss": e}),
    "losses": lambda c, e: c.update(compile_config={"optimizer": "sgd", "loss": [e]}),
    "metrics": lambda c, e: c.update(compile_config={"optimizer": "sgd", "loss": "mse", "metrics": [[e]]}),
    "optimizer": lambda c, e: c.update(compile_config={"optimizer": e, "loss": "mse"}),
    "schedule": lambda c, e: c.update(compile_config={"loss": "mse", "optimizer": {
        "class_name": "SGD", "config": {"learning_rate": e}}}),
    "list": lambda c, e: c["config"]["layers"][1]["config"].update(activation=[e]),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("entry", [
    {"module": "os", "class_name": "system", "config": {}, "registered_name": None},
    {"module": "builtins", "class_name": "function", "config": "eval", "registered_name": "function"},
    {"module": "keras.utils", "class_name": "function", "config": "get_file", "registered_name": "os>system"},
    lambda_config(),
], ids=["class", "function", "get_file", "lambda"])  # fmt: skip
def test_it_is_refused_wherever_it_stands(place, entry, archive):
    config = json.loads(small().to_json())
    PLACES[place](config, entry)
    path = archive(lambda members: members.update({"config.json": json.dumps(config)}))
    with pytest.raises((TypeError, ValueError)):
        models.load_model(path)


def test_a_string_names_registered_things_alone(archive):
    for name in ("get_file", "os.system", "enable_unsafe_deserialization", "__import__"):
        config = json.loads(small().to_json())
        config["config"]["layers"][1]["config"]["activation"] = name
        path = archive(lambda members, config=config: members.update({"config.json": json.dumps(config)}))
        with pytest.raises((TypeError, ValueError), match="Unknown activation"):
            models.load_model(path)


def test_an_op_names_ops_alone():
    for name in ("map", "cond", "core", "__builtins__", "convert_to_numpy"):
        config = {"class_name": "Functional", "config": {"name": "m", "layers": [
            {"class_name": "InputLayer", "config": {"batch_shape": [None, 2], "name": "a"}, "name": "a", "inbound_nodes": []},
            {"class_name": "FunctionOperation", "config": {"name": "f", "function": name}, "name": "f", "inbound_nodes": [
                {"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": ["a", 0, 0]}}], "kwargs": {}}]}],
            "input_layers": [["a", 0, 0]], "output_layers": [["f", 0, 0]]}}  # fmt: skip
        with pytest.raises((ValueError, TypeError), match="not known here"):
            models.model_from_config(config)


def call(function, *args):
    return {
        "class_name": "FunctionOperation",
        "config": {"name": "f", "function": function},
        "name": "f",
        "inbound_nodes": [{"args": list(args), "kwargs": {}}],
    }


def graph(entry, shape=(None, 2)):
    start = {"class_name": "InputLayer", "config": {"batch_shape": list(shape), "name": "a"}, "name": "a"}
    ends = {"input_layers": [["a", 0, 0]], "output_layers": [["f", 0, 0]]}
    return json.dumps({"class_name": "Functional", "config": {"name": "m", "layers": [start, entry], **ends}})


A = {"class_name": "__keras_tensor__", "config": {"keras_history": ["a", 0, 0]}}


@pytest.mark.parametrize("entry, message", [
    (call("full", [2**33], 1.0), "called on no tensor"), (call("arange", 2**33), "called on no tensor"),
    (call("vander", A, 2**33), "columns takes"), (call("unstack", A, 10**9, 1), "parts takes"),
    (call("array_split", A, 10**9, 1), "array_split into"),
])  # fmt: skip
def test_ops_between_layers_that_would_fill_the_memory_while_the_model_is_made(entry, message):
    with pytest.raises(ValueError, match=message):
        models.model_from_json(graph(entry, (None, 10**9)))


def test_numbers_that_fit_no_machine_word():
    entry = {"class_name": "UpSampling3D", "config": {"name": "f", "size": [2**70, 1, 1]}, "name": "f", "inbound_nodes": [
        {"args": [A], "kwargs": {}}]}  # fmt: skip
    with pytest.raises(ValueError, match="cannot interpret"):
        models.model_from_json(graph(entry, (None, 2, 2, 2, 1)))


def test_repetitions_without_number_take_no_memory_until_they_run():
    assert models.model_from_json(graph(call("tile", A, [1, 2**33]))).output_shape == (None, 2**34)


def test_tables_of_terabytes():
    config = {"name": "f", "fft_length": 2**40}
    entry = {
        "class_name": "MelSpectrogram",
        "config": config,
        "name": "f",
        "inbound_nodes": [{"args": [A], "kwargs": {}}],
    }
    with pytest.raises(ValueError, match="the table of .* takes"):
        models.model_from_json(graph(entry, (None, 16000)))


def test_the_safe_mode_fails_closed():
    """None, as a variable that nobody set, is no permission; permission ends with the block."""
    code = lambda_config()["config"]["value"][0]
    with registry.safe_mode_scope(None), pytest.raises(ValueError, match="refused"):
        registry.load_function(code)
    for safe in (True, None):
        with pytest.raises(ValueError, match="refused"):
            registry.load_function(code, safe_mode=safe)
    with registry.safe_mode_scope(False):
        assert registry.load_function(code)(3) == 3
    with pytest.raises(ValueError, match="refused"):
        registry.load_function(code)


def test_enable_unsafe_deserialization(monkeypatch, archive):
    monkeypatch.setattr(registry.lambdas, "_unsafe_everywhere", False)
    entry = json.loads(small().to_json())["config"]["layers"][1]
    entry["config"]["activation"] = lambda_config()
    path = archive(lambda members: members.update({"config.json": json.dumps(with_layer(**entry))}))
    with pytest.raises(ValueError, match="refused"):
        models.load_model(path)
    pykeras.config.enable_unsafe_deserialization()
    assert models.load_model(path).layers[0].units == 3


def test_arrays_in_configurations_have_plain_dtypes():
    for dtype in ("U900000000", "(30000,30000)f8", "O", "S1000000000", "V1000000000"):
        with pytest.raises(TypeError, match="expected one of"):
            saving.deserialize_keras_object({"class_name": "__numpy__", "config": {"value": [1], "dtype": dtype}})


def test_yaml_makes_no_objects():
    pytest.importorskip("yaml")
    for tag in ("!!python/object/apply:os.system [id]", "!!python/name:os.system", "!!python/object:os.path {}",
                "!!python/object/new:os.system [id]"):  # fmt: skip
        with pytest.raises(ValueError, match="would make objects, which is refused"):
            models.model_from_yaml(f"class_name: Sequential\nconfig: {tag}\n")


def test_yaml_references_do_not_multiply():
    pytest.importorskip("yaml")
    text = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    text += "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12))
    for bomb in (text, "class_name: &a [*a]\nconfig: {}\n"):
        with pytest.raises(ValueError, match="refers to itself"):
            models.model_from_yaml(bomb)


def test_nesting_without_end(archive):
    def change(members):
        members["config.json"] = '{"class_name": "a", "config": ' + '{"a": ' * 100_000 + "1" + "}" * 100_000 + "}"

    with pytest.raises(ValueError, match="no JSON|cannot interpret"):
        models.load_model(archive(change))
    deep = {"class_name": "Sequential", "config": {"name": "m", "layers": []}}
    for _ in range(5000):
        deep = {"class_name": "Sequential", "config": {"name": "m", "layers": [deep]}}
    with pytest.raises(ValueError, match="cannot interpret"):
        models.model_from_config(deep)


def test_clone_of_a_hostile_model():
    """``get_config`` of a layer is the caller's code, but what it returns goes through the same gate."""

    class Hostile(layers.Dense):
        def get_config(self):
            return {**super().get_config(), "activation": lambda_config()}

    model = models.Sequential([layers.Input((4,)), Hostile(2)])
    with pytest.raises(ValueError, match="refused"):
        models.clone_model(model)


def test_code_runs_only_when_asked_for(archive):
    entry = json.loads(small().to_json())["config"]["layers"][1]
    entry["config"]["activation"] = lambda_config()
    path = archive(lambda members: members.update({"config.json": json.dumps(with_layer(**entry))}))
    assert pykeras.saving.load_model(path, safe_mode=False).layers[0].units == 3


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("name", ["TextVectorization", "StringLookup"])
@pytest.mark.parametrize("place", ["file", "http://localhost/words.txt"])
def test_vocabularies_named_by_path_or_address_are_not_read(name, place, kind, archive, hdf5, tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("secret\n")
    config = {"vocabulary": str(words) if place == "file" else place}
    entry = {"module": "keras.layers", "class_name": name, "config": config, "registered_name": None}
    with pytest.raises((ValueError, TypeError), match="vocabulary file outside of the archive"):
        as_every_format(with_layer(**entry), archive, hdf5)[kind]()
