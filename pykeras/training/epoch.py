"""The loop over the batches of an epoch: in C++ when nobody needs to be told of each batch, in Python otherwise."""

import itertools

from pykeras.training.array_batches import ArrayBatches
from pykeras.training.stepping import as_numbers
from pykeras.utils.progbar import REDRAW_SECONDS

# the C++ loop comes back this often, so that Ctrl-C is heard
LISTEN_SECONDS = 0.25


def run_epoch(model, mode, batches, function, callbacks):
    """Run the batches of an epoch.

    Args:
        model: the Trainer.
        mode: ``"train"`` or ``"test"``.
        batches: an object of :mod:`pykeras.training.data`.
        function: the model's function of a batch.
        callbacks: a CallbackList.

    Returns:
        Loss and metrics as numbers; None when the data gave no batch.
    """
    reports_metrics = model._reports_metrics(mode)
    told = callbacks.wants_batches(mode)
    if isinstance(batches, ArrayBatches) and hasattr(function, "run_batches") and reports_metrics and not told:
        _run_whole(model, mode, batches, function, callbacks.progress)
        return as_numbers(model.get_metrics_result())
    seen = batches.offset
    logs = _run_each(model, mode, batches, function, callbacks, told)
    if logs is None and not (seen and reports_metrics):
        return None
    return as_numbers(model.get_metrics_result() if reports_metrics else logs)


def _run_whole(model, mode, batches, function, progress):
    first, stop, order = batches.start_epoch()
    full = min(stop, batches.full)
    shows = progress is not None and progress.shows(mode) and progress.draws
    number = first
    while number < full:
        seconds = REDRAW_SECONDS if shows else LISTEN_SECONDS
        number = function.run_batches(batches.tensors, order, batches.batch_size, number, full, seconds)
        if shows and progress.due():
            progress.step(number - first, as_numbers(model.get_metrics_result()))
    if number < stop:
        function(batches.batch(number, order))
    if progress is not None and progress.shows(mode):
        progress.seen = stop - first


def _run_each(model, mode, batches, function, callbacks, told):
    """The Python loop; returns what the last step returned, None when there was no batch."""
    begin, end = getattr(callbacks, f"on_{mode}_batch_begin"), getattr(callbacks, f"on_{mode}_batch_end")
    progress = callbacks.progress if callbacks.progress is not None and callbacks.progress.shows(mode) else None
    checks = not isinstance(batches, ArrayBatches) and mode != "predict"
    iterator = iter(batches)
    seen, logs = batches.offset, None
    batches.offset = 0
    while group := list(itertools.islice(iterator, model.steps_per_execution)):
        if told:
            callbacks.run.batch = group[-1]
            begin(seen)
        for batch in group:
            if checks and len(batch) > 1:
                model._check_labels(batch[1])
            logs = function(batch)
        seen += len(group)
        if told:
            end(seen - 1, as_numbers(logs))
        elif progress is not None:
            progress.seen = seen
            if progress.due():
                progress.step(seen, as_numbers(logs))
        if mode == "train" and model.stop_training:
            break
    return logs
