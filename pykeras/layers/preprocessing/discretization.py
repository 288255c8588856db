"""Numbers to the bins that they fall into."""

from __future__ import annotations

from typing import Any

import numpy as np

from pykeras import check, ops, registry
from pykeras.keras_tensor import any_symbolic
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.layers.preprocessing.adapting import batches
from pykeras.layers.preprocessing.encoding import checked_mode, dense, encode
from pykeras.ops.host import host


@REGISTRY.register
class Discretization(Layer):
    """The number of the bin of each value: 0 below the first boundary, 1 from there to below the second, and so on.

    Arguments:
        bin_boundaries: ascending numbers; there is one more bin than boundaries.
        num_bins: in place of boundaries: the number of bins, whose boundaries ``adapt`` finds so that each holds about
            as many values (quantiles, from a summary that batches are merged into).
        epsilon: how exact the quantiles of large data are; smaller costs memory and time.
        output_mode: ``"int"``, ``"one_hot"``, ``"multi_hot"`` or ``"count"``; see :class:`CategoryEncoding`.
        sparse: not supported, raises ``ValueError``.

    >>> Discretization([0.0, 1.0, 2.0])([[-1.5, 1.0], [3.4, 0.5]]).tolist()
    [[0, 2], [3, 1]]
    """

    def __init__(self, bin_boundaries=None, num_bins=None, epsilon=0.01, output_mode="int", sparse=False, dtype=None,
                 name=None, **kwargs):  # fmt: skip
        bin_boundaries = kwargs.pop("bins", bin_boundaries)  # Keras 2.3's name
        super().__init__(name=name, dtype=None if dtype in ("int32", "int64") else dtype, **kwargs)
        if (num_bins is None) == (bin_boundaries is None):
            raise ValueError(
                f"give either bin_boundaries or num_bins, got bin_boundaries={bin_boundaries}, num_bins={num_bins}"
            )
        self.num_bins = None if num_bins is None else check.positive_int("num_bins", num_bins)
        self.bin_boundaries = None if bin_boundaries is None else _boundaries(bin_boundaries)
        self.epsilon = check.positive_float("epsilon", epsilon)
        self.output_mode = checked_mode(output_mode)
        self.sparse = dense("sparse", sparse)
        self.summary = np.zeros((2, 0), np.float32)

    def adapt(self, data, batch_size=None, steps=None):
        """Finds ``num_bins - 1`` boundaries in data; earlier ones are forgotten.

        Arguments:
            data: an array, or an iterable of batches (of which the first entry of a tuple counts).
            batch_size: accepted as in Keras 2; an array is taken in one piece.
            steps: number of batches.
        """
        self.reset_state()
        for batch in batches(self, data, steps):
            self.update_state(batch)
        self.finalize_state()

    def update_state(self, data):
        """Adds a batch to the summary."""
        self._check_adaptable()
        values = np.asarray(data)
        if values.dtype.kind not in "biuf":
            raise TypeError(f"{self._label}: adapt: expected numbers, got an array of dtype {values.dtype}")
        values = np.sort(values.astype(np.float32), axis=None)
        if values.size:
            step = max(values.size * self.epsilon, 1.0)
            points = values[int(step - 1) :: int(step)]
            both = np.concatenate([np.stack([points, np.full_like(points, step)]), self.summary], axis=1)
            self.summary = _compressed(both[:, np.argsort(both[0], kind="stable")], self.epsilon)

    def finalize_state(self):
        """Takes the boundaries from the summary."""
        if self.num_bins is not None and self.summary.shape[1]:
            self.bin_boundaries = _compressed(self.summary, 1.0 / self.num_bins)[0, :-1].tolist()

    def reset_state(self):
        """Forgets what was adapted to."""
        self._check_adaptable()
        self.summary = np.zeros((2, 0), np.float32)

    def _check_adaptable(self):
        if self.num_bins is None:
            raise ValueError(f"{self._label}: adapt: boundaries were given; use num_bins to have them found")

    def call(self, inputs):
        edges = self.bin_boundaries
        if edges is None:
            if not any_symbolic(inputs):  # a file's layer is described before what it was adapted to is read
                raise ValueError("has no boundaries yet: adapt it to data, or give bin_boundaries")
            edges = np.arange(1, self.num_bins)
        inputs = ops.cast(inputs, self.compute_dtype)
        edges = np.asarray(edges, self.compute_dtype)
        bins = host("discretize", lambda values: np.searchsorted(edges, values, "right"), [inputs],
                    [(inputs.shape, "int32")], gradient=lambda ins, outs, dy: [None])  # fmt: skip
        return encode(bins, self.output_mode, len(edges) + 1, "int32" if self.output_mode == "int"
                      else self.compute_dtype)  # fmt: skip

    def load_own_variables(self, store):
        if len(store):  # tf_keras keeps its summary
            self.summary = np.asarray(store["0"], np.float32)
            if self.bin_boundaries is None:
                self.finalize_state()

    def get_config(self):
        config = super().get_config()
        del config["trainable"]  # Keras 3 would not take it
        if registry.in_keras2_form() and self.output_mode == "int":
            config["dtype"] = "int64"  # that of the output, there
        return config

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        found = config.pop("bin_boundaries", None) if config.get("num_bins") is not None else None
        layer = super().from_config(config)
        if found is not None:
            layer.bin_boundaries = _boundaries(found)
        return layer


def _boundaries(values: Any) -> list[float]:
    array = np.asarray(values, np.float64)
    if array.ndim != 1 or not array.size or not (np.diff(array) >= 0).all():
        raise ValueError(f"bin_boundaries: expected ascending numbers, got {values!r}")
    return array.tolist()


def _compressed(summary: np.ndarray, epsilon: float) -> np.ndarray:
    """A summary (values and weights) of about ``1 / epsilon`` values, at equal steps of the weights added up."""
    if summary.shape[1] * epsilon < 1:
        return summary
    weights = summary[1].cumsum()
    parts = epsilon + np.arange(0.0, 1.0, epsilon)
    reached = weights / weights[-1]
    values = np.interp(parts, reached, summary[0])
    return np.stack([values, np.diff(np.interp(parts, reached, weights), prepend=0)]).astype(np.float32)
