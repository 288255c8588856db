"""What Keras 3's layers and models can be asked for and pykeras has not: said clearly, not left to AttributeError."""

from __future__ import annotations

from typing import Any, NoReturn


def _refuse(owner: Any, what: str, instead: str) -> NoReturn:
    raise NotImplementedError(f'{type(owner).__name__} "{owner.name}": {what} is not supported yet: {instead}')


class AbsentFeatures:
    """The part of a layer that names what it cannot do. Each method raises ``NotImplementedError``."""

    @property
    def quantization_mode(self) -> None:
        """None: the weights are as they were trained."""

    def quantize(self, mode: Any = None, type_check: bool = True, config: Any = None, filters: Any = None) -> NoReturn:
        _refuse(self, f"quantize({mode!r})", "kernels compute in float32 and float64")

    def quantized_build(self, input_shape: Any, mode: Any) -> NoReturn:
        _refuse(self, f"quantized_build(mode={mode!r})", "kernels compute in float32 and float64")

    def quantized_call(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse(self, "quantized_call", "kernels compute in float32 and float64")

    def get_quantization_layer_structure(self, mode: Any = None) -> NoReturn:
        _refuse(self, f"get_quantization_layer_structure({mode!r})", "kernels compute in float32 and float64")

    def rematerialized_call(self, layer_call: Any, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse(self, "rematerialized_call", "what the gradient needs of the forward pass is kept")
