"""Optimizer: gradients to changes of weights, written in ops so that a replayed step can run it."""

import re
import warnings

from pykeras import check, ops
from pykeras.keras_tensor import auto_name
from pykeras.optimizers import clipping, signature
from pykeras.optimizers.averages import Averages
from pykeras.optimizers.rate import Rate
from pykeras.optimizers.state import State, only_if
from pykeras.optimizers.ways import Ways
from pykeras.variables import Variable


class Optimizer(Rate, State, Averages, Ways):
    """Base class of optimizers.

    A subclass names its slots, variables kept for each weight, and says in :meth:`update` how a weight changes.

    Args:
        learning_rate: a number (kept in a variable that may be set at any time), a
            :class:`~pykeras.optimizers.schedules.LearningRateSchedule`, or a function without arguments.
        weight_decay: each step first takes ``learning_rate · weight_decay · weight`` from each weight.
        clipnorm: largest norm of the gradient of one weight.
        clipvalue: largest absolute value in a gradient.
        global_clipnorm: largest norm of all gradients together.
        use_ema: keep moving averages of the weights, which become the weights when training ends.
        ema_momentum: share of the average that a step keeps.
        ema_overwrite_frequency: number of steps after which the weights become their averages, again and again.
        loss_scale_factor: the loss is multiplied by it before gradients are taken, gradients divided by it after.
        gradient_accumulation_steps: gradients of so many steps are averaged before the weights change.
        name: name of the optimizer, by default that of its class.
        **kwargs: ``lr`` for ``learning_rate``; ``decay``: the rate is divided by ``1 + decay · iterations``.

    Raises:
        TypeError: for an unknown keyword, with the near ones.
        ValueError: for a value out of its range.

    Example:
        >>> import pykeras
        >>> class Descent(pykeras.optimizers.Optimizer):
        ...     def update(self, variable, gradient, learning_rate, slots):
        ...         variable.assign_sub(learning_rate * gradient)
        >>> weight = pykeras.Variable([1.0, 2.0])
        >>> Descent(learning_rate=0.5).apply([pykeras.ops.ones((2,))], [weight])
        >>> weight.numpy().tolist()
        [0.5, 1.5]
    """

    #: Names of the variables kept for each weight. Each entry is a pass over the weights; a tuple's are made together.
    slots: tuple = ()
    #: Names of the constructor's own arguments: attributes that ``get_config`` writes beside the shared ones.
    own_arguments: tuple = ()
    #: Whether the constructor passes the shared arguments on.
    takes_shared_arguments = True

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        signature.merge(cls, Optimizer)

    def __init__(
        self,
        learning_rate,
        weight_decay=None,
        clipnorm=None,
        clipvalue=None,
        global_clipnorm=None,
        use_ema=False,
        ema_momentum=0.99,
        ema_overwrite_frequency=None,
        loss_scale_factor=None,
        gradient_accumulation_steps=None,
        name=None,
        **kwargs,
    ):
        learning_rate = kwargs.pop("lr", learning_rate)
        decay = kwargs.pop("decay", None)
        signature.refuse_unknown(type(self), kwargs)
        limits = {"clipnorm": clipnorm, "clipvalue": clipvalue, "global_clipnorm": global_clipnorm}
        limits = {argument: check.positive_float(argument, v) for argument, v in limits.items() if v is not None}
        if len(limits) > 1:
            raise ValueError(f"Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set, got {limits}")
        if gradient_accumulation_steps is not None and gradient_accumulation_steps < 2:
            raise ValueError(f"gradient_accumulation_steps: expected 2 or more, got {gradient_accumulation_steps}")
        if ema_overwrite_frequency is not None:
            check.positive_int("ema_overwrite_frequency", ema_overwrite_frequency)
        self.name = name or auto_name(type(self))
        self.weight_decay = weight_decay
        self.clipnorm, self.clipvalue, self.global_clipnorm = clipnorm, clipvalue, global_clipnorm
        self.use_ema = use_ema
        self.ema_momentum = check.fraction("ema_momentum", ema_momentum)
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self.built = False
        self._variables = []
        self._undecayed = ((), ())
        self._rates = {}
        self._iterations = Variable(0, dtype="int64", trainable=False, name="iteration")
        self._track(self._iterations)
        self._set_up_rate(learning_rate, decay)

    @property
    def iterations(self):
        """Number of steps taken (of changes of weights, when gradients are accumulated)."""
        if self.gradient_accumulation_steps:
            return ops.floor_divide(self._iterations, self.gradient_accumulation_steps)
        return self._iterations

    @iterations.setter
    def iterations(self, value):
        self._iterations.assign(value)

    # What a subclass says

    def update(self, variable, gradient, learning_rate, slots):
        """Change ``variable`` by one step, in ops.

        Args:
            variable: the weight, to be assigned to.
            gradient: its gradient after clipping.
            learning_rate: what :meth:`step_size` made of the learning rate; by default a scalar tensor of the
                weight's dtype.
            slots: the weight's slots as attributes: ``slots.momentum``, ...
        """
        raise NotImplementedError(f"{type(self).__name__} has no update(variable, gradient, learning_rate, slots)")

    def step_size(self, learning_rate, dtype):
        """The part of a step that is the same for all weights of a dtype, computed once a step."""
        return learning_rate

    def begin_step(self):
        """What an optimizer does once a step, before the weights change."""

    def update_step(self, gradient, variable, learning_rate):
        """Change one weight; optimizers written for Keras 3 override it."""
        dtype = variable.dtype
        key = (id(learning_rate), dtype)
        if key not in self._rates:
            rate = ops.cast(ops.convert_to_tensor(learning_rate), dtype)
            # the rate is kept with its size: an id is only good while its object lives
            self._rates[key] = learning_rate, self.step_size(rate, dtype)
        slots = self._slots[self._get_variable_index(variable)]
        self.update(variable, ops.cast(gradient, dtype), self._rates[key][1], slots)

    # A step

    def apply(self, grads, trainable_variables=None):
        """Change the weights by their gradients.

        Args:
            grads: gradients, one for each weight; None for one that has none, with a warning.
            trainable_variables: the weights; those the optimizer was built with by default.

        Raises:
            ValueError: when the numbers differ, no weight has a gradient, or a weight is unknown.
        """
        grads = list(grads)
        if trainable_variables is None:
            if not self.built:
                raise ValueError(f"{self.name}: give the variables too, apply(grads, variables), or build it first")
            trainable_variables = self._trainable_variables
        variables = list(trainable_variables)
        if len(grads) != len(variables):
            raise ValueError(f"{self.name}: got {len(grads)} gradients for {len(variables)} variables")
        if not grads:
            return
        self.build(variables)
        grads, variables = self._with_gradients(grads, variables)
        try:
            self._step(grads, variables)
        finally:
            self._rates = {}
        for variable in variables:
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable.value))

    def _with_gradients(self, grads, variables):
        missing = [v.path for gradient, v in zip(grads, variables, strict=True) if gradient is None]
        if len(missing) == len(grads):
            raise ValueError(f"No gradient for any variable ({', '.join(missing[:5])}): does the loss depend on them?")
        if missing:
            warnings.warn(f"No gradient for the variables {', '.join(missing)}; they stay as they are.", stacklevel=4)
        pairs = [(g, v) for g, v in zip(grads, variables, strict=True) if g is not None]
        return [g for g, _ in pairs], [v for _, v in pairs]

    def _step(self, grads, variables):
        if self.loss_scale_factor:
            grads = [gradient / self.loss_scale_factor for gradient in grads]
        if self.gradient_accumulation_steps:
            self._accumulate(grads, variables)
        else:
            self._change(grads, variables)
        self._update_averages()
        self._iterations.assign_add(1)

    def _change(self, grads, variables):
        own = [place for place, variable in enumerate(variables) if not variable.overwrite_with_gradient]
        for gradient, variable in zip(grads, variables, strict=True):
            if variable.overwrite_with_gradient:
                variable.assign(gradient)
        grads, variables = self._clip([grads[place] for place in own]), [variables[place] for place in own]
        rate = self._current_rate()
        self._decay_weights(variables, rate)
        self.begin_step()
        for gradient, variable in zip(grads, variables, strict=True):
            self.update_step(gradient, variable, rate)

    def _accumulate(self, grads, variables):
        """Add gradients up; every so many steps change the weights by their mean. One recording does both."""
        steps = self.gradient_accumulation_steps
        due = ops.equal((self._iterations + 1) % steps, 0)
        sums = [self._accumulated_gradients[self._get_variable_index(v)] for v in variables]
        totals = [total + gradient for total, gradient in zip(sums, grads, strict=True)]
        kept = {id(v) for v in (self._iterations, self._learning_rate, *self._accumulated_gradients)}
        kept |= {id(v) for v in self._model_variables_moving_average}
        with only_if(due, [v for v in (*variables, *self._variables) if id(v) not in kept]):
            # what replaces its weight is no gradient: the last one counts, not their mean
            due_grads = [
                gradient if variable.overwrite_with_gradient else total / steps
                for gradient, total, variable in zip(grads, totals, variables, strict=True)
            ]
            self._change(due_grads, variables)
        for variable, total in zip(sums, totals, strict=True):
            variable.assign(ops.where(due, ops.zeros_like(total), total))

    def _clip(self, grads):
        if self.clipnorm:
            return clipping.clip_by_norm(grads, self.clipnorm)
        if self.global_clipnorm:
            return clipping.clip_by_global_norm(grads, self.global_clipnorm)
        return clipping.clip_by_value(grads, self.clipvalue) if self.clipvalue else grads

    # Weight decay and loss scale

    def exclude_from_weight_decay(self, var_list=None, var_names=None):
        """Leave weights out of weight decay: the variables themselves, or regular expressions found in their paths."""
        if self.built:
            raise ValueError("exclude_from_weight_decay() comes before the optimizer is built, that is before training")
        self._undecayed = (tuple(var_list or ()), tuple(var_names or ()))

    def _use_weight_decay(self, variable):
        listed, patterns = self._undecayed
        return all(variable is not other for other in listed) and not any(re.search(p, variable.path) for p in patterns)

    def weight_decay_of(self, variable):
        """The weight decay of a weight that is not excluded from it, or None."""
        return self.weight_decay

    def _decay_weights(self, variables, rate):
        for variable in variables:
            decay = self.weight_decay_of(variable)
            if decay is not None and self._use_weight_decay(variable):
                variable.assign_sub(variable * (ops.cast(rate, variable.dtype) * decay))

    def scale_loss(self, loss):
        """The loss that gradients are taken of: ``loss · loss_scale_factor``."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def get_config(self):
        """Constructor arguments, enough to make the optimizer again with ``from_config``."""
        config = {"name": self.name, "learning_rate": self._rate_config()}
        config.update({argument: getattr(self, argument) for argument in (*signature.SHARED, *self.own_arguments)})
        return {**config, "decay": self.decay} if self.decay else config

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return cls(**config)

    def __repr__(self):
        return f"<{type(self).__name__} {self.name}>"
