"""Moving averages of a model's weights, kept beside training (``use_ema``)."""

from pykeras import ops


class Averages:
    """``average ← m·average + (1 - m)·weight`` after each step, as a part of Optimizer.

    Source: B. T. Polyak and A. B. Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992.
    """

    def _build_averages(self, variables):
        self._model_variables_moving_average = []
        if self.use_ema:
            self._model_variables_moving_average = self.add_optimizer_variables(variables, "average")

    def _update_averages(self):
        """Move the averages; they start at the weights after the first step."""
        if not self.use_ema:
            return
        overwrite = None
        if self.ema_overwrite_frequency:
            overwrite = ops.equal((self.iterations + 1) % self.ema_overwrite_frequency, 0)
        momentum = self.ema_momentum * ops.cast(ops.not_equal(self.iterations, 0), "float32")
        for variable, average in zip(self._trainable_variables, self._model_variables_moving_average, strict=True):
            kept = ops.cast(momentum, variable.dtype)
            average.assign(kept * average + (1.0 - kept) * variable)
            if overwrite is not None:
                variable.assign(ops.where(overwrite, average.value, variable.value))

    def finalize_variable_values(self, var_list):
        """Called when training ends: with ``use_ema`` the weights become their averages."""
        if not self.use_ema or not self.built:
            return
        for variable in var_list:
            variable.assign(self._model_variables_moving_average[self._get_variable_index(variable)].value)
