"""What is in a model file, told without making the model: format, writer, layers, weights, sizes."""

from __future__ import annotations

import json
import math
import os

from pykeras.saving import archive, files, keras_archive, weights_hdf5


class Report:
    """What a file holds.

    Attributes:
        path, size: of the file, in bytes.
        format: for people.
        writer: who wrote it, as far as the file says.
        model: class and name of the model, or None.
        layers: list of (depth, class, name) as the configuration lists them.
        compiled: what ``compile`` was told (optimizer, loss), or None.
        weights: list of (path, shape, dtype).
        members: list of (name, size) of further members of an archive.
    """

    def __init__(self, path):
        self.path, self.size = os.fspath(path), os.path.getsize(path)
        self.format = self.writer = self.model = self.compiled = None
        self.layers, self.weights, self.members = [], [], []

    def __str__(self):
        lines = [self.path, f"  format   {self.format}, {self.size:,} bytes", f"  written  {self.writer or 'not said'}"]
        if self.model:
            lines.append(f"  model    {self.model}")
            lines += [f"    {'  ' * depth}{kind:<24} {name or ''}".rstrip() for depth, kind, name in self.layers]
            lines.append(f"  compiled {self.compiled or 'no'}")
        count = sum(math.prod(shape) for path, shape, _ in self.weights if not _of_optimizer(path))
        lines.append(f"  weights  {len(self.weights)} arrays, {count:,} values without the optimizer's")
        width = max([len(path) for path, _, _ in self.weights], default=0)
        lines += [f"    {path:<{width}}  {dtype:<8} {shape}" for path, shape, dtype in self.weights]
        lines += [f"  member   {name}, {size:,} bytes" for name, size in self.members]
        return "\n".join(lines)


def _of_optimizer(path):
    return path.startswith(("optimizer/", "optimizer_weights/"))


def inspect(path):
    """A report on a ``.keras``, HDF5 or JSON file of any Keras; ``str`` of it is what the command prints.

    Raises:
        FileNotFoundError, OSError, ValueError: no such file, none of these formats, a damaged or hostile one.

    Example:
        >>> import os, tempfile, pykeras
        >>> path = os.path.join(tempfile.mkdtemp(), "model.keras")
        >>> pykeras.Sequential([pykeras.layers.Dense(2, input_shape=(3,), name="out")], name="small").save(path)
        >>> inspect(path).layers
        [(0, 'InputLayer', 'out_input'), (0, 'Dense', 'out')]
    """
    report = Report(path)
    with open(path, "rb") as file:
        start = file.read(len(files.SIGNATURE))
    if start.startswith(archive.SIGNATURE):
        _archive(report)
    elif start == files.SIGNATURE:
        try:
            with files.reading(path) as file:
                _hdf5(report, file)
        except RecursionError as error:
            raise ValueError(f"{report.path}: its groups are nested without end; refused") from error
    else:
        with open(path, encoding="utf8") as file:
            _config(report, keras_archive.parse(file.read(), report.path))
        report.format = "configuration as JSON"
    return report


def _archive(report):
    with archive.Archive(report.path) as opened:
        metadata = keras_archive.metadata(opened)
        config = keras_archive.parse(opened.text(keras_archive.CONFIG), report.path)
        library = "tf_keras" if "tf_keras" in json.dumps(config) else "Keras"
        ours = f" by pykeras {metadata['pykeras_version']}" if "pykeras_version" in metadata else ""
        report.format = f".keras archive ({'Keras 2' if library == 'tf_keras' else 'Keras 3'} form)"
        report.writer = f"{library} {metadata.get('keras_version', '')} form{ours}, {metadata.get('date_saved', '')}"
        _config(report, config)
        if keras_archive.WEIGHTS in opened:
            with opened.unpacked(keras_archive.WEIGHTS) as weights, files.reading(weights) as file:
                report.weights = list(_arrays(file))
        known = (keras_archive.METADATA, keras_archive.CONFIG, keras_archive.WEIGHTS)
        report.members = [(name, opened.size(name)) for name in opened.names() if name not in known]


def _hdf5(report, file):
    version, backend = files.read_text(file, "keras_version"), files.read_text(file, "backend")
    report.writer = f"Keras {version or '?'}, backend {backend or '?'}" if version or backend else None
    config = files.read_text(file, "model_config")
    if config is not None:
        report.format = "HDF5, a whole model"
        _config(report, keras_archive.parse(config, report.path))
        training = files.read_text(file, "training_config")
        if training is not None:
            report.compiled = _compilation(json.loads(training))
    elif files.has_attribute(file, "layer_names"):
        report.format = "HDF5, weights in Keras 2's layout"
    elif files.has(file, "vars"):
        report.format = ".weights.h5, weights by paths of attributes"
    else:
        weights_hdf5.weights_group(file)  # says that it is no file of Keras
    report.weights = list(_arrays(file))


def _arrays(group, path=""):
    for name in files.names(group):
        inner = files.member(group, name)
        here = f"{path}/{name}" if path else name
        if hasattr(inner, "keys"):
            yield from _arrays(inner, here)
        else:
            yield here, tuple(inner.shape), inner.dtype.name


def _config(report, config):
    inner = config["config"]
    report.model = (
        f'{config["class_name"]} "{inner.get("name", "")}"' if isinstance(inner, dict) else config["class_name"]
    )
    report.layers = list(_layers(inner, 0))
    if config.get("compile_config"):
        report.compiled = _compilation(config["compile_config"])


def _layers(config, depth):
    entries = config if isinstance(config, list) else config.get("layers", ()) if isinstance(config, dict) else ()
    for entry in entries:
        if not isinstance(entry, dict):
            continue
        inner = entry.get("config")
        inner = inner if isinstance(inner, (dict, list)) else {}
        name = entry.get("name") or (inner.get("name") if isinstance(inner, dict) else None)
        yield depth, str(entry.get("class_name")), name
        yield from _layers(inner, depth + 1)


def _compilation(config):
    optimizer, loss = (_said(config.get(key)) for key in ("optimizer", "loss"))
    return f"optimizer {optimizer if optimizer != 'none' else _said(config.get('optimizer_config'))}, loss {loss}"


def _said(value):
    if isinstance(value, dict):
        if "class_name" in value:
            return _said(value["config"]) if value["class_name"] == "function" else str(value["class_name"])
        return "{" + ", ".join(f"{key}: {_said(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_said, value)) + "]"
    return "none" if value is None else str(value)
