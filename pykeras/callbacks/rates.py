"""The learning rates of a model's optimizer, or of those that a MultiOptimizer holds."""


def rated(optimizer):
    """The optimizers that have a learning rate of their own."""
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    return list(getattr(optimizer, "optimizers", [optimizer]))


def rate_logs(optimizer):
    """``{"learning_rate": ...}``; with several optimizers ``learning_rate_`` and the name of each."""
    found = rated(optimizer)
    if len(found) == 1:
        return {"learning_rate": float(found[0].learning_rate)}
    return {f"learning_rate_{each.name}": float(each.learning_rate) for each in found}
