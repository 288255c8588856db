"""Models."""

from pykeras.models.cloning import clone_model
from pykeras.models.functional import Functional
from pykeras.models.model import REGISTRY, Model
from pykeras.models.sequential import Sequential

deserialize = REGISTRY.deserialize


def model_from_json(json_string, custom_objects=None, safe_mode=True):
    """The model of ``Model.to_json``, without weights; see ``pykeras.saving.text``."""
    from pykeras.saving import text

    return text.model_from_json(json_string, custom_objects, safe_mode)


def model_from_yaml(yaml_string, custom_objects=None, safe_mode=True):
    """The model of ``Model.to_yaml``, without weights; see ``pykeras.saving.text``."""
    from pykeras.saving import text

    return text.model_from_yaml(yaml_string, custom_objects, safe_mode)


def model_from_config(config, custom_objects=None):
    """The model of a configuration ``{"class_name", "config"}`` of any Keras."""
    from pykeras.saving import keras_archive

    if not isinstance(config, dict) or "class_name" not in config or "config" not in config:
        raise ValueError(f"model_from_config: expected a dict with class_name and config, got {type(config).__name__}")
    return keras_archive.model_from(config, "the configuration", custom_objects)


def load_model(filepath, custom_objects=None, compile=True, safe_mode=True):
    """A model from a file; see ``pykeras.saving.load_model``."""
    from pykeras import saving

    return saving.load_model(filepath, custom_objects=custom_objects, compile=compile, safe_mode=safe_mode)


def save_model(model, filepath, overwrite=True, zipped=None, **kwargs):
    """Saves a model to a file; see ``pykeras.saving.save_model``."""
    from pykeras import saving

    saving.save_model(model, filepath, overwrite=overwrite, zipped=zipped, **kwargs)


__all__ = ["Functional", "Model", "Sequential", "clone_model", "load_model", "model_from_config",
           "model_from_json", "model_from_yaml", "save_model"]  # fmt: skip
