"""A layer as a function without state: weights go in, new weights come out, as JAX wants it."""

from __future__ import annotations

from typing import Any

from pykeras.stateless import StatelessScope


class Stateless:
    """The part of a layer that computes with weights that are passed to it."""

    def stateless_call(
        self, trainable_variables: Any, non_trainable_variables: Any, *args: Any, return_losses: bool = False,
        **kwargs: Any,
    ) -> tuple:  # fmt: skip
        """``call`` with these values of the weights; those of the layer stay as they are.

        Arguments:
            trainable_variables, non_trainable_variables: values, in the order of the layer's lists of these names.
            args, kwargs: of the call.
            return_losses: also return what the call added to ``losses``.

        Returns:
            ``(outputs, non-trainable values afterwards)``, with ``return_losses`` also the losses.

        Raises:
            ValueError: the layer has no weights yet, or another number of them than values came.
        """
        label = f'{type(self).__name__} "{self.name}"'  # type: ignore[attr-defined]
        if not self.built:  # type: ignore[attr-defined]
            raise ValueError(f"{label}: stateless_call: it has no weights yet: build it first")
        groups = (self.trainable_variables, self.non_trainable_variables)  # type: ignore[attr-defined]
        for name, own, given in zip(("trainable", "non_trainable"), groups, (trainable_variables,
                                                                            non_trainable_variables)):  # fmt: skip
            if len(own) != len(given):
                raise ValueError(
                    f"{label}: stateless_call: {name}_variables: expected {len(own)} values, got {len(given)}"
                )
        values = [*trainable_variables, *non_trainable_variables]
        with StatelessScope(list(zip([*groups[0], *groups[1]], values))):
            outputs = self(*args, **kwargs)  # type: ignore[operator]
            after = [variable.value for variable in groups[1]]
            losses = list(self.losses)  # type: ignore[attr-defined]
        return (outputs, after, losses) if return_losses else (outputs, after)
