"""Layers one after another, as one layer."""

from __future__ import annotations

from pykeras.layers.layer import REGISTRY, Layer


@REGISTRY.register
class Pipeline(Layer):
    """The given layers applied in order: a chain of preprocessing steps that can be mapped over data.

    Arguments:
        layers: list of layers.

    >>> import pykeras
    >>> Pipeline([pykeras.layers.ReLU(), pykeras.layers.Flatten()])([[[-1.0], [2.0]]]).tolist()
    [[0.0, 2.0]]
    """

    def __init__(self, layers, name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        layers = list(layers)
        for layer in layers:
            if not isinstance(layer, Layer):
                raise ValueError(f"{type(self).__name__}: layers: expected layers, got {layer!r}")
        self._pipeline_layers = layers

    @property
    def layers(self):
        return self._pipeline_layers

    def append(self, layer):
        """Adds a layer at the end."""
        self._pipeline_layers.append(layer)

    def call(self, inputs, training=None, mask=None):
        for layer in self._pipeline_layers:
            kwargs = {}
            from pykeras.layers.shapes import signature_of

            takes = signature_of(layer)
            if takes.mask:
                kwargs["mask"] = mask
            if takes.training and training is not None:
                kwargs["training"] = training
            outputs = layer(inputs, **kwargs)
            mask = layer.compute_mask(inputs, mask)
            inputs = outputs
        return inputs

    def get_config(self):
        return {"layers": [REGISTRY.serialize(layer) for layer in self._pipeline_layers], "name": self.name}

    @classmethod
    def from_config(cls, config):
        layers = [REGISTRY.deserialize(layer) if isinstance(layer, dict) else layer for layer in config["layers"]]
        return cls(**{**config, "layers": layers})
