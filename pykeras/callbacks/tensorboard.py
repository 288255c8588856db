"""TensorBoard: what the program of that name shows of a training."""

import os
import time
import warnings

import numpy as np

from pykeras.callbacks.callback import Callback
from pykeras.callbacks.rates import rate_logs
from pykeras.callbacks.tensorboard_files import EventFile, package


class TensorBoard(Callback):
    """Writes event files for TensorBoard: ``log_dir/train`` and ``log_dir/validation``.

    Needs the package tensorboard (``pip install pykeras[tensorboard]``); ``tensorboard --logdir logs`` shows them.

    Args:
        log_dir: folder.
        histogram_freq: epochs between histograms of the weights, 0 for none.
        write_graph: write the graph of the layers, of models that have a configuration.
        write_images: write weights as images too, each time with the histograms.
        write_steps_per_second: write the speed, of epochs and (as ``update_freq`` says) batches.
        update_freq: ``"epoch"``; ``"batch"`` or a number: write loss and metrics each so many batches as well.
        profile_batch: 0; there is no profile to write.
        embeddings_freq: epochs between copies of the weights of Embedding layers for the projector, 0 for none.
        embeddings_metadata: file with a label for each row of an embedding, or a dict of layer name to file.

    Raises:
        ImportError: without the package.
        ValueError: for a ``profile_batch`` other than 0, an unknown ``update_freq``, and names in
            ``embeddings_metadata`` that are no Embedding layer's.
    """

    def __init__(
        self,
        log_dir="logs",
        histogram_freq=0,
        write_graph=True,
        write_images=False,
        write_steps_per_second=False,
        update_freq="epoch",
        profile_batch=0,
        embeddings_freq=0,
        embeddings_metadata=None,
    ):
        super().__init__()
        package()
        if profile_batch not in (0, "0"):
            raise ValueError(
                f"TensorBoard: profile_batch={profile_batch!r}: the profiler page shows what TensorFlow and XLA measure "
                "of themselves; pykeras has nothing for it, expected 0"
            )
        update_freq = 1 if update_freq == "batch" else update_freq
        if update_freq != "epoch" and (isinstance(update_freq, bool) or not isinstance(update_freq, int)):
            raise ValueError(f'TensorBoard: update_freq: expected "epoch", "batch" or a number, got {update_freq!r}')
        self.log_dir, self.histogram_freq, self.write_graph = os.fspath(log_dir), histogram_freq, write_graph
        self.write_images, self.write_steps_per_second = write_images, write_steps_per_second
        self.update_freq, self.embeddings_freq = update_freq, embeddings_freq
        self.embeddings_metadata = embeddings_metadata
        self._train = EventFile(os.path.join(self.log_dir, "train"))
        self._validation = EventFile(os.path.join(self.log_dir, "validation"))
        self._train_batches = self._test_batches = 0
        if update_freq != "epoch":
            self.on_train_batch_end, self.on_test_batch_end = self._train_batch, self._test_batch

    def on_train_begin(self, logs=None):
        self._train_batches = self._test_batches = 0
        self._batch_began = time.perf_counter()
        self._graph_is_due = self.write_graph
        if self.embeddings_freq:
            self._write_projector()

    def on_epoch_begin(self, epoch, logs=None):
        self._iterations, self._began = self._steps(), time.perf_counter()

    def _steps(self):
        return int(getattr(self.model.optimizer, "iterations", 0))

    def _train_batch(self, batch, logs=None):
        self._train_batches += 1
        if self._train_batches % self.update_freq:
            return
        for name, value in (logs or {}).items():
            self._train.scalar(f"batch_{name}", value, self._train_batches)
        if self.write_steps_per_second:
            now = time.perf_counter()
            rate = self.update_freq / max(now - self._batch_began, 1e-9)
            self._train.scalar("batch_steps_per_second", rate, self._train_batches)
            self._batch_began = now

    def _test_batch(self, batch, logs=None):
        self._test_batches += 1
        if self._test_batches % self.update_freq == 0:
            for name, value in (logs or {}).items():
                self._validation.scalar(f"batch_{name}", value, self._test_batches)

    def on_test_end(self, logs=None):
        for name, value in (logs or {}).items():
            self._validation.scalar(f"evaluation_{name}_vs_iterations", value, self._steps())
        self._validation.flush()

    def on_epoch_end(self, epoch, logs=None):
        logs = dict(logs or {})
        if self._graph_is_due:
            self._write_graph()
        for name in [name for name in logs if name.startswith("val_")]:
            self._validation.scalar(f"epoch_{name.removeprefix('val_')}", logs.pop(name), epoch)
        if getattr(self.model, "optimizer", None) is not None:
            logs.update(rate_logs(self.model.optimizer))
        if self.write_steps_per_second:
            rate = (self._steps() - self._iterations) / max(time.perf_counter() - self._began, 1e-9)
            logs["steps_per_second"] = rate
        for name, value in logs.items():
            self._train.scalar(f"epoch_{name}", value, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_weights(epoch)
        if self.embeddings_freq and epoch % self.embeddings_freq == 0:
            self._write_embeddings()
        self._train.flush()
        self._validation.flush()

    def on_train_end(self, logs=None):
        self._train.close()
        self._validation.close()

    def _write_graph(self):
        self._graph_is_due = False
        if not getattr(self.model, "inputs", None):
            return  # a subclass of Model: its layers are known, how they are connected is not
        try:
            self._train.model(self.model)
        except (TypeError, ValueError, NotImplementedError) as error:
            warnings.warn(f"TensorBoard: the graph is not written, the model has no JSON: {error}", stacklevel=2)

    def _write_weights(self, epoch):
        for layer in self.model.layers:
            for weight in layer.weights:
                values = weight.numpy()
                self._train.histogram(f"{weight.path}/histogram", values, epoch)
                if self.write_images and (pictures := as_images(values)) is not None:
                    self._train.images(f"{weight.path}/image", pictures, epoch)

    # The projector

    def _embeddings(self):
        from pykeras.layers import Embedding

        return [layer for layer in self.model._flatten_layers() if isinstance(layer, Embedding)]

    def _write_projector(self):
        layers = self._embeddings()
        labels = self.embeddings_metadata or {}
        if not isinstance(labels, dict):
            labels = {layer.name: os.fspath(labels) for layer in layers}
        unknown = sorted(set(labels) - {layer.name for layer in layers})
        if unknown:
            raise ValueError(
                f"TensorBoard: embeddings_metadata names {', '.join(map(repr, unknown))}, but the Embedding layers are "
                f"{', '.join(repr(layer.name) for layer in layers) or 'none'}"
            )
        entries = []
        for layer in layers:
            entry = [f'  tensor_name: "{layer.name}"', f'  tensor_path: "{_table(layer)}"']
            if layer.name in labels:
                entry.append(f'  metadata_path: "{labels[layer.name]}"')
            entries.append("embeddings {\n" + "\n".join(entry) + "\n}\n")
        os.makedirs(self.log_dir, exist_ok=True)
        with open(os.path.join(self.log_dir, "projector_config.pbtxt"), "w", encoding="utf-8") as file:
            file.writelines(entries)

    def _write_embeddings(self):
        for layer in self._embeddings():
            np.savetxt(os.path.join(self.log_dir, _table(layer)), layer.get_weights()[0], fmt="%.6g", delimiter="\t")


def _table(layer):
    return f"{layer.name}.tsv".replace("/", "_")


def as_images(weight):
    """A weight as images ``(n, height, width, channels)``; None for one that cannot be shown.

    Vectors are a column, matrices lie on their long side, of three axes the last counts the images.
    """
    weight = np.squeeze(weight)
    if weight.ndim == 1:
        return weight.reshape(1, -1, 1, 1)
    if weight.ndim == 2:
        weight = weight.T if weight.shape[0] > weight.shape[1] else weight
        return weight[None, :, :, None]
    if weight.ndim == 3:
        return weight.transpose(2, 0, 1)[..., None]
    return weight if weight.ndim == 4 and weight.shape[-1] in (1, 3, 4) else None
