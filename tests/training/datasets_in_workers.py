"""Datasets that worker processes import."""

import os

import numpy as np

import pykeras


class Squares(pykeras.utils.PyDataset):
    def __init__(self, count=6, fails_at=None, **options):
        super().__init__(**options)
        self.count, self.fails_at, self.epoch = count, fails_at, 0

    def __len__(self):
        return self.count

    def __getitem__(self, number):
        if number == self.fails_at:
            raise OddError(number, "no such batch")
        x = np.full((2, 3), number, "float32")
        return x, x.sum(axis=1, keepdims=True) + self.epoch

    def on_epoch_end(self):
        self.epoch += 1


class OddError(Exception):
    """An exception that pickle cannot make again."""

    def __init__(self, number, text):
        super().__init__(f"{text}: {number}")


class Plain(Squares):
    def __getitem__(self, number):
        if number == self.fails_at:
            raise KeyError("lost in the worker")
        return number, os.getpid(), np.random.random()


class Dies(Squares):
    def __getitem__(self, number):
        os._exit(3)
