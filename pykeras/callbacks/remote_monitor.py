"""RemoteMonitor: the logs of each epoch, sent to a server."""

import json
import warnings

import numpy as np

from pykeras import extras
from pykeras.callbacks.callback import Callback


class RemoteMonitor(Callback):
    """Posts epoch number and logs to ``root + path``; needs the package requests (``pip install pykeras[requests]``).

    Args:
        root: address of the server.
        path: path on it.
        field: form field that holds the JSON text.
        headers: HTTP headers.
        send_as_json: send ``application/json`` instead of a form.

    Raises:
        ImportError: without requests.
    """

    def __init__(
        self,
        root="http://localhost:9000",
        path="/publish/epoch/end/",
        field="data",
        headers=None,
        send_as_json=False,
    ):
        super().__init__()
        self.root, self.path, self.field, self.headers = root, path, field, headers
        self.send_as_json = send_as_json

    def on_epoch_end(self, epoch, logs=None):
        requests = extras.package("requests", "RemoteMonitor", "requests", "requests")
        sent = {"epoch": int(epoch), **{name: _plain(value) for name, value in (logs or {}).items()}}
        form = {"json": sent} if self.send_as_json else {"data": {self.field: json.dumps(sent)}}
        try:
            requests.post(self.root + self.path, headers=self.headers, **form)
        except requests.exceptions.RequestException as error:
            warnings.warn(f"RemoteMonitor could not reach {self.root}: {error}", stacklevel=2)


def _plain(value):
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    return value
