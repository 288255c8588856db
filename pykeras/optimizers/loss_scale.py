"""LossScaleOptimizer."""

import inspect

from pykeras import check, initializers, ops
from pykeras.optimizers.names import registry
from pykeras.optimizers.optimizer import Optimizer
from pykeras.optimizers.signature import SHARED
from pykeras.optimizers.state import only_if


@registry.register("LossScaleOptimizerV3")  # tf_keras's name
class LossScaleOptimizer(Optimizer):
    """Multiplies the loss before gradients are taken, so that small ones survive in half precision.

    Gradients are divided by the scale again. A step with a gradient that is not finite changes nothing and halves the
    scale; ``dynamic_growth_steps`` finite steps in a row double it.

    Args:
        inner_optimizer: the optimizer that takes the steps.
        initial_scale: first value of the scale.
        dynamic_growth_steps: number of finite steps after which the scale doubles.
        name: name of the optimizer.

    Raises:
        ValueError: for an argument that belongs to the inner optimizer (``clipnorm``, ...), and for Keras 2's
            ``dynamic=False``: give the inner optimizer a ``loss_scale_factor`` instead.

    Source: P. Micikevicius et al., "Mixed Precision Training", 2017.

    Example:
        >>> import pykeras
        >>> optimizer = pykeras.optimizers.LossScaleOptimizer(pykeras.optimizers.SGD(1.0), initial_scale=4.0)
        >>> weight = pykeras.Variable([1.0])
        >>> optimizer.apply([pykeras.ops.ones((1,))], [weight])
        >>> weight.numpy().tolist()
        [0.75]
    """

    takes_shared_arguments = False

    def __init__(self, inner_optimizer, initial_scale=2.0**15, dynamic_growth_steps=2000, name=None, **kwargs):
        if not kwargs.pop("dynamic", True):
            raise ValueError(
                "LossScaleOptimizer: dynamic=False is gone; give the inner optimizer a loss_scale_factor instead"
            )
        defaults = inspect.signature(Optimizer.__init__).parameters
        for argument, value in kwargs.items():
            if argument not in SHARED:
                raise ValueError(f"LossScaleOptimizer has no argument {argument!r}")
            if value != defaults[argument].default:
                raise ValueError(f"LossScaleOptimizer does not take {argument}: set it on the `inner_optimizer`")
        if not isinstance(inner_optimizer, Optimizer):
            raise TypeError(f"LossScaleOptimizer: expected an Optimizer as inner_optimizer, got {inner_optimizer!r}")
        super().__init__(0.0, name=name)
        self.inner_optimizer = inner_optimizer
        self.inner_optimizer.loss_scale_factor = None
        self.initial_scale = check.positive_float("initial_scale", initial_scale)
        self.dynamic_growth_steps = check.positive_int("dynamic_growth_steps", dynamic_growth_steps)
        self.step_counter = self.add_variable((), "zeros", "int32", name="step_counter")
        self.dynamic_scale = self.add_variable(
            (), initializers.Constant(self.initial_scale), "float32", name="dynamic_scale"
        )

    @property
    def variables(self):
        return [*self._variables, *self.inner_optimizer.variables]

    weights = variables

    @property
    def learning_rate(self):
        """The inner optimizer's learning rate."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value):
        self.inner_optimizer.learning_rate = value

    @property
    def iterations(self):
        """Number of finite steps, counted by the inner optimizer."""
        return self.inner_optimizer.iterations

    @iterations.setter
    def iterations(self, value):
        self.inner_optimizer.iterations = value

    def build(self, variables):
        variables = list(variables)
        self.inner_optimizer.build(variables)
        super().build(variables)

    def _step(self, grads, variables):
        finite = ops.convert_to_tensor(True)
        for gradient in grads:
            finite = ops.logical_and(finite, ops.all(ops.isfinite(gradient)))
        with only_if(finite, [*variables, *self.inner_optimizer.variables]):
            scaled = [
                gradient
                if variable.overwrite_with_gradient
                else gradient / ops.cast(self.dynamic_scale, gradient.dtype)
                for gradient, variable in zip(grads, variables, strict=True)
            ]
            self.inner_optimizer.apply(scaled, variables)
        grown = ops.logical_and(finite, ops.equal(self.step_counter, self.dynamic_growth_steps - 1))
        counting = ops.logical_and(finite, ops.logical_not(grown))
        factor = ops.where(finite, ops.where(grown, 2.0, 1.0), 0.5)
        self.dynamic_scale.assign(self.dynamic_scale * factor)
        self.step_counter.assign(ops.where(counting, self.step_counter + 1, ops.zeros((), "int32")))

    def exclude_from_weight_decay(self, var_list=None, var_names=None):
        self.inner_optimizer.exclude_from_weight_decay(var_list, var_names)

    def scale_loss(self, loss):
        """``loss · scale``."""
        loss = ops.convert_to_tensor(loss)
        return loss * ops.cast(self.dynamic_scale, loss.dtype)

    def finalize_variable_values(self, var_list):
        self.inner_optimizer.finalize_variable_values(var_list)

    def get_config(self):
        return {
            "name": self.name,
            "inner_optimizer": registry.serialize(self.inner_optimizer),
            "initial_scale": self.initial_scale,
            "dynamic_growth_steps": self.dynamic_growth_steps,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        inner = registry.deserialize(config["inner_optimizer"], custom_objects)
        return cls(**{**config, "inner_optimizer": inner})
