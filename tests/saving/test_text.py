"""Configurations: JSON and YAML text, ``from_config``, ``clone_model``."""

import json

import numpy as np
import pytest
from parity import file_models

import pykeras
from pykeras import layers, models

yaml = pytest.importorskip("yaml")


@pytest.mark.parametrize("build", file_models.MODELS.values(), ids=file_models.MODELS)
def test_every_way_gives_the_same_structure(build):
    model = build(pykeras)
    wanted = json.loads(model.to_json())
    ways = [models.model_from_json(model.to_json()), models.model_from_yaml(model.to_yaml())]
    for again in ways:
        assert json.loads(again.to_json()) == wanted
    assert json.loads(models.clone_model(model).to_json()) == wanted
    del wanted["compile_config"]
    assert json.loads(type(model).from_config(model.get_config()).to_json()) == wanted


def test_yaml_of_keras_2():
    """As ``yaml.dump`` of Keras 2.2 wrote it: tuples with Python's tag."""
    text = """
backend: tensorflow
class_name: Sequential
config:
  name: sequential_1
  layers:
  - class_name: Dense
    config: {activation: relu, batch_input_shape: !!python/tuple [null, 3], units: 4, use_bias: true, name: dense_1}
keras_version: 2.2.4
"""
    model = models.model_from_yaml(text)
    assert model.input_shape == (None, 3) and model.layers[0].units == 4


def test_a_model_with_operations_runs_as_before():
    model = file_models.MODELS["operators"](pykeras)
    again = models.model_from_json(model.to_json())
    again.set_weights(model.get_weights())
    x = np.random.default_rng(0).random((2, 3, 4)).astype("float32")
    np.testing.assert_array_equal(model.predict(x, verbose=0), again.predict(x, verbose=0))


def test_unknown_operation():
    model = models.Model(x := layers.Input((3,)), layers.Dense(1)(x * 2.0))
    text = model.to_json().replace('"Multiply"', '"Frobnicate"')
    with pytest.raises(ValueError, match='op "Frobnicate" .* is not known here'):
        models.model_from_json(text)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"config": {}}', "3", '"abc"'])
def test_what_is_no_configuration(text):
    for read in (models.model_from_json, models.model_from_yaml):
        with pytest.raises(ValueError, match="no JSON|no YAML|class_name|expected a dictionary"):
            read(text)
