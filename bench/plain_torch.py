"""The rows in plain PyTorch, as its users would write them: modules, an optimizer and a loop, nothing compiled.

Images are kept in channels_last, PyTorch's fastest layout on a CPU.
"""

import numpy as np
import rows
import torch
from torch import nn
from torch.nn import functional

__version__ = torch.__version__


class _Last(nn.Module):
    """The output of a recurrent layer at the last step."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)[0][:, -1]


class _Normalized(nn.Sequential):
    def __init__(self, inputs, filters, size=3, stride=1):
        super().__init__(
            nn.Conv2d(inputs, filters, size, stride, padding=size // 2, bias=False), nn.BatchNorm2d(filters)
        )


class _Residual(nn.Module):
    def __init__(self, inputs, filters, stride):
        super().__init__()
        self.first, self.second = _Normalized(inputs, filters, stride=stride), _Normalized(filters, filters)
        self.shortcut = _Normalized(inputs, filters, 1, stride) if stride == 2 else nn.Identity()

    def forward(self, x):
        return functional.relu(self.second(functional.relu(self.first(x))) + self.shortcut(x))


class _Block(nn.Module):
    def __init__(self, width, heads, inner):
        super().__init__()
        self.heads, self.norms = heads, nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
        self.inputs, self.output = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.dense = nn.Sequential(nn.Linear(width, inner), nn.GELU(), nn.Linear(inner, width))

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = self.inputs(self.norms[0](x)).view(b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        y = functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, t, d)
        x = x + self.output(y)
        return x + self.dense(self.norms[1](x))


class _Mean(nn.Module):
    def forward(self, x):
        return x.mean(1)


def _resnet():
    blocks = [
        _Residual(inputs, filters, 1 if inputs == filters else 2)
        for inputs, filters in (
            (16, 16),
            (16, 16),
            (16, 16),
            (16, 32),
            (32, 32),
            (32, 32),
            (32, 64),
            (64, 64),
            (64, 64),
        )
    ]
    return nn.Sequential(
        _Normalized(3, 16), nn.ReLU(), *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)
    )


MODULES = {
    "mlp_tiny": lambda: nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1)),
    "mlp_mnist": lambda: nn.Sequential(
        nn.Linear(784, 512),
        nn.ReLU(),
        nn.Dropout(0.2),
        nn.Linear(512, 512),
        nn.ReLU(),
        nn.Dropout(0.2),
        nn.Linear(512, 10),
    ),
    "cnn_mnist": lambda: nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(0.25),
        nn.Flatten(),
        nn.Linear(9216, 128),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(128, 10),
    ),
    "lstm_imdb": lambda: nn.Sequential(
        nn.Embedding(20000, 128), _Last(nn.LSTM(128, 128, batch_first=True)), nn.Linear(128, 1), nn.Flatten(0)
    ),
    "gru_small": lambda: nn.Sequential(_Last(nn.GRU(8, 32, batch_first=True)), nn.Linear(32, 1)),
    "resnet20_cifar": _resnet,
    "transformer": lambda: nn.Sequential(
        nn.Embedding(5000, 128), _Block(128, 4, 512), _Block(128, 4, 512), nn.LayerNorm(128), _Mean(), nn.Linear(128, 2)
    ),
}
LOSSES = {"mlp_tiny": functional.mse_loss, "gru_small": functional.mse_loss}


class Model:
    """The part of a Keras model that the benchmarks use: fit and predict."""

    def __init__(self, name):
        self.module = MODULES[name]().to(memory_format=torch.channels_last)
        self.loss = functional.binary_cross_entropy_with_logits if name == "lstm_imdb" else LOSSES.get(name)
        self.loss = self.loss or functional.cross_entropy
        self.optimizer = torch.optim.Adam(self.module.parameters(), 1e-3)

    @staticmethod
    def tensor(x):
        x = torch.from_numpy(x)
        return x.permute(0, 3, 1, 2) if x.ndim == 4 else x  # NHWC in memory: channels_last

    def fit(self, x, y, batch_size, **_):
        x, y = self.tensor(x), torch.from_numpy(y)
        y = y.long() if self.loss is functional.cross_entropy else y
        y = y.flatten() if self.loss is functional.binary_cross_entropy_with_logits else y
        self.module.train()
        for start in range(0, len(x), batch_size):
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.loss(self.module(x[start : start + batch_size]), y[start : start + batch_size])
            loss.backward()
            self.optimizer.step()
        return loss.item()

    def predict(self, x, batch_size=32, **_):
        x = self.tensor(x)
        self.module.eval()
        with torch.inference_mode():
            parts = [self.module(x[start : start + batch_size]) for start in range(0, len(x), batch_size)]
        return np.concatenate([part.numpy() for part in parts])


class _Nothing:
    """Stands for the layers that the rows build: only their data is wanted."""

    def __getattr__(self, name):
        return self

    def __call__(self, *arguments, **options):
        return self


def case(name, batch_size=None):
    """The data of a row with a model of plain PyTorch."""
    made = rows.MODELS[name](_Nothing(), **({"batch_size": batch_size} if batch_size else {}))
    made.model = Model(name)
    return made
