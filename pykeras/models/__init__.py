"""Models."""

from pykeras.models.cloning import clone_model
from pykeras.models.functional import Functional
from pykeras.models.model import REGISTRY, Model
from pykeras.models.sequential import Sequential

deserialize = REGISTRY.deserialize


def model_from_json(json_string: str, custom_objects: dict | None = None):
    """The model of ``Model.to_json``, without weights."""
    import json

    return REGISTRY.deserialize(json.loads(json_string), custom_objects)


def load_model(filepath, custom_objects=None, compile=True, safe_mode=True):
    """A model from a file; see ``pykeras.saving.load_model``."""
    from pykeras import saving

    return saving.load_model(filepath, custom_objects=custom_objects, compile=compile, safe_mode=safe_mode)


def save_model(model, filepath, overwrite=True, **kwargs):
    """Saves a model to a file; see ``pykeras.saving.save_model``."""
    from pykeras import saving

    saving.save_model(model, filepath, overwrite=overwrite, **kwargs)


__all__ = ["Functional", "Model", "Sequential", "clone_model", "load_model", "model_from_json", "save_model"]
