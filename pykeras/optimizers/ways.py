"""Other ways to take a step than ``apply``: from pairs, from a loss, as a function of values."""

from pykeras.differentiation import GradientTape
from pykeras.variables import temporarily


class Ways:
    """``apply_gradients``, ``compute_gradients``, ``minimize`` and ``stateless_apply``, as a part of Optimizer."""

    def apply_gradients(self, grads_and_vars, name=None, **kwargs):
        """``apply`` for pairs of gradient and weight; returns the number of steps taken.

        Keras 2's ``skip_gradients_aggregation`` and ``experimental_aggregate_gradients`` speak of several devices,
        ``name`` of graph nodes: with one device and no graph there is nothing for them to change.
        """
        if unknown := set(kwargs) - {"skip_gradients_aggregation", "experimental_aggregate_gradients"}:
            raise TypeError(f"apply_gradients() got an unexpected keyword argument {min(unknown)!r}")
        pairs = list(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [variable for _, variable in pairs])
        return self._iterations

    def compute_gradients(self, loss, var_list, tape=None):
        """Pairs of gradient and weight, as tf.keras gives them.

        Args:
            loss: a function without arguments, or a tensor that ``tape`` has seen computed.
            var_list: the weights.
            tape: the :class:`~pykeras.GradientTape` of ``loss``; a function needs none.
        """
        if not callable(loss) and tape is None:
            raise ValueError(f"{self.name}: a loss that is no function needs the tape it was computed under: tape=...")
        tape = tape or GradientTape()
        if callable(loss):
            with tape:
                loss = self.scale_loss(loss())
        return list(zip(tape.gradient(loss, list(var_list)), var_list, strict=True))

    def minimize(self, loss, var_list, tape=None):
        """One step: ``compute_gradients`` and ``apply_gradients``.

        Example:
            >>> import pykeras
            >>> weight = pykeras.Variable(3.0)
            >>> optimizer = pykeras.optimizers.SGD(0.5)
            >>> for _ in range(2):
            ...     _ = optimizer.minimize(lambda: weight * weight * 0.5, [weight])
            >>> float(weight)
            0.75
        """
        return self.apply_gradients(self.compute_gradients(loss, var_list, tape))

    def stateless_apply(self, optimizer_variables, grads, trainable_variables):
        """``apply`` as a function: values in, values out, the optimizer and its weights left as they were.

        Args:
            optimizer_variables: values of ``optimizer.variables``.
            grads: gradients.
            trainable_variables: values of the weights the optimizer was built for.

        Returns:
            New values of the weights and of the optimizer's variables.

        Raises:
            ValueError: when the optimizer has not been built, or numbers differ.
        """
        if not self.built:
            raise ValueError(f"{self.name} has no variables yet: call optimizer.build(variables) first")
        variables = [*self._trainable_variables, *self.variables]
        values = [*trainable_variables, *optimizer_variables]
        if len(values) != len(variables):
            raise ValueError(
                f"{self.name}: expected values of {len(self._trainable_variables)} weights and {len(self.variables)} "
                f"variables, got {len(trainable_variables)} and {len(optimizer_variables)}"
            )
        weights = len(self._trainable_variables)
        with temporarily(variables, values):
            self.apply(grads, self._trainable_variables)
            after = [variable.value for variable in variables]
        return after[:weights], after[weights:]
