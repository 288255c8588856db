"""``compile``: what a model needs to know to be trained, and the metrics it reports."""

from pykeras import check, metrics, ops, optimizers, tree
from pykeras.layers import tracking
from pykeras.registry import deserialize_keras_object, serialize_keras_object, suggest
from pykeras.training.compile_loss import CompileLoss
from pykeras.training.compile_metrics import CompileMetrics


class Compiled:
    """What ``compile`` leaves with a model."""

    def __init__(self, optimizer, loss, metrics_, loss_tracker, arguments):
        self.optimizer = optimizer
        self.loss = loss
        self.metrics = metrics_
        self.loss_tracker = loss_tracker
        self.arguments = arguments


class Compiling:
    """The part of a model that ``compile`` sets up."""

    _compiled = None
    _optimizer = None
    train_function = None
    test_function = None
    predict_function = None
    stop_training = False
    _run_eagerly = False
    _steps_per_execution = 1
    jit_compile = "auto"
    auto_scale_loss = True
    history = None

    def compile(
        self,
        optimizer="rmsprop",
        loss=None,
        loss_weights=None,
        metrics=None,
        weighted_metrics=None,
        run_eagerly=False,
        steps_per_execution=1,
        jit_compile="auto",
        auto_scale_loss=True,
        **kwargs,
    ):
        """Set optimizer, losses and metrics.

        Args:
            optimizer: name or :class:`~pykeras.optimizers.Optimizer`.
            loss: name, function or :class:`~pykeras.losses.Loss`; for several outputs a list or dict of them by output,
                None for an output without loss. One loss stands for all outputs.
            loss_weights: factors of the outputs' losses in the total, list or dict.
            metrics: list of names, functions or :class:`~pykeras.metrics.Metric` objects; for several outputs a list of
                such lists or a dict by output. ``"accuracy"`` becomes the one that fits labels and outputs.
            weighted_metrics: the same, for metrics that take sample weights into account.
            run_eagerly: run each step in Python, for debugging.
            steps_per_execution: batches between two calls of callbacks' hooks for batches; ``"auto"`` is 1: without such
                hooks the loop over batches runs in C++ anyway.
            jit_compile: accepted; a step is always recorded, compiled and replayed.
            auto_scale_loss: accepted; there is no reduced precision whose loss would need scaling.
            **kwargs: Keras 2's ``sample_weight_mode`` (the weights' shape says it) and ``target_tensors`` (gone).

        Raises:
            ValueError: for unknown names of optimizers, losses, metrics and outputs, with the near ones.
            TypeError: for an unknown keyword.

        Example:
            >>> import pykeras
            >>> model = pykeras.Sequential([pykeras.layers.Dense(1, input_shape=(2,))])
            >>> model.compile(optimizer="sgd", loss="mse", metrics=["mae"])
            >>> model.evaluate([[1.0, 2.0]], [[0.0]], verbose=0, return_dict=True).keys()
            dict_keys(['loss', 'mae'])
        """
        self._refuse_unknown(kwargs)
        if metrics is None and _holds_names(loss_weights):
            loss_weights, metrics = None, loss_weights  # Keras 2's order: compile(optimizer, loss, metrics)
        arguments = {
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
            "run_eagerly": bool(run_eagerly),
            "steps_per_execution": 1
            if steps_per_execution == "auto"
            else check.positive_int("steps_per_execution", steps_per_execution),
            "jit_compile": jit_compile,
        }
        names = getattr(self, "output_names", None)
        compiled = Compiled(
            optimizers.get(optimizer),
            CompileLoss(loss, loss_weights, names) if loss is not None else None,
            CompileMetrics(metrics, weighted_metrics, names),
            _new_mean("loss"),
            arguments,
        )
        # the model's own attributes are looked through for layers and variables; these are none of them
        object.__setattr__(self, "_compiled", compiled)
        object.__setattr__(self, "_optimizer", compiled.optimizer)
        self._run_eagerly = bool(run_eagerly)
        self._steps_per_execution = arguments["steps_per_execution"]
        self.jit_compile = jit_compile
        self.auto_scale_loss = auto_scale_loss
        self.stop_training = False
        self._forget_functions()

    def _refuse_unknown(self, given):
        if given.pop("target_tensors", None) is not None:
            raise ValueError("compile(): target_tensors is gone with symbolic labels: pass labels to fit(x, y)")
        mode = given.pop("sample_weight_mode", None)
        if any(each not in (None, "temporal", "samplewise") for each in tree.flatten(mode)):
            raise ValueError(f'compile(): sample_weight_mode: expected None or "temporal", got {mode!r}')
        if given:
            name = next(iter(given))
            near = suggest(name, ["optimizer", "loss", "loss_weights", "metrics", "weighted_metrics", "run_eagerly"])
            hint = f": did you mean {near[0]!r}?" if near else ""
            raise TypeError(f"compile() got an unexpected keyword argument {name!r}{hint}")

    def __getstate__(self):
        """What is pickled and copied: all but recorded steps, which are recorded anew."""
        state = dict(super().__getstate__())
        for name in ("train_function", "test_function", "predict_function", "_trained", "_trained_at"):
            state.pop(name, None)
        return state

    def _forget_functions(self):
        for name in ("train_function", "test_function", "predict_function"):
            object.__setattr__(self, name, None)

    @property
    def compiled(self):
        """Whether ``compile`` was called."""
        return self._compiled is not None

    @property
    def optimizer(self):
        """The optimizer, None before ``compile``."""
        return self._optimizer

    @optimizer.setter
    def optimizer(self, optimizer):
        object.__setattr__(self, "_optimizer", optimizer)
        if self._compiled is not None:
            self._compiled.optimizer = optimizer
        object.__setattr__(self, "train_function", None)

    @property
    def loss(self):
        """The loss as it was given to ``compile``."""
        return self._compiled.arguments["loss"] if self.compiled else None

    @property
    def run_eagerly(self):
        """Whether steps run in Python each time."""
        return self._run_eagerly

    @run_eagerly.setter
    def run_eagerly(self, value):
        self._run_eagerly = bool(value)
        self._forget_functions()

    @property
    def steps_per_execution(self):
        """Batches between two calls of callbacks' hooks for batches."""
        return self._steps_per_execution

    @steps_per_execution.setter
    def steps_per_execution(self, value):
        self._steps_per_execution = check.positive_int("steps_per_execution", value)

    def _assert_compiled(self, method):
        if not self.compiled:
            raise ValueError(
                f"You must call `compile()` before `{method}()`: model.compile(optimizer='adam', loss='mse')"
            )

    # Metrics

    @property
    def metrics(self):
        """Metric objects: the loss, losses of the outputs, the metrics of ``compile``, those of layers."""
        found = []
        if self.compiled:
            found.append(self._compiled.loss_tracker)
            found.extend(self._compiled.loss.metrics if self._compiled.loss else ())
            found.extend(self._compiled.metrics.metrics)
        for layer in self._flatten_layers():
            if layer is self or not isinstance(layer, Compiling):
                found.extend(tracking.held(layer, (metrics.Metric,)))
        return tracking.unique(found)

    @property
    def metrics_names(self):
        """Names of the values that ``evaluate`` returns, in order."""
        return list(self._log_names().values())

    @property
    def metrics_variables(self):
        """Variables of all metrics."""
        return [variable for metric in self.metrics for variable in metric.variables]

    def _log_names(self):
        """Identity of each metric to its name in the logs."""
        names = {id(metric): metric.name for metric in self.metrics}
        if self.compiled:
            names.update({id(e.metric): e.name for e in self._compiled.metrics.entries if id(e.metric) in names})
        return names

    def reset_metrics(self):
        """Set every metric back to zero."""
        for metric in self.metrics:
            metric.reset_state()

    def get_metrics_result(self):
        """Name to value of every metric, as tensors."""
        names = self._log_names()
        results = {}
        for metric in self.metrics:
            value = metric.result()
            results.update(value if isinstance(value, dict) else {names[id(metric)]: value})
        return results

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        """Update the metrics of ``compile`` with a batch and return the values of all.

        Override it to compute metrics of your own.
        """
        if y is not None and self.compiled:
            self._compiled.metrics.update_state(y, y_pred, sample_weight)
        return self.get_metrics_result()

    @property
    def compiled_metrics(self):
        """The metrics of ``compile``, with ``update_state(y, y_pred, sample_weight)``."""
        return self._compiled.metrics if self.compiled else None

    @property
    def compiled_loss(self):
        """The loss of ``compile`` as a function ``(y, y_pred, sample_weight=None, regularization_losses=None)``."""
        return self._compute_compiled_loss if self.compiled and self._compiled.loss else None

    def _compute_compiled_loss(self, y_true, y_pred, sample_weight=None, regularization_losses=None):
        loss = self._compiled.loss(y_true, y_pred, sample_weight)
        for extra in regularization_losses or ():
            loss = loss + ops.sum(extra)
        self._compiled.loss_tracker.update_state(loss)
        return loss

    # Configuration

    def get_compile_config(self):
        """Arguments of ``compile`` as plain data, None before ``compile``."""
        if not self.compiled:
            return None
        plain = {name: serialize_keras_object(value) for name, value in self._compiled.arguments.items()}
        return {"optimizer": optimizers.serialize(self.optimizer), **plain}

    def compile_from_config(self, config):
        """``compile`` with arguments that :meth:`get_compile_config` gave."""
        arguments = {name: deserialize_keras_object(value) for name, value in config.items()}
        self.compile(**arguments)
        if getattr(self, "built", False) and self.optimizer is not None and not self.optimizer.built:
            self.optimizer.build(self.trainable_variables)


def _new_mean(name):
    return metrics.Mean(name=name)


def _holds_names(value):
    return isinstance(value, (list, tuple)) and any(isinstance(item, str) or callable(item) for item in value)
