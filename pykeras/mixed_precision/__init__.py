"""The global dtype policy under the names of ``mixed_precision``."""

from pykeras import old_paths
from pykeras.dtype_policies import DTypePolicy, dtype_policy, set_dtype_policy

Policy = DTypePolicy
global_policy = dtype_policy
set_global_policy = set_dtype_policy


def __getattr__(name):
    if name == "LossScaleOptimizer":
        from pykeras import optimizers

        return optimizers.LossScaleOptimizer
    return old_paths.attribute(__name__, name)


__all__ = ["DTypePolicy", "Policy", "dtype_policy", "global_policy", "set_dtype_policy", "set_global_policy"]
