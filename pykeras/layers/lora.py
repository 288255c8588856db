"""Low-rank adaptation (Hu et al., arXiv:2106.09685): a frozen matrix and a small trainable change of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from pykeras import check, initializers, ops
from pykeras.layers.weights import Weights
from pykeras.variables import Variable


class adapted:
    """The weight that a layer computes with: the one it was built with, plus the low-rank change when there is one.

    The weight itself stands in the attribute of this name with an underscore in front. Raises ``AttributeError`` before
    the layer is built.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, layer: Any, owner: type) -> Any:
        if layer is None:
            return self
        weight = layer.__dict__.get(f"_{self.name}")
        if weight is None:
            raise AttributeError(f"{layer._label}: has no {self.name} yet: build the layer first")
        return layer._with_change(weight) if layer.lora_enabled else weight

    def __set__(self, layer: Any, value: Any) -> None:
        layer.__dict__[f"_{self.name}"] = value


class LowRank(Weights):
    """The part of a layer that can have its main weight ``W (..., n)`` adapted: ``W + (alpha / rank) A B``.

    A subclass names that weight in ``_adapted`` (an attribute that is an :class:`adapted`), calls :meth:`_set_lora` in its
    constructor and :meth:`_adapt_as_told` at the end of ``build``.
    """

    _adapted = "kernel"
    lora_rank: int | None = None
    lora_alpha: float | None = None
    lora_enabled = False

    def _set_lora(self, rank: Any, alpha: Any) -> None:
        self.lora_rank = None if rank is None else check.non_negative_int("lora_rank", rank)
        self.lora_alpha = self.lora_rank if alpha is None else alpha
        self.lora_enabled = False

    def _adapt_as_told(self) -> None:
        self.built = True
        if self.lora_rank and not self.lora_enabled:
            # Keras 3.15 forgets alpha here in Dense and Embedding, not in EinsumDense and the convolutions.
            self.enable_lora(self.lora_rank, self.lora_alpha)

    def enable_lora(self, rank: int, lora_alpha: float | None = None, a_initializer: Any = "he_uniform",
                    b_initializer: Any = "zeros") -> None:  # fmt: skip
        """Freezes the main weight ``W (..., n)`` and lets ``W + (lora_alpha / rank) A B`` be trained in its place.

        Arguments:
            rank: number of columns of ``A (..., rank)`` and of rows of ``B (rank, n)``.
            lora_alpha: how much the change counts; ``rank`` by default, which makes the factor 1.
            a_initializer, b_initializer: of ``A`` and ``B``. As long as one is zero the layer computes what it did.

        ``A`` and ``B`` are the float32 weights ``lora_kernel_a`` and ``lora_kernel_b`` (of an embedding
        ``lora_embeddings_a`` and ``_b``); they take the regularizer of ``W``. A bias stays trainable. A compiled model
        must be compiled again. Files hold the sum, so that they open in models without adaptation too.

        Raises:
            ValueError: ``W`` has a constraint, the layer is not built, or it is adapted already.

        >>> import pykeras
        >>> dense = pykeras.layers.Dense(8)
        >>> dense.build((None, 4))
        >>> dense.enable_lora(2)
        >>> [(w.name, w.shape) for w in dense.trainable_weights]
        [('bias', (8,)), ('lora_kernel_a', (4, 2)), ('lora_kernel_b', (2, 8))]
        """
        name = self._adapted
        rank = check.positive_int(f"{self._label}: enable_lora: rank", rank)
        if getattr(self, f"{name}_constraint", None) is not None:
            what = name.removesuffix("s")
            raise ValueError(
                f"{self._label}: enable_lora: it is incompatible with {what} constraints: leave {name}_constraint out"
            )
        if not self.built:
            raise ValueError(f"{self._label}: enable_lora: Cannot enable lora on a layer that isn't yet built")
        if self.lora_enabled:
            raise ValueError(f"{self._label}: enable_lora: lora is already enabled, with rank {self.lora_rank}")
        weight = getattr(self, f"_{name}")
        shapes = {"a": (*weight.shape[:-1], rank), "b": (rank, weight.shape[-1])}
        for letter, initializer in (("a", a_initializer), ("b", b_initializer)):
            added = self.add_weight(
                shape=shapes[letter],
                initializer=initializers.get(initializer),
                dtype="float32",
                regularizer=getattr(self, f"{name}_regularizer", None),
                name=f"lora_{name}_{letter}",
            )
            setattr(self, f"lora_{name}_{letter}", added)
        weight.trainable = False
        self.lora_enabled = True
        self.lora_rank = rank
        self.lora_alpha = rank if lora_alpha is None else lora_alpha

    def _factors(self) -> list[Any]:
        return [getattr(self, f"lora_{self._adapted}_{letter}") for letter in "ab"]

    def _with_change(self, weight: Any) -> Any:
        a, b = self._factors()
        change = ops.matmul(a, b) * (self.lora_alpha / self.lora_rank)  # type: ignore[operator]
        return ops.cast(ops.add(weight, change), self.dtype_policy.compute_dtype)

    # ---- files and configurations: the sum alone is kept ------------------------------------------------------------

    def _kept_variables(self) -> list[Variable]:
        factors = {id(factor) for factor in self._factors()} if self.lora_enabled else ()
        return [variable for variable in self._own_variables() if id(variable) not in factors]

    def _kept_value(self, variable: Variable) -> np.ndarray:
        adapts = self.lora_enabled and variable is getattr(self, f"_{self._adapted}")
        return np.array(self._with_change(variable)) if adapts else variable.numpy()

    def _assign_all(self, variables: list[Variable], values: list) -> None:
        super()._assign_all(variables, values)
        given = {id(variable) for variable in variables}
        for factor in self._factors() if self.lora_enabled else ():
            if id(factor) not in given:  # what was loaded is the sum
                factor.assign(np.zeros(factor.shape, factor.dtype))

    def get_config(self) -> dict:
        config = super().get_config()  # type: ignore[misc]
        if self.lora_rank:
            config |= {"lora_rank": self.lora_rank, "lora_alpha": self.lora_alpha}
        return config
