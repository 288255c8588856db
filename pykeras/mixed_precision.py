"""The global dtype policy under the names of ``mixed_precision``."""

from pykeras.dtype_policies import DTypePolicy, dtype_policy, set_dtype_policy

Policy = DTypePolicy
global_policy = dtype_policy
set_global_policy = set_dtype_policy


def __getattr__(name):
    if name == "LossScaleOptimizer":
        from pykeras import optimizers

        return optimizers.LossScaleOptimizer
    raise AttributeError(f"module 'pykeras.mixed_precision' has no attribute {name!r}")


__all__ = ["DTypePolicy", "Policy", "dtype_policy", "global_policy", "set_dtype_policy", "set_global_policy"]
