"""Loss: what training makes small. Subclasses say it of each sample; the base takes weights, masks and the mean."""

from pykeras import ops, tree
from pykeras.keras_tensor import auto_name
from pykeras.losses import reduction as reductions


def as_tensor(value, dtype):
    """``value`` (array, list, scalar or tensor, possibly nested) as tensors of ``dtype``."""
    if isinstance(value, dict) or any(hasattr(leaf, "shape") and leaf.shape for leaf in tree.flatten(value)):
        return tree.map_structure(lambda leaf: ops.cast(ops.convert_to_tensor(leaf), dtype), value)
    return ops.cast(ops.convert_to_tensor(value), dtype)


class Loss:
    """Base class of losses.

    Subclass it with a ``call(y_true, y_pred)`` that returns one value a sample. Places that are not to count at all are
    left out by a boolean tensor as attribute ``_keras_mask`` of the result.

    Args:
        name: name of the loss, by default that of its class.
        reduction: how the values of a batch become the loss: ``"sum_over_batch_size"`` (the default, the mean over all
            values), ``"mean"``, ``"mean_with_sample_weight"`` (sum of weighted values over the sum of weights),
            ``"sum"``, or ``"none"``/None for the values themselves.
        dtype: dtype of the computation, ``floatx`` by default.

    Raises:
        ValueError: for an unknown reduction.

    Example:
        >>> import pykeras
        >>> class Cubed(pykeras.losses.Loss):
        ...     def call(self, y_true, y_pred):
        ...         return pykeras.ops.mean(pykeras.ops.abs(y_pred - y_true) ** 3, axis=-1)
        >>> float(Cubed()([[0.0], [1.0]], [[2.0], [1.0]]))
        4.0
    """

    def __init__(self, name=None, reduction="sum_over_batch_size", dtype=None):
        self.name = name or auto_name(type(self))
        self.reduction = reductions.standardize_reduction(reduction)
        self._dtype = reductions.compute_dtype(dtype)

    @property
    def dtype(self):
        return self._dtype

    def call(self, y_true, y_pred):
        """Loss of each sample: labels and predictions of shape ``(n, ..., k)`` to losses of shape ``(n, ...)``."""
        raise NotImplementedError(f"{type(self).__name__} has no call(y_true, y_pred)")

    def convert_labels(self, y_true):
        """Labels in the loss's dtype; losses on class numbers keep integers."""
        return as_tensor(y_true, self.dtype)

    def __call__(self, y_true, y_pred, sample_weight=None):
        mask = reductions.get_mask(y_pred)
        y_true, y_pred = self.convert_labels(y_true), as_tensor(y_pred, self.dtype)
        values = self.call(y_true, y_pred)
        counted = reductions.get_mask(values)
        if counted is not None:
            mask = counted if mask is None else ops.logical_and(mask, counted)
        return reductions.reduce_weighted_values(values, sample_weight, mask, self.reduction, self.dtype)

    def get_config(self):
        """Constructor arguments, enough to make the loss again with ``from_config``."""
        return {"name": self.name, "reduction": self.reduction}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


class LossFunctionWrapper(Loss):
    """A loss from a function ``fn(y_true, y_pred, **kwargs)`` that returns one value a sample.

    Args:
        fn: the function.
        reduction, name, dtype: as in :class:`Loss`.
        **kwargs: passed to ``fn`` at each call.

    Example:
        >>> import pykeras
        >>> loss = pykeras.losses.LossFunctionWrapper(pykeras.losses.mean_squared_error)
        >>> float(loss([[0.0, 0.0]], [[1.0, 3.0]]))
        5.0
    """

    def __init__(self, fn, reduction="sum_over_batch_size", name=None, dtype=None, **kwargs):
        super().__init__(name=name or getattr(fn, "__name__", None), reduction=reduction, dtype=dtype)
        self.fn = fn
        self._fn_kwargs = kwargs
        if type(self) is not LossFunctionWrapper:
            vars(self).update(kwargs)  # a loss's own options can be read: ``loss.from_logits``

    def call(self, y_true, y_pred):
        if hasattr(y_true, "shape") and hasattr(y_pred, "shape"):
            y_true, y_pred = reductions.align_ranks(y_true, y_pred)
        return self.fn(y_true, y_pred, **self._fn_kwargs)

    def get_config(self):
        config = {**super().get_config(), **self._fn_kwargs}
        if type(self) is LossFunctionWrapper:
            from pykeras import losses

            config["fn"] = losses.serialize(self.fn)
        return config

    @classmethod
    def from_config(cls, config):
        if "fn" in config:
            from pykeras import losses

            config = {**config, "fn": losses.get(config["fn"])}
        return cls(**config)

    def __repr__(self):
        return f"<{type(self).__name__} {self.name} reduction={self.reduction!r} {self._fn_kwargs or ''}>".replace(
            " >", ">"
        )


def as_pair(y_true, y_pred):
    """Labels and predictions as float tensors of one dtype and, where they differ by a last axis of one, one rank."""
    y_pred = ops.convert_to_tensor(y_pred)
    if "float" not in str(y_pred.dtype):
        y_pred = ops.cast(y_pred, reductions.compute_dtype(None))
    return reductions.align_ranks(ops.cast(ops.convert_to_tensor(y_true), y_pred.dtype), y_pred)
