"""Files to be made hostile, and what is put into them."""

import base64
import json
import marshal

import pytest

from pykeras import layers, models, saving


def small():
    return models.Sequential([layers.Input((4,)), layers.Dense(3, name="one"), layers.Dense(2, name="two")])


def with_layer(**entry):
    config = json.loads(small().to_json())
    config["config"]["layers"][1] = entry
    return config


def lambda_config():
    code = base64.b64encode(marshal.dumps((lambda x: x).__code__)).decode()
    return {"class_name": "__lambda__", "config": {"value": [code, None, None]}}


def as_every_format(config, archive, hdf5):
    """Functions that read a configuration in each format there is."""

    def put(members):
        members["config.json"] = json.dumps(config)

    def attribute(file):
        file.attrs["model_config"] = json.dumps(config)

    yaml = pytest.importorskip("yaml")
    path, path5 = archive(put), hdf5(attribute)
    return {
        "keras": lambda **safe: models.load_model(path, **safe),
        "h5": lambda **safe: models.load_model(path5, **safe),
        "json": lambda **safe: models.model_from_json(json.dumps(config), **safe),
        "yaml": lambda **safe: models.model_from_yaml(yaml.safe_dump(config), **safe),
        "from_config": lambda **safe: models.Sequential.from_config(config["config"]),
        "model_from_config": lambda **safe: models.model_from_config(config),
        "deserialize": lambda **safe: saving.deserialize_keras_object(config, **safe),
    }


FORMATS = ("keras", "h5", "json", "yaml", "from_config", "model_from_config", "deserialize")
