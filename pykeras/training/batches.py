"""What all kinds of batches share."""

import warnings

from pykeras import config, ops, tree


def to_tensors(structure):
    """Arrays to tensors; None stays."""
    return tree.map_structure(lambda a: None if a is None else ops.convert_to_tensor(a), structure)


def limited(steps):
    """Batches of an epoch, no more than ``config.set_max_steps_per_epoch`` allows."""
    limit = config.max_steps_per_epoch()
    return steps if limit is None else min(steps, limit)


def ran_dry(steps):
    """Keras's warning for an epoch with fewer batches than were asked for."""
    wanted = "" if steps is None else f" {steps} batches an epoch were asked for."
    warnings.warn(
        f"Your input ran out of data; interrupting training.{wanted} Make sure that your dataset or generator can "
        "generate at least `steps_per_epoch * epochs` batches.",
        stacklevel=3,
    )
