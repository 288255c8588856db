"""Keras 2's name of PyDataset."""

from pykeras.utils.py_dataset import PyDataset

Sequence = PyDataset
