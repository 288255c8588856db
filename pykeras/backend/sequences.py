"""Loops over time, and connectionist temporal classification (CTC)."""

import numpy as np

from pykeras import ops, tree


def rnn(
    step_function, inputs, initial_states, go_backwards=False, mask=None, constants=None, unroll=False,
    input_length=None, time_major=False, zero_output_for_mask=False, return_all_outputs=True,
):  # fmt: skip
    """``step_function(input, states) -> (output, states)`` over the time steps of ``inputs``.

    Args:
        step_function: takes the input of a step, ``(samples, ...)``, and the list of states (with ``constants`` after
            them).
        inputs: ``(samples, time, ...)``, or ``(time, samples, ...)`` with ``time_major``; may be nested.
        initial_states: list of tensors.
        mask: ``(samples, time)``; a masked step keeps states and output as they were.
        unroll, input_length: make no difference here: the loop is recorded once and replayed.

    Returns:
        (last output, all outputs or only the last one, final states)
    """
    first = tree.flatten(inputs)[0]
    steps = first.shape[0 if time_major else 1]
    if steps is None:
        raise ValueError(f"rnn: the number of time steps has to be known, got shape {first.shape}")
    take = (lambda x, t: x[t]) if time_major else (lambda x, t: x[:, t])
    states, output, outputs = list(initial_states), None, []
    for t in range(steps - 1, -1, -1) if go_backwards else range(steps):
        new, new_states = step_function(
            tree.map_structure(lambda x, t=t: take(x, t), inputs), [*states, *(constants or [])]
        )
        if mask is not None:
            valid = ops.cast(take(mask, t), "bool")
            before = ops.zeros_like(new) if output is None or zero_output_for_mask else output
            outputs.append(_where(valid, new, before))
            output = _where(valid, new, ops.zeros_like(new) if output is None else output)
            states = [_where(valid, a, b) for a, b in zip(new_states, states, strict=True)]
        else:
            output, states = new, list(new_states)
            outputs.append(new)
    axis = 0 if time_major else 1
    stacked = ops.stack(outputs, axis) if return_all_outputs else ops.expand_dims(output, axis)
    return output, stacked, states


def _where(valid, new, old):
    while len(valid.shape) < len(new.shape):
        valid = ops.expand_dims(valid, -1)
    return ops.where(valid, new, old)


def ctc_batch_cost(y_true, y_pred, input_length, label_length):
    """CTC loss of each sample, ``(samples, 1)``; the last class of ``y_pred`` (probabilities) is the blank."""
    classes = y_pred.shape[-1]
    # ops.ctc_loss has the blank as class 0.
    logits = ops.log(ops.concatenate([y_pred[..., classes - 1 :], y_pred[..., : classes - 1]], axis=-1) + 1e-7)
    labels = ops.cast(y_true, "int32") + 1
    lengths = [ops.reshape(ops.cast(n, "int32"), (-1,)) for n in (label_length, input_length)]
    return ops.expand_dims(ops.ctc_loss(labels, logits, *lengths, mask_index=0), 1)


def ctc_decode(y_pred, input_length, greedy=True, beam_width=100, top_paths=1):
    """([labels of each path, padded with -1], scores) of the most probable sequences; the last class is the blank."""
    y_pred = ops.convert_to_tensor(y_pred)
    decoded, scores = ops.ctc_decode(
        ops.log(y_pred + 1e-7), ops.cast(input_length, "int32"), "greedy" if greedy else "beam_search", beam_width,
        top_paths, merge_repeated=True, mask_index=y_pred.shape[-1] - 1,
    )  # fmt: skip
    return [decoded[i] for i in range(decoded.shape[0])], scores


def ctc_label_dense_to_sparse(labels, label_lengths):
    """(indices, values, shape) of the labels that count: the parts of a sparse tensor."""
    labels, lengths = np.asarray(labels), np.asarray(label_lengths).reshape(-1)
    indices = np.array([(i, j) for i, n in enumerate(lengths) for j in range(int(n))], np.int64).reshape(-1, 2)
    return indices, labels[tuple(indices.T)], np.array(labels.shape, np.int64)


__all__ = ["ctc_batch_cost", "ctc_decode", "ctc_label_dense_to_sparse", "rnn"]
