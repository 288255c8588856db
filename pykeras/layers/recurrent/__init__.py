"""Recurrent layers and their cells."""

from pykeras.layers.recurrent.bidirectional import Bidirectional
from pykeras.layers.recurrent.cell import AbstractRNNCell
from pykeras.layers.recurrent.conv_lstm import ConvLSTM1D, ConvLSTM2D, ConvLSTM3D
from pykeras.layers.recurrent.gru import GRU, CuDNNGRU, GRUCell
from pykeras.layers.recurrent.lstm import LSTM, CuDNNLSTM, LSTMCell
from pykeras.layers.recurrent.rnn import RNN
from pykeras.layers.recurrent.simple_rnn import SimpleRNN, SimpleRNNCell
from pykeras.layers.recurrent.stacked_cells import StackedRNNCells
from pykeras.layers.recurrent.time_distributed import TimeDistributed

__all__ = [
    "GRU", "LSTM", "RNN", "AbstractRNNCell", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "CuDNNGRU",
    "CuDNNLSTM", "GRUCell", "LSTMCell", "SimpleRNN", "SimpleRNNCell", "StackedRNNCells", "TimeDistributed",
]  # fmt: skip
