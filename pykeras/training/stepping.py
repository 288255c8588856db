"""One batch: forward, loss, gradients, weights, metrics; to be overridden, recorded and replayed."""

import inspect
import warnings

import numpy as np

from pykeras import _core, ops, tree
from pykeras.differentiation import GradientTape
from pykeras.training import arrays
from pykeras.training.batches import to_tensors
from pykeras.training.compiling import Compiling
from pykeras.training.step import Step
from pykeras.training.weights import with_class_weight
from pykeras.utils.data_tuples import batch_of, unpack_x_y_sample_weight


class Stepping(Compiling):
    """The part of a model that handles one batch."""

    def train_step(self, data):
        """One batch of training.

        Override it for a training of your own: take ``data`` apart with ``x, y = data``, compute gradients with
        :class:`pykeras.GradientTape`, apply them with ``self.optimizer.apply_gradients``, return a dictionary of logs.

        Args:
            data: ``(x,)``, ``(x, y)`` or ``(x, y, sample_weight)``, as tensors.

        Returns:
            Name to value of loss and metrics.
        """
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        with GradientTape() as tape:
            y_pred = self._forward(x, training=True)
            loss = self._total_loss(x, y, y_pred, sample_weight, training=True)
            scaled = self.optimizer.scale_loss(loss)
        self._track_loss(loss, x)
        weights = self.trainable_variables
        if weights:
            self.optimizer.apply(tape.gradient(scaled, weights), weights)
        else:
            warnings.warn("The model has no trainable weights.", stacklevel=2)
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def test_step(self, data):
        """One batch of evaluation; see :meth:`train_step`."""
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        y_pred = self._forward(x, training=False)
        self._track_loss(self._total_loss(x, y, y_pred, sample_weight, training=False), x)
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def predict_step(self, data):
        """One batch of prediction: ``data`` as for :meth:`train_step`; returns the outputs."""
        x, _, _ = unpack_x_y_sample_weight(data)
        return self._forward(x, training=False)

    def _forward(self, x, training):
        return self(x, training=training) if getattr(self, "_call_has_training_arg", True) else self(x)

    def _total_loss(self, x, y, y_pred, sample_weight, training):
        """``compute_loss``, which may have been overridden without its newest argument."""
        arguments = {"x": x, "y": y, "y_pred": y_pred, "sample_weight": sample_weight}
        accepted = inspect.signature(self.compute_loss).parameters
        if "training" in accepted or any(p.kind is p.VAR_KEYWORD for p in accepted.values()):
            arguments["training"] = training
        return self.compute_loss(**arguments)

    def _track_loss(self, loss, x):
        if self.compiled:
            samples = next((leaf.shape[0] for leaf in tree.flatten(x) if leaf is not None), 1)
            self._compiled.loss_tracker.update_state(loss, sample_weight=float(samples))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """The loss of a batch: that of ``compile``, and what layers and regularizers add.

        Override it for a loss of your own.

        Args:
            x: inputs.
            y: labels.
            y_pred: outputs.
            sample_weight: weights of the samples.
            training: whether it is a batch of training.

        Returns:
            Scalar tensor.

        Raises:
            ValueError: when there is no loss at all, or labels do not fit the outputs.
        """
        total = None
        if self.compiled and self._compiled.loss is not None:
            if y is None:
                raise ValueError(
                    f"The loss {self.loss!r} needs labels, but y is None: pass y, or data that yields (x, y)"
                )
            total = self._compiled.loss(y, y_pred, sample_weight)
        for extra in self.losses:
            extra = ops.sum(extra)
            total = extra if total is None else total + ops.cast(extra, total.dtype)
        if total is not None:
            return total
        if training:
            raise ValueError("No loss to compute: give a loss to compile(), or add one with add_loss() in a layer")
        return ops.zeros(())

    # The functions that run a step

    def make_train_function(self, force=False):
        """The function of a batch that ``fit`` calls: :meth:`train_step`, recorded and replayed.

        Args:
            force: make it anew, after a change to what a step does.
        """
        return self._make("train", self.train_step, force)

    def make_test_function(self, force=False):
        """The function of a batch that ``evaluate`` calls; see :meth:`make_train_function`."""
        return self._make("test", self.test_step, force)

    def make_predict_function(self, force=False):
        """The function of a batch that ``predict`` calls; see :meth:`make_train_function`."""
        return self._make("predict", self.predict_step, force)

    def _forget_outdated_steps(self):
        """A recorded step would go on with the weights there were: drops it when weights were frozen, thawed or added."""
        changes = _core.trainable_changes()
        if changes == getattr(self, "_trained_at", None):
            return
        trainable, weights = (tuple(map(id, found)) for found in (self.trainable_variables, self._weights_so_far()))
        before = getattr(self, "_trained", ((), ()))
        outdated = ["train"] if trainable != before[0] else []
        if before[1] and weights != before[1]:
            outdated = ["train", "test", "predict"]
        for mode in outdated:
            object.__setattr__(self, f"{mode}_function", None)
        object.__setattr__(self, "_trained", (trainable, weights))
        object.__setattr__(self, "_trained_at", changes)

    def _make(self, mode, function, force):
        self._forget_outdated_steps()
        attribute = f"{mode}_function"
        if getattr(self, attribute) is None or force:
            step = Step(function, f"{self.name}: {mode}_step", run_eagerly=self.run_eagerly)
            object.__setattr__(self, attribute, step)
        return getattr(self, attribute)

    # One batch at a time

    def train_on_batch(self, x, y=None, sample_weight=None, class_weight=None, return_dict=False, reset_metrics=True):
        """Train on one batch.

        Args:
            x, y, sample_weight: arrays.
            class_weight: class number to weight.
            return_dict: return a dictionary instead of a list.
            reset_metrics: report this batch alone; otherwise loss and metrics are means over the calls.

        Returns:
            Loss, or list of loss and metrics, or dictionary.
        """
        self._assert_compiled("train_on_batch")
        batch = self._one_batch(x, y, sample_weight, class_weight)
        self._settle_metrics("train", lambda: batch)
        function = self.make_train_function()
        if reset_metrics:
            self._reset_metrics_of(function)
        return self._reported(function(batch), return_dict, function)

    def test_on_batch(self, x, y=None, sample_weight=None, return_dict=False, reset_metrics=True):
        """Loss and metrics of one batch; see :meth:`train_on_batch`."""
        self._assert_compiled("test_on_batch")
        batch = self._one_batch(x, y, sample_weight)
        self._settle_metrics("test", lambda: batch)
        function = self.make_test_function()
        if reset_metrics:
            self._reset_metrics_of(function)
        return self._reported(function(batch), return_dict, function)

    def predict_on_batch(self, x):
        """Outputs of one batch as NumPy arrays."""
        function = self.make_predict_function()
        if type(x) is np.ndarray and isinstance(function, Step):
            outputs = function.replay_array(x)
            if outputs is not None:
                return outputs
        batch = to_tensors((arrays.as_arrays(x, "x"),))
        return tree.map_structure(lambda t: np.array(t.numpy()), function(batch))

    def _one_batch(self, x, y, sample_weight, class_weight=None):
        x, y = arrays.as_arrays(x, "x"), arrays.as_arrays(y, "y")
        sample_weight = arrays.as_arrays(sample_weight, "sample_weight")
        arrays.sample_count(x=x, y=y, sample_weight=sample_weight)
        self._check_labels(y)
        sample_weight = with_class_weight(y, sample_weight, class_weight, getattr(self, "output_names", None))
        return to_tensors(batch_of(x, y, sample_weight))

    def _reset_metrics_of(self, function):
        """``reset_metrics`` before a step; once it is replayed no metric can join, so they are looked up no more."""
        metrics = getattr(function, "metrics", None)
        if metrics is None:
            metrics = self.metrics
            if isinstance(function, Step) and function.replays:
                function.metrics = metrics
        for metric in metrics:
            metric.reset_state()

    def _reports_metrics(self, mode):
        """Whether the logs of a step are the metrics' values, so that nobody needs what the step returns."""
        own = type(self)
        step = f"{mode}_step"
        return getattr(own, step) is getattr(Stepping, step) and own.compute_metrics is Stepping.compute_metrics

    def _settle_metrics(self, mode, batch):
        """Know the metrics of ``compile`` before a step of the user's own asks for them.

        Args:
            mode: ``"train"`` or ``"test"``.
            batch: function that gives a first batch.
        """
        wanted = self._compiled.metrics
        if wanted.built or not wanted.asked or self._reports_metrics(mode):
            return
        x, y, _ = unpack_x_y_sample_weight(batch())
        try:
            outputs = self._known_outputs()
            outputs = self._forward(x, training=False) if outputs is None else outputs
        except NotImplementedError:  # a model with steps of its own and no call
            return
        if y is not None:
            wanted.build(y, outputs)

    def _known_outputs(self):
        """Symbolic outputs, of a model that has them."""
        found = getattr(self, "_outputs_struct", None)
        found = getattr(self, "outputs", None) if found is None else found
        return found if tree.flatten(found) else None

    def _check_labels(self, y):
        """Raise ValueError for labels that are no class numbers, as far as the outputs are known already."""
        loss = self._compiled.loss if self.compiled else None
        if loss is None or y is None:
            return
        if not loss.built and getattr(self, "outputs", None) and type(self).compute_loss is Stepping.compute_loss:
            loss.build(y, self.output)
        loss.check_values(y)

    def _reported(self, logs, return_dict, function):
        """Logs as numbers: a dictionary, a list in the order of ``metrics_names``, or one number."""
        logs = as_numbers(logs)
        if return_dict:
            return logs
        order = getattr(function, "order", None)
        if order is None or logs.keys() != set(order):
            names = self.metrics_names
            order = names if set(names) == set(logs) else list(logs)
            if isinstance(function, Step) and function.replays:  # no metric can join a step that is replayed
                function.order = order
        values = [logs[name] for name in order]
        return values[0] if len(values) == 1 else values


def as_numbers(logs):
    """Logs with floats for scalars and NumPy arrays for other tensors."""
    if not isinstance(logs, dict):
        return {} if logs is None else {"loss": as_number(logs)}
    numbers = {}
    for name, value in logs.items():
        numbers.update(as_numbers(value) if isinstance(value, dict) else {name: as_number(value)})
    return numbers


def as_number(value):
    """A scalar as float; anything else as an array, or as it is."""
    if isinstance(value, (int, float, str)):
        return value
    if hasattr(value, "shape"):
        return float(value) if len(value.shape) == 0 else np.asarray(value)
    return value
