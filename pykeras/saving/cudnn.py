"""Weights of Keras 2's CuDNNLSTM and CuDNNGRU in files, as those of LSTM and GRU.

cuDNN keeps each gate's kernel transposed, and two biases for each gate: of the inputs' product and of the state's.
"""

from __future__ import annotations

import numpy as np


def gates_of(variables, shapes):
    """For each weight the number of gates when the file has cuDNN's form of it, else 0.

    Arguments:
        variables: the weights wanted, in order: kernel, recurrent kernel and bias follow one another.
        shapes: those in the file.
    """
    found = [0] * len(variables)
    for i, (variable, shape) in enumerate(zip(variables, shapes)):
        wanted = tuple(variable.shape)
        if variable.name != "bias" or i < 2 or len(shape) != 1 or variables[i - 1].name != "recurrent_kernel":
            continue
        units = variables[i - 1].shape[0]
        for gates, own in ((4, (4 * units,)), (3, (2, 3 * units))):
            if wanted == own and shape == (2 * gates * units,):
                found[i - 2 : i + 1] = [gates] * 3
    return found


def converted(variable, values, gates):
    """A weight of cuDNN's form in ours."""
    if variable.name == "bias":
        return values.reshape(2, -1) if gates == 3 else values.reshape(2, -1).sum(0)
    parts = np.split(values, gates, axis=1)
    if variable.name == "recurrent_kernel":
        return np.concatenate([part.T for part in parts], axis=1)
    return np.concatenate([part.T.reshape(part.shape, order="F") for part in parts], axis=1)
