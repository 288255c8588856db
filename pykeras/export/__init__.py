"""Models for other runtimes: ONNX files."""

from __future__ import annotations

import os
from typing import Any

_FORMATS = ("onnx",)
_OTHERS = {"tf_saved_model": "TensorFlow", "openvino": "OpenVINO", "litert": "LiteRT"}


def export_model(model: Any, filepath: Any, format: str | None = None, verbose: Any = None, input_signature: Any = None,
                 **kwargs: Any) -> None:  # fmt: skip
    """Writes a model for inference into an ONNX file.

    Arguments:
        model: Sequential or functional, built.
        filepath: ending in ``.onnx``, or any with ``format="onnx"``.
        format: ``"onnx"``; by default what the suffix says.
        verbose: whether to say what was written.
        input_signature: must be None; the model's own inputs are the graph's, of any batch size.

    Raises:
        ImportError: the package onnx is not installed.
        ValueError: another format; a layer that ONNX cannot express, by name.
        OSError: the file cannot be written; one that was there stays.

    Example:
        >>> import os, tempfile, pykeras
        >>> model = pykeras.Sequential([pykeras.layers.Dense(2, input_shape=(3,))])
        >>> export_model(model, "model.tflite")
        Traceback (most recent call last):
            ...
        ValueError: model.tflite: the suffix says no format that can be written; expected .onnx
    """
    from pykeras.saving import atomic

    path = os.fspath(filepath)
    if format in _OTHERS:
        raise ValueError(f"export: the format {format!r} needs {_OTHERS[format]}; expected 'onnx'")
    if format is not None and format not in _FORMATS:
        raise ValueError(f"export: format: expected 'onnx', got {format!r}")
    if format is None and not path.endswith(".onnx"):
        raise ValueError(f"{path}: the suffix says no format that can be written; expected .onnx")
    if kwargs:
        raise TypeError(f"export: unknown argument {next(iter(kwargs))!r}")
    if input_signature is not None:
        raise ValueError("export: input_signature: the graph has the inputs of the model, of any batch size")
    from pykeras.export.model import onnx_model

    made = onnx_model(model).SerializeToString()
    with atomic.replacing(path) as temporary, open(temporary, "wb") as file:
        file.write(made)
    if verbose:
        print(f"{path}: {len(made):,} bytes of ONNX")


class ExportArchive:
    """Keras's collection of what goes into an export, for one model and one endpoint.

    Example:
        >>> import pykeras
        >>> archive = ExportArchive()
        >>> archive.track(pykeras.Sequential([pykeras.layers.Dense(2, input_shape=(3,))]))
        >>> archive.add_endpoint("serve", pykeras.ops.sin)
        Traceback (most recent call last):
            ...
        ValueError: add_endpoint: ONNX files hold the graph of one tracked model; functions cannot be traced
    """

    def __init__(self) -> None:
        self._tracked: list[Any] = []

    def track(self, resource: Any) -> None:
        """Adds the model that will be written.

        Raises:
            ValueError: there is one already, or it is no model.
        """
        from pykeras.models import Model

        if not isinstance(resource, Model) or self._tracked:
            raise ValueError(f"track: expected one model, got {type(resource).__name__} after {len(self._tracked)}")
        self._tracked.append(resource)

    def add_endpoint(self, name: str, fn: Any, input_signature: Any = None, **kwargs: Any) -> None:
        """Says which model is written: ``fn`` is the tracked one.

        Raises:
            ValueError: another function.
        """
        if kwargs or input_signature is not None or all(fn is not each for each in self._tracked):
            raise ValueError("add_endpoint: ONNX files hold the graph of one tracked model; functions cannot be traced")

    def write_out(self, filepath: Any, options: Any = None, verbose: bool = True) -> None:
        """Writes the tracked model; see ``export_model``.

        Raises:
            ValueError: none is tracked, or as there.
        """
        if not self._tracked or options is not None:
            raise ValueError("write_out: track a model first; options belong to TensorFlow's SavedModel")
        export_model(self._tracked[0], filepath, verbose=verbose)


__all__ = ["ExportArchive", "export_model"]
