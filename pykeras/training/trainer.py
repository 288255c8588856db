"""Trainer: ``fit``, ``evaluate`` and ``predict`` over whatever data."""

import contextlib

import numpy as np

from pykeras import check, config, tree
from pykeras.callbacks.callback_list import CallbackList
from pykeras.callbacks.progbar_logger import default_verbose
from pykeras.training import arrays
from pykeras.training.array_batches import DEFAULT_BATCH_SIZE, ArrayBatches, OrderedBatches
from pykeras.training.batches import ran_dry
from pykeras.training.data import make_batches
from pykeras.training.epoch import run_epoch
from pykeras.training.keras2 import Keras2
from pykeras.training.state_tree import StateTree
from pykeras.training.stepping import Stepping
from pykeras.utils.data_tuples import unpack_x_y_sample_weight


class Trainer(Stepping, StateTree, Keras2):
    """Training, evaluation and prediction, as a part of Model."""

    def fit(
        self,
        x=None,
        y=None,
        batch_size=None,
        epochs=1,
        verbose="auto",
        callbacks=None,
        validation_split=0.0,
        validation_data=None,
        shuffle=True,
        class_weight=None,
        sample_weight=None,
        initial_epoch=0,
        steps_per_epoch=None,
        validation_steps=None,
        validation_batch_size=None,
        validation_freq=1,
        max_queue_size=10,
        workers=1,
        use_multiprocessing=False,
    ):
        """Train for a number of epochs.

        Args:
            x: inputs: array, list of numbers, list or dict of arrays by input; or a generator, sequence or other
                iterable of batches ``(x, y)`` or ``(x, y, sample_weight)``.
            y: labels, like ``x`` by output; None when ``x`` yields batches.
            batch_size: samples in a step, 32 for None.
            epochs: number of the last epoch.
            verbose: 0 for nothing, 1 for a bar, 2 for a line an epoch; ``"auto"`` is 1.
            callbacks: list of :class:`~pykeras.callbacks.Callback` objects.
            validation_split: the last part of the samples that is kept for validation, before they are shuffled.
            validation_data: ``(x, y)`` or ``(x, y, sample_weight)``, or an iterable of batches; comes before the split.
            shuffle: new order of samples each epoch, from NumPy's global generator; ``"batch"`` shuffles batches.
            class_weight: class number to weight.
            sample_weight: a weight for each sample, or for each place of a sequence ``(n, t)``.
            initial_epoch: number of the first epoch.
            steps_per_epoch: batches in an epoch.
            validation_steps: batches of a validation.
            validation_batch_size: samples in a batch of validation, ``batch_size`` by default.
            validation_freq: number of epochs between validations, or the epochs (counted from 1) that end with one.
            workers: threads or processes that make the batches of a sequence (a PyDataset knows its own), one thread
                for those of a generator; with 0 or 1 they are made between steps, in this thread.
            use_multiprocessing: processes instead of threads; they are spawned, and get the sequence by pickle.
            max_queue_size: batches made before they are needed.

        Returns:
            :class:`~pykeras.callbacks.History`, whose ``history`` holds loss and metrics of each epoch.

        Raises:
            ValueError: before ``compile``; for data of unequal length, without samples, of an unknown kind; for labels
                whose shape or values do not fit the outputs.

        Example:
            >>> import pykeras
            >>> model = pykeras.Sequential([pykeras.layers.Dense(1, input_dim=1)])
            >>> model.compile(loss="mse", optimizer=pykeras.optimizers.SGD(lr=0.1))
            >>> history = model.fit([1, 2, 3, 4], [1, 2, 3, 4], epochs=100, verbose=0)
            >>> history.history["loss"][-1] < 0.1
            True
        """
        self._assert_compiled("fit")
        epochs, initial_epoch = (
            check.positive_int("epochs", epochs),
            check.non_negative_int("initial_epoch", initial_epoch),
        )
        epochs = min(epochs, initial_epoch + (config.max_epochs() or epochs))
        if validation_split and validation_data is None:
            x, y, sample_weight, validation_data = self._split(x, y, sample_weight, validation_split)
        how = {"workers": workers, "use_multiprocessing": use_multiprocessing, "max_queue_size": max_queue_size}
        batches = make_batches(
            x, y, sample_weight, batch_size, steps_per_epoch, shuffle, class_weight, self._names(), **how
        )
        validation = None
        if validation_data is not None:
            validation = self._validation_batches(
                validation_data, validation_batch_size or batch_size, validation_steps, how
            )
        self._settle_metrics("train", batches.first)
        for each in (batches, validation):
            self._check_data(each)
        if not isinstance(callbacks, CallbackList):
            callbacks = CallbackList(
                callbacks,
                add_history=True,
                add_progbar=default_verbose(verbose) != 0,
                model=self,
                verbose=default_verbose(verbose),
                epochs=epochs,
                steps=batches.steps,
            )
        with closing(batches, validation):
            self._run_epochs(batches, validation, callbacks, initial_epoch, epochs, validation_freq)
        return self.history

    def _run_epochs(self, batches, validation, callbacks, initial_epoch, epochs, validation_freq):
        self.stop_training = False
        function = self.make_train_function()
        logs = {}
        run = callbacks.run
        run.batches, run.first_epoch = batches, initial_epoch
        callbacks.on_train_begin()
        initial_epoch = run.first_epoch
        for epoch in range(initial_epoch, initial_epoch if run.stopped else epochs):
            self.reset_metrics()
            callbacks.on_epoch_begin(epoch)
            measured = run_epoch(self, "train", batches, function, callbacks)
            if measured is None and epoch > initial_epoch:
                ran_dry(batches.steps)
                break
            logs = some(measured)
            batches.end_epoch()
            if validation is not None and validates(epoch + 1, validation_freq):
                measured = self._evaluate(validation, callbacks)
                logs = {**logs, **{f"val_{name}": value for name, value in measured.items()}}
            callbacks.on_epoch_end(epoch, logs)
            if self.stop_training:
                break
        if hasattr(self.optimizer, "finalize_variable_values"):
            self.optimizer.finalize_variable_values(self.trainable_variables)
        callbacks.on_train_end(logs)
        run.batches = run.batch = None

    def evaluate(
        self,
        x=None,
        y=None,
        batch_size=None,
        verbose="auto",
        sample_weight=None,
        steps=None,
        callbacks=None,
        return_dict=False,
        max_queue_size=10,
        workers=1,
        use_multiprocessing=False,
    ):
        """Loss and metrics on data.

        Args:
            x, y, batch_size, verbose, sample_weight, callbacks: as in :meth:`fit`.
            steps: number of batches.
            return_dict: return a dictionary instead of a list.
            max_queue_size, workers, use_multiprocessing: as in :meth:`fit`.

        Returns:
            The loss; with metrics, a list in the order of ``metrics_names``; or a dictionary.

        Raises:
            ValueError: as :meth:`fit`.
        """
        self._assert_compiled("evaluate")
        how = {"workers": workers, "use_multiprocessing": use_multiprocessing, "max_queue_size": max_queue_size}
        batches = make_batches(x, y, sample_weight, batch_size, steps, **how)
        self._settle_metrics("test", batches.first)
        self._check_data(batches)
        with closing(batches):
            logs = self._evaluate(batches, self._callbacks(callbacks, verbose, batches))
        return self._reported(logs, return_dict, self.make_test_function())

    def _evaluate(self, batches, callbacks):
        self.reset_metrics()
        if isinstance(batches, OrderedBatches):
            batches.rewind()
        callbacks.on_test_begin()
        logs = some(run_epoch(self, "test", batches, self.make_test_function(), callbacks))
        batches.end_epoch()
        callbacks.on_test_end(logs)
        return logs

    def predict(
        self,
        x,
        batch_size=None,
        verbose="auto",
        steps=None,
        callbacks=None,
        max_queue_size=10,
        workers=1,
        use_multiprocessing=False,
    ):
        """Outputs for inputs.

        Args:
            x, batch_size, verbose, callbacks: as in :meth:`fit`; of batches ``(x, y)`` only ``x`` counts.
            steps: number of batches.
            max_queue_size, workers, use_multiprocessing: as in :meth:`fit`.

        Returns:
            NumPy array with an entry for each sample; a list or dict of arrays for several outputs.

        Raises:
            ValueError: for data of an unknown kind, or inputs whose shape does not fit.
        """
        if isinstance(x, np.ndarray) and callbacks is None and steps is None and default_verbose(verbose) == 0:
            # One batch that nobody watches, the case of a program that serves: no more than the step itself.
            if x.ndim > 0 and 0 < len(x) <= (DEFAULT_BATCH_SIZE if batch_size is None else batch_size):
                return self.predict_on_batch(x)
        how = {"workers": workers, "use_multiprocessing": use_multiprocessing, "max_queue_size": max_queue_size}
        batches = make_batches(x, batch_size=batch_size, steps=steps, **how)
        callbacks = self._callbacks(callbacks, verbose, batches)
        told, progress = callbacks.wants_batches("predict"), callbacks.progress
        function = self.make_predict_function()
        parts = []
        callbacks.on_predict_begin()
        with closing(batches):
            for number, batch in enumerate(batches):
                if told:
                    callbacks.on_predict_batch_begin(number)
                outputs = function(batch)
                parts.append(tree.map_structure(lambda t: t.numpy() if hasattr(t, "numpy") else t, outputs))
                if told:
                    callbacks.on_predict_batch_end(number, {"outputs": outputs})
                elif progress is not None:
                    progress.seen = number + 1
                    if progress.due():
                        progress.step(number + 1, None)
        callbacks.on_predict_end()
        if not parts:
            raise ValueError("predict: the data yield no batch")
        return tree.map_structure(lambda *pieces: np.concatenate(pieces), *parts)

    def _callbacks(self, callbacks, verbose, batches):
        if isinstance(callbacks, CallbackList):
            return callbacks
        verbose = default_verbose(verbose)
        return CallbackList(
            callbacks, add_progbar=verbose != 0, model=self, verbose=verbose, epochs=1, steps=batches.steps
        )

    def _names(self):
        return getattr(self, "output_names", None)

    def _split(self, x, y, sample_weight, fraction):
        """Training arrays and validation data, cut from the arrays."""
        if not arrays.is_structure(x):
            raise ValueError(
                f"validation_split needs arrays, which can be cut; x is a {type(x).__name__}: pass validation_data"
            )
        named = {"x": x, "y": y, "sample_weight": sample_weight}
        data = tuple(arrays.as_arrays(value, name, lazily=True) for name, value in named.items())
        arrays.sample_count(**dict(zip(named, data, strict=True)))
        (x, y, sample_weight), validation_data = arrays.split(data, fraction)
        return x, y, sample_weight, validation_data

    def _validation_batches(self, data, batch_size, steps, how):
        if isinstance(data, (tuple, list)):
            if not 1 <= len(data) <= 3:
                raise ValueError(f"validation_data: expected (x, y) or (x, y, sample_weight), got {len(data)} entries")
            x, y, sample_weight = unpack_x_y_sample_weight(data)
            return make_batches(x, y, sample_weight, batch_size, steps, **how)
        return make_batches(data, batch_size=batch_size, steps=steps, **how)

    def _check_data(self, batches):
        if isinstance(batches, ArrayBatches):
            self._check_labels(unpack_x_y_sample_weight(batches.tensors)[1])


@contextlib.contextmanager
def closing(*data):
    """Whatever happens in the block, the threads and processes of these batches end with it."""
    try:
        yield
    finally:
        for batches in data:
            if batches is not None:
                batches.close()


def some(logs):
    """The logs of an epoch that had batches."""
    if logs is None:
        raise ValueError("The data yield no batch: the generator or iterable is empty or has run dry")
    return logs


def validates(epoch, frequency):
    """Whether the epoch of this number (counted from 1) ends with a validation."""
    if isinstance(frequency, (list, tuple, set, range)):
        return epoch in frequency
    return epoch % check.positive_int("validation_freq", frequency) == 0
