"""Sequences: padding, windows over series, and word2vec's pairs."""

from pykeras.preprocessing.skipgrams import make_sampling_table, skipgrams
from pykeras.preprocessing.timeseries import TimeseriesGenerator
from pykeras.utils.sequences import pad_sequences

__all__ = ["TimeseriesGenerator", "make_sampling_table", "pad_sequences", "skipgrams"]
