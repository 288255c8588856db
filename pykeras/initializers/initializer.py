"""The base class of initializers, and what they share: shapes, dtypes, seeds."""

from pykeras import check
from pykeras.dtypes import standardize_dtype
from pykeras.random import SeedGenerator
from pykeras.registry import Registry, deserialize, serialize


class Initializer:
    """Base class: a callable from a shape to a tensor of first values.

    Subclasses implement ``__call__(self, shape, dtype=None, **kwargs)`` and, to be saved, ``get_config``.

    Example:
        >>> from pykeras import initializers, ops
        >>> class Sevens(initializers.Initializer):
        ...     def __call__(self, shape, dtype=None, **kwargs):
        ...         return ops.full(shape, 7.0, dtype=dtype)
        >>> Sevens()((2,)).numpy().tolist()
        [7.0, 7.0]
    """

    def __call__(self, shape, dtype=None, **kwargs):
        """A tensor of the given shape and dtype."""
        raise NotImplementedError(f"{type(self).__name__} has no __call__()")

    def get_config(self):
        """The constructor's arguments as a dict."""
        return {}

    @classmethod
    def from_config(cls, config):
        """An initializer from what ``get_config`` returned. Keras 2's ``dtype`` entry is passed over."""
        return cls(**{key: value for key, value in config.items() if key != "dtype"})

    def clone(self):
        """Another initializer with the same configuration."""
        return type(self).from_config(self.get_config())


REGISTRY = Registry("initializer", "initializers", base=Initializer, lower_case=True)


class RandomInitializer(Initializer):
    """What random initializers share: the seed.

    Arguments:
        seed: an integer (the same values at every call), a ``SeedGenerator`` (new values at every call, the same from
            run to run), or None (new values at every call from the global generator of ``utils.set_random_seed``).

    Raises:
        ValueError: a seed that is none of these.
    """

    def __init__(self, seed=None):
        if isinstance(seed, dict):
            seed = deserialize(seed, kind="random")
        if seed is not None and not isinstance(seed, SeedGenerator):
            if isinstance(seed, bool):
                seed = int(seed)
            try:
                seed = check.integer("seed", seed)
            except ValueError:
                raise ValueError(f"seed: expected an integer, a SeedGenerator or None, got {seed!r}") from None
        self.seed = seed

    def get_config(self):
        return {"seed": serialize(self.seed)}


def sizes(shape):
    """A shape of known sizes as a tuple."""
    shape = check.shape("shape", shape)
    if None in shape:
        raise ValueError(f"shape: an initializer needs known sizes, got {shape}")
    return shape


def float_dtype(initializer, dtype):
    """The dtype of random values: the default float type for None.

    Raises:
        ValueError: a dtype that holds no fractions.
    """
    dtype = standardize_dtype(dtype)
    if "float" not in dtype:
        raise ValueError(f"{type(initializer).__name__}: dtype: expected a floating-point type, got {dtype}")
    return dtype
