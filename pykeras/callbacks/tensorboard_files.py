"""Event files through the ``tensorboard`` package: scalars, histograms, images and graphs of models."""

import struct
import time
import zlib

import numpy as np

from pykeras import extras

BUCKETS = 30


def package():
    """The parts of the package that are used.

    Raises:
        ImportError: without it, naming the extra.
    """
    extras.package("tensorboard", "The callback TensorBoard", "tensorboard", "tensorboard")
    from tensorboard.compat.proto import event_pb2, summary_pb2
    from tensorboard.plugins.histogram import metadata as histograms
    from tensorboard.plugins.image import metadata as images
    from tensorboard.plugins.scalar import metadata as scalars
    from tensorboard.summary.writer.event_file_writer import EventFileWriter
    from tensorboard.util import tensor_util

    return event_pb2, summary_pb2, scalars, histograms, images, EventFileWriter, tensor_util.make_tensor_proto


class EventFile:
    """The event file of a folder, made when something is first written."""

    def __init__(self, folder):
        self.folder = folder
        self._writer = None

    def _write(self, tag, tensor, metadata, step):
        event_pb2, summary_pb2, _, _, _, writer, _ = package()
        if self._writer is None:
            self._writer = writer(self.folder)
        value = summary_pb2.Summary.Value(tag=tag, metadata=metadata, tensor=tensor)
        summary = summary_pb2.Summary(value=[value])
        self._writer.add_event(event_pb2.Event(wall_time=time.time(), step=int(step), summary=summary))

    def scalar(self, tag, value, step):
        """A point of a curve; arrays and texts among the logs are none, and left out."""
        if isinstance(value, str) or np.ndim(value):
            return
        *_, scalars, _, _, _, make = package()
        metadata = scalars.create_summary_metadata(display_name=None, description=None)
        self._write(tag, make(np.float32(value)), metadata, step)

    def histogram(self, tag, values, step):
        """Counts of values in ``BUCKETS`` intervals from the least to the largest; of the finite ones."""
        *_, histograms, _, _, make = package()
        values = np.asarray(values, "float64").reshape(-1)
        values = values[np.isfinite(values)]
        if values.size and values.min() == values.max():
            counts, edges = np.r_[np.zeros(BUCKETS - 1), values.size], np.full(BUCKETS + 1, values[0])
        else:
            counts, edges = np.histogram(values, BUCKETS)
        table = np.stack([edges[:-1], edges[1:], counts], axis=1).astype("float64")
        self._write(tag, make(table), histograms.create_summary_metadata(display_name=None, description=None), step)

    def images(self, tag, images, step, largest=3):
        """The first images of a batch ``(n, height, width, channels)`` with values from 0 to 1, or uint8."""
        *_, pictures, _, make = package()
        if images.dtype != np.uint8:
            images = np.round(np.clip(np.nan_to_num(images), 0, 1) * 255).astype("uint8")
        size = [str(images.shape[2]).encode(), str(images.shape[1]).encode()]
        texts = np.array([*size, *(png(image) for image in images[:largest])], dtype=object)
        metadata = pictures.create_summary_metadata(display_name=None, description=None, converted_to_tensor=True)
        self._write(tag, make(texts), metadata, step)

    def model(self, model):
        """The graph of a model's layers, from its configuration."""
        _, summary_pb2, *_, make = package()
        metadata = summary_pb2.SummaryMetadata()
        metadata.plugin_data.plugin_name = "graph_keras_model"
        metadata.plugin_data.content = b"1"
        self._write("keras", make(model.to_json()), metadata, 0)

    def flush(self):
        if self._writer is not None:
            self._writer.flush()

    def close(self):
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def png(image):
    """An array ``(height, width, channels)`` of uint8 with 1, 3 or 4 channels as a PNG file (RFC 2083)."""
    height, width, channels = image.shape
    kind = {1: 0, 3: 2, 4: 6}[channels]
    rows = np.concatenate([np.zeros((height, 1), "uint8"), image.reshape(height, -1)], axis=1)

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    body = zlib.compress(rows.tobytes())
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
