"""Registries, custom objects, and configurations: what resolves, what is refused, what the errors say."""

import json
import pathlib
import runpy
import sys
import threading

import numpy as np
import pytest

import pykeras
from pykeras import activations, check, initializers, ops, random, registry, regularizers
from pykeras.registry import Registry

CASES = runpy.run_path(str(pathlib.Path(__file__).parent / "parity" / "record_foundations.py"))
CONFIGURED = CASES["configured"](pykeras)
OF_KERAS = json.loads(str(np.load(CASES["FIXTURE"])["configs"]))


@pytest.fixture
def shelf():
    """A registry of its own, taken away afterwards."""
    from pykeras.registry import names

    made = Registry("tool", "test_tools", lower_case=True)
    yield made
    del names._registries["test_tools"]


@pytest.fixture(autouse=True)
def no_custom_objects_left():
    before = dict(registry.get_custom_objects())
    yield
    registry.get_custom_objects().clear()
    registry.get_custom_objects().update(before)


class Knob:
    def __init__(self, turns=1, inner=None):
        self.turns = turns
        self.inner = inner

    def __call__(self, x):
        return self.turns * x

    def get_config(self):
        return {"turns": self.turns, "inner": self.inner}

    @classmethod
    def from_config(cls, config):
        return cls(config["turns"], registry.deserialize(config["inner"]))


def half(x):
    return x / 2


# ---- registries


def test_register_as_function_and_decorator(shelf):
    class BigHammer:
        pass

    assert shelf.register(BigHammer, "hammer") is BigHammer

    @shelf.register
    def saw(x):
        return x

    @shelf.register("pliers", "tongs")
    def grip(x):
        return x

    for name in ("BigHammer", "big_hammer", "bighammer", "hammer"):
        assert type(shelf.get(name)) is BigHammer
        assert name in shelf
    assert shelf.get("saw") is saw
    assert shelf.get("tongs") is shelf.get("grip") is grip
    assert BigHammer in shelf and saw in shelf and half not in shelf
    assert set(shelf) >= {"BigHammer", "saw", "tongs"}


def test_one_name_stands_for_one_thing(shelf):
    shelf.register(half)
    shelf.register(half)
    with pytest.raises(ValueError, match='tool "half" already stands for'):
        shelf.register(Knob, "half")


def test_default_and_case(shelf):
    assert shelf.get(None) is None
    shelf.default = half
    assert shelf.get(None) is half
    shelf.register(half)
    with pytest.raises(ValueError, match="HALF"):
        shelf.get("HALF")
    shelf.ignore_case = True
    assert shelf.get("HALF") is half


def test_base_lets_instances_pass(shelf):
    class Silent:
        pass

    silent = Silent()
    with pytest.raises(ValueError, match=r"as a tool: expected a name"):
        shelf.get(silent)
    shelf.base = Silent
    assert shelf.get(silent) is silent


def test_a_configuration_of_another_kind_is_refused(shelf):
    shelf.base = Knob
    generator = registry.serialize(random.SeedGenerator(3))
    with pytest.raises(ValueError, match="as a tool"):
        shelf.deserialize(generator)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Relu", "relu"),
        ("leakyrelu", "leaky_relu"),
        ("LeakyReLU", "leaky_relu"),
        ("soft-max", "softmax"),
        ("sofmax", "softmax"),
    ],
)
def test_suggestions(name, first):
    assert registry.suggest(name, list(activations._REGISTRY))[0] == first


def test_suggestions_can_be_none():
    assert registry.suggest("qqqq", ["relu", "tanh"]) == []
    with pytest.raises(ValueError, match='Unknown activation "qqqq": no known name is near'):
        activations.get("qqqq")


def test_suggestions_know_custom_objects():
    with registry.custom_object_scope({"my_half": half}), pytest.raises(ValueError, match='did you mean "my_half"'):
        activations.get("myhalf")


# ---- custom objects


def test_scopes_nest_and_end():
    assert registry.get_registered_object("half") is None
    with registry.CustomObjectScope({"half": half}):
        with registry.custom_object_scope({"half": Knob}, {"other": half}):
            assert registry.get_registered_object("half") is Knob
            assert registry.get_registered_object("other") is half
        assert registry.get_registered_object("half") is half
    assert registry.get_registered_object("half") is None


def test_scopes_end_on_errors_and_stay_in_their_thread():
    seen = []
    with pytest.raises(RuntimeError), registry.custom_object_scope({"half": half}):
        thread = threading.Thread(target=lambda: seen.append(registry.get_registered_object("half")))
        thread.start()
        thread.join()
        raise RuntimeError
    assert seen == [None]
    assert registry.get_registered_object("half") is None


def test_scope_wants_dicts():
    with pytest.raises(ValueError, match="expected a dict"):
        registry.custom_object_scope([half])


def test_order_of_lookup():
    registry.get_custom_objects()["x"] = "global"
    assert registry.get_registered_object("x", module_objects={"x": "module"}) == "global"
    assert registry.get_registered_object("x", custom_objects={"x": "given"}) == "given"
    with registry.custom_object_scope({"x": "scope"}):
        assert registry.get_registered_object("x", custom_objects={"x": "given"}) == "scope"
    assert registry.get_registered_object("y", module_objects={"y": "module"}) == "module"


def test_register_keras_serializable():
    @registry.register_keras_serializable("shop", name="Dial")
    class Wheel(Knob):
        pass

    @registry.register_keras_serializable()
    def third(x):
        return x / 3

    assert registry.get_registered_name(Wheel) == "shop>Dial"
    assert registry.get_registered_name(third) == "Custom>third"
    assert registry.get_registered_name(half) == "half"
    config = registry.serialize(Wheel(3))
    assert config["class_name"] == "Wheel" and config["registered_name"] == "shop>Dial"
    again = registry.deserialize(json.loads(json.dumps(config)))
    assert type(again) is Wheel and again.turns == 3
    assert registry.serialize(third)["config"] == "Custom>third"
    assert registry.deserialize(registry.serialize(third)) is third
    assert activations.get("Custom>third") is third
    with pytest.raises(ValueError, match="get_config"):
        registry.register_keras_serializable()(type("Bare", (), {}))


# ---- plain values


@pytest.mark.parametrize(
    "value",
    [None, True, 3, 2.5, "text", b"bytes\xff", ..., slice(1, None, 2), [1, [2.0, None]], {"a": {"b": [1]}}],
    ids=repr,
)
def test_plain_values_survive_json(value):
    again = registry.deserialize(json.loads(json.dumps(registry.serialize(value))))
    assert again == value and type(again) is type(value)


def test_arrays_and_tensors_survive_json():
    array = np.arange(6, dtype="int16").reshape(2, 3)
    again = registry.deserialize(json.loads(json.dumps(registry.serialize(array))))
    assert again.dtype == array.dtype
    np.testing.assert_array_equal(again, array)
    tensor = ops.convert_to_tensor([1.0, 2.5])
    again = registry.deserialize(json.loads(json.dumps(registry.serialize(tensor))))
    assert ops.is_tensor(again) and again.dtype == "float32"
    np.testing.assert_array_equal(np.asarray(again), [1.0, 2.5])


def test_numpy_numbers_become_plain():
    assert type(registry.serialize(np.float32(0.5))) is float
    assert type(registry.serialize(np.float64(0.5))) is float
    assert type(registry.serialize(np.int64(3))) is int
    assert type(registry.serialize(np.bool_(True))) is bool


def test_tuples():
    assert registry.serialize((1, (2, 3))) == (1, (2, 3))
    assert registry.deserialize({"class_name": "__tuple__", "items": [1, 2]}) == (1, 2)
    assert registry.deserialize({"class_name": "TensorShape", "items": [None, 3]}) == (None, 3)


@pytest.mark.parametrize("value", [object(), {1, 2}, Knob, np.dtype("float32")], ids=lambda v: type(v).__name__)
def test_what_cannot_be_serialized(value):
    with pytest.raises(TypeError, match="cannot serialize"):
        registry.serialize(value)


# ---- objects


def test_own_class_round_trip_with_nested_object():
    knob = Knob(2, Knob(5, initializers.Constant(7.0)))
    config = json.loads(json.dumps(registry.serialize(knob)))
    assert config["module"] == __name__ and config["registered_name"] == "Knob"
    again = registry.deserialize(config, custom_objects={"Knob": Knob})
    assert again.turns == 2 and again.inner.turns == 5
    assert again.inner.inner.get_config() == {"value": 7.0}
    with pytest.raises(TypeError, match='class "Knob"'):
        registry.deserialize(config)


def test_keras_2_form_holds_for_nested_objects_and_ends():
    with registry.keras2_form():
        config = registry.serialize(Knob(2, initializers.Zeros()))
        assert registry.serialize(activations.relu) == "relu"
    assert config["config"]["inner"] == {"class_name": "Zeros", "config": {}}
    assert "module" in registry.serialize(Knob(2))


def test_families_by_module():
    """The same name in several families: the module decides, then the kind asked for."""
    config = {"class_name": "Identity", "config": {}}
    assert type(registry.deserialize({**config, "module": "keras.initializers"})) is initializers.Identity
    assert type(registry.deserialize(config, kind="initializers")) is initializers.Identity
    for module in ("tf_keras.src.regularizers", "keras.regularizers", "pykeras.regularizers"):
        assert type(registry.deserialize({"module": module, "class_name": "L1", "config": {}})) is regularizers.L1


def test_function_in_keras_2_form_of_any_module():
    config = {"module": "keras.activations", "class_name": "function", "config": "elu", "registered_name": "function"}
    assert registry.deserialize(config) is activations.elu


def test_build_and_compile_configurations_are_handed_over():
    class Built(Knob):
        def get_build_config(self):
            return {"input_shape": (None, 3)}

        def build_from_config(self, config):
            self.shape = config["input_shape"]

        def get_compile_config(self):
            return None

    config = registry.serialize(Built())
    assert config["build_config"] == {"input_shape": (None, 3)} and "compile_config" not in config
    assert registry.deserialize(config, {"Built": Built}).shape == (None, 3)


def test_shared_objects_stay_one():
    knob = Knob(4)
    with registry.object_sharing(writing=True):
        config = registry.serialize([knob, Knob(4), knob])
    assert [each["shared_object_id"] for each in config] == [0, 1, 0]
    with registry.object_sharing():
        first, second, third = registry.deserialize(config, {"Knob": Knob})
        copy = registry.deserialize(registry.serialize(second), {"Knob": Knob})
    assert copy is not second  # a copy made while reading is no object of the file
    assert first is third and first is not second
    assert "shared_object_id" not in registry.serialize(knob)


def test_a_class_that_rejects_its_configuration():
    with pytest.raises(TypeError, match=r"L2 cannot be made from its configuration \{'l3': 1\}"):
        registry.deserialize({"module": "keras.regularizers", "class_name": "L2", "config": {"l3": 1}})
    with pytest.raises(TypeError, match="expected a dict"):
        registry.deserialize({"module": "keras.regularizers", "class_name": "L2", "config": [1]})


@pytest.mark.parametrize("name", CONFIGURED)
def test_configurations_are_those_of_keras(name):
    assert json.loads(json.dumps(registry.serialize(CONFIGURED[name]))) == OF_KERAS[name]


@pytest.mark.parametrize("name", [n for n in CONFIGURED if n != "values"])
def test_configurations_of_keras_are_read(name):
    again = registry.deserialize(OF_KERAS[name])
    assert type(again) is type(CONFIGURED[name])
    assert registry.serialize(again) == registry.serialize(CONFIGURED[name])


# ---- what a configuration must not be able to do


def test_modules_named_in_a_configuration_are_not_imported(tmp_path, monkeypatch):
    (tmp_path / "trap_module.py").write_text("class L2:\n    pass\nraise SystemExit('imported')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("L2", "Trap"):
        with pytest.raises(TypeError, match="never imported"):
            registry.deserialize({"module": "trap_module", "class_name": name, "config": {}, "registered_name": name})
    assert "trap_module" not in sys.modules


@pytest.mark.parametrize(
    "config",
    [
        {"module": "os", "class_name": "system", "config": "ls"},
        {"module": "os", "class_name": "function", "config": "system", "registered_name": "function"},
        {"module": "builtins", "class_name": "function", "config": "eval", "registered_name": "function"},
        {"module": "builtins", "class_name": "exec", "config": {"source": "1"}},
        {"module": "keras.utils", "class_name": "get_file", "config": {"origin": "http://localhost:9/x"}},
        {"module": "pykeras.registry.lambdas", "class_name": "load_function", "config": {"code": ""}},
        {"module": "keras.config", "class_name": "function", "config": "enable_unsafe_deserialization"},
        {"class_name": "__import__", "config": {"name": "os"}},
        {"class_name": ["L2"], "config": {}},
        {"class_name": "function", "config": {"name": "relu"}},
    ],
    ids=lambda c: str(c["class_name"]),
)
def test_only_registered_names_resolve(config):
    with pytest.raises(TypeError):
        registry.deserialize(config)


def make_adder(n):
    return lambda x, by=1: x + n + by


def test_lambdas_are_refused_in_safe_mode():
    config = json.loads(json.dumps(registry.serialize(make_adder(10))))
    assert config["class_name"] == "__lambda__"
    for refused in (
        lambda: registry.deserialize(config),
        lambda: registry.deserialize({"deep": [config]}),
        lambda: activations.get(config),
    ):
        with pytest.raises(ValueError, match="safe_mode=False"):
            refused()
    assert registry.deserialize(config, safe_mode=False)(5) == 16
    with registry.safe_mode_scope(False):
        assert registry.deserialize({"deep": [config]})["deep"][0](5) == 16
    with registry.safe_mode_scope(True), pytest.raises(ValueError, match="safe_mode"):
        registry.deserialize(config, safe_mode=False)


def test_safe_mode_reaches_nested_objects():
    config = registry.serialize(Knob(1, make_adder(1)))
    with pytest.raises(ValueError, match="safe_mode=False"):
        registry.deserialize(config, {"Knob": Knob})
    assert registry.deserialize(config, {"Knob": Knob}, safe_mode=False).inner(1) == 3


def test_enable_unsafe_deserialization(monkeypatch):
    from pykeras.registry import lambdas

    monkeypatch.setattr(lambdas, "_unsafe_everywhere", False)
    config = registry.serialize(make_adder(0))
    registry.enable_unsafe_deserialization()
    assert registry.deserialize(config)(1) == 2


@pytest.mark.parametrize("code", ["", "AAAA", "4wAAAA==", None])
def test_damaged_code(code):
    with pytest.raises(ValueError, match="stored lambda"):
        registry.load_function(code, safe_mode=False)


def test_dump_and_load_function():
    assert registry.load_function(*registry.dump_function(make_adder(3)), safe_mode=False)(1, by=2) == 6
    with pytest.raises(ValueError, match="needs 1 closure values, got 0"):
        registry.load_function(registry.dump_function(make_adder(3))[0], safe_mode=False)
    with pytest.raises(TypeError, match="only Python functions"):
        registry.dump_function(len)


# ---- names of Keras


def test_serialize_keras_object_functions():
    config = registry.serialize_keras_object(regularizers.L2(0.5))
    assert registry.deserialize_keras_object(config).l2 == 0.5
    assert registry.deserialize_keras_object(None) is None
    old = {"class_name": "Knob", "config": {"turns": 2, "inner": None}}
    assert (
        registry.deserialize_keras_object(old, module_objects={"Knob": Knob}, printable_module_name="knob").turns == 2
    )
    with pytest.raises(TypeError, match="unknown keyword"):
        registry.deserialize_keras_object(config, nonsense=1)


# ---- argument checks


@pytest.mark.parametrize(
    ("call", "result"),
    [
        (lambda: check.positive_int("n", np.int64(3)), 3),
        (lambda: check.non_negative_int("n", 0), 0),
        (lambda: check.integer("n", -2), -2),
        (lambda: check.number("n", np.float32(0.5)), 0.5),
        (lambda: check.positive_float("n", 2), 2.0),
        (lambda: check.fraction("n", 1), 1.0),
        (lambda: check.boolean("n", np.bool_(True)), True),
        (lambda: check.one_of("n", None, ("a", None)), None),
        (lambda: check.int_tuple("n", np.int32(2), 3), (2, 2, 2)),
        (lambda: check.int_tuple("n", [1, np.int64(2)], 2), (1, 2)),
        (lambda: check.shape("n", (None, 3)), (None, 3)),
        (lambda: check.shape("n", 3), (3,)),
    ],
)
def test_check_accepts(call, result):
    assert call() == result


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: check.positive_int("units", 0), "units: expected a positive integer, got 0"),
        (lambda: check.positive_int("units", True), "units: expected a positive integer, got True"),
        (lambda: check.positive_int("units", np.bool_(True)), "units: expected a positive integer, got "),
        (lambda: check.positive_int("units", 2.0), "units: expected a positive integer, got 2.0"),
        (lambda: check.positive_int("units", "2"), 'units: expected a positive integer, got "2"'),
        (lambda: check.non_negative_int("n", -1), "n: expected an integer of 0 or more, got -1"),
        (lambda: check.number("n", float("nan")), "n: expected a finite number, got nan"),
        (lambda: check.number("n", np.ones(2)), "n: expected a finite number, got array"),
        (lambda: check.positive_float("n", 0), "n: expected a positive number, got 0"),
        (lambda: check.fraction("rate", 1.5), "rate: expected a number from 0 to 1, got 1.5"),
        (lambda: check.boolean("flag", 2), "flag: expected True or False, got 2"),
        (lambda: check.one_of("mode", 1, (True, "x")), 'mode: expected one of True, "x", got 1'),
        (lambda: check.int_tuple("size", (1, 2, 3), 2), "size: expected an integer or 2 integers of 1 or more"),
        (lambda: check.int_tuple("size", (1, 0), 2), "size: expected an integer or 2 integers of 1 or more"),
        (lambda: check.int_tuple("size", "12", 2), 'got "12"'),
        (lambda: check.shape("shape", (2, -1)), "shape: expected a shape"),
        (lambda: check.shape("shape", "3"), "shape: expected a shape"),
        (lambda: check.shape("shape", 2.5), "shape: expected a shape"),
    ],
)
def test_check_refuses(call, message):
    with pytest.raises(ValueError) as error:
        call()
    assert message in str(error.value)
