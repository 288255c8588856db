"""Questions about symbolic tensors."""

from __future__ import annotations


def get_source_inputs(tensor):
    """The ``Input`` tensors that a symbolic tensor was made from, each once.

    Example:
        >>> from pykeras import Input, layers, utils
        >>> a, b = Input((2,)), Input((3,))
        >>> found = utils.get_source_inputs(layers.Concatenate()([b, layers.Dense(2)(a), b]))
        >>> [t is x for t, x in zip(found, (b, a))]
        [True, True]
    """
    if not hasattr(tensor, "_keras_history"):
        return tensor
    found, done, waiting = [], set(), [tensor]
    while waiting:
        tensor = waiting.pop()
        if id(tensor) in done:
            continue
        done.add(id(tensor))
        if tensor._keras_history is None:
            found.append(tensor)
            continue
        operation, number, _ = tensor._keras_history
        node = operation._inbound_nodes[number]
        if node.is_input:
            found.append(tensor)
        else:
            waiting.extend(reversed(node.input_tensors))
    return found
