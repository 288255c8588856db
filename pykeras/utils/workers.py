"""Threads or processes that make the items of a dataset, in order and ahead of their use."""

import collections
import concurrent.futures
import itertools
import multiprocessing
import os
import pickle
import random
import signal
import tempfile
import traceback

import numpy as np


class WorkerError(RuntimeError):
    """A worker process died, or raised what cannot be sent to this process."""


class Workers:
    """A pool for the items of a dataset.

    Processes are spawned, never forked: threads and locks of this process cannot hang them. They get the dataset by
    pickle, anew when it may have changed. Each item is made with random generators seeded for it, so that the same
    seed gives the same items whichever process makes them.

    Args:
        dataset: has ``__getitem__(number)``.
        count: number of threads or processes.
        processes: whether they are processes.
    """

    def __init__(self, dataset, count, processes):
        self.dataset, self.processes = dataset, processes
        self._file = None
        self._version = 0
        if processes:
            self._pool = concurrent.futures.ProcessPoolExecutor(
                count, multiprocessing.get_context("spawn"), initializer=_ignore_interrupts
            )
        else:
            self._pool = concurrent.futures.ThreadPoolExecutor(count, thread_name_prefix="pykeras-data")

    def _send(self):
        """Write the dataset where the processes find it."""
        if self._file is None:
            handle, self._file = tempfile.mkstemp(prefix="pykeras-dataset-", suffix=".pickle")
            os.close(handle)
        try:
            data = pickle.dumps(self.dataset)
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            raise WorkerError(
                f"{type(self.dataset).__name__} cannot be sent to worker processes ({error}): open files and the like "
                "when they are first used, or take threads (use_multiprocessing=False)"
            ) from error
        # processes may still read the version before
        self._version += 1
        with open(f"{self._file}.{self._version}", "wb") as file:
            file.write(data)
        if self._version > 2:
            os.unlink(f"{self._file}.{self._version - 2}")

    def results(self, numbers, queue_size, seed=None):
        """The items of these numbers in order; up to ``queue_size`` of them are made ahead.

        Raises:
            Exception: whatever ``__getitem__`` raises, with the worker's traceback.
            WorkerError: when a process died, or its exception cannot be sent.
        """
        if self.processes:
            self._send()
        waiting = collections.deque()
        numbers = iter(numbers)
        try:
            for number in itertools.islice(numbers, max(queue_size, 1)):
                waiting.append(self._submit(number, seed))
            while waiting:
                item = self._wait(waiting.popleft())
                for number in itertools.islice(numbers, 1):
                    waiting.append(self._submit(number, seed))
                yield item
        finally:
            for future in waiting:
                future.cancel()

    def _submit(self, number, seed):
        if not self.processes:
            return self._pool.submit(self.dataset.__getitem__, number)
        return self._pool.submit(_make, f"{self._file}.{self._version}", number, seed)

    def _wait(self, future):
        try:
            return future.result()
        except concurrent.futures.process.BrokenProcessPool as error:
            raise WorkerError(
                f"A worker process of {type(self.dataset).__name__} died. It may have run out of memory, or the script "
                'trains when it is imported: with processes, start below if __name__ == "__main__":'
            ) from error

    def close(self):
        """End threads and processes."""
        self._pool.shutdown(wait=self.processes, cancel_futures=True)
        if self._file is not None:
            for version in ("", f".{self._version - 1}", f".{self._version}"):
                if os.path.exists(self._file + version):
                    os.unlink(self._file + version)
            self._file = None


# In a worker process

_dataset = (None, None)


def _ignore_interrupts():
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _make(path, number, seed):
    global _dataset
    if seed is not None:
        np.random.seed((seed + number) % 2**32)
        random.seed(seed + number)
    try:
        if _dataset[0] != path:
            with open(path, "rb") as file:
                _dataset = (path, pickle.load(file))
        return _dataset[1][number]
    except Exception as error:
        raise _sendable(error) from error


def _sendable(error):
    """The exception, or one that carries its text when it cannot be pickled and back."""
    try:
        pickle.loads(pickle.dumps(error))
        return error
    except Exception:
        text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        return WorkerError(f"{type(error).__name__}: {error}\n{text}")
