"""Files that are damaged at random, and saves that are killed or find the disk full."""

import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from pykeras import layers, models

# Damage is tried in a process of its own: a crash of the HDF5 library would end it, and its memory is measured.
TRY = """
import os, random, resource, sys, warnings
from pykeras import layers, models
sanitized = os.environ.get("PYKERAS_SANITIZED")  # sanitizers need terabytes of addresses, and keep what is freed
if not sanitized:
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
warnings.simplefilter("ignore")
kind, path, count, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
honest, draw = open(path, "rb").read(), random.Random(seed)
model = models.Sequential([layers.Input((4,)), layers.Dense(3), layers.BatchNormalization(), layers.Dense(2)])
changed = path + ".changed" + path[path.index("."):]

def read(raw):
    if kind in ("json", "yaml"):
        getattr(models, f"model_from_{kind}")(raw.decode("utf8", "replace"))
        return
    with open(changed, "wb") as file:
        file.write(raw)
    if kind == "weights":
        model.load_weights(changed)
    else:
        models.load_model(changed)

memory = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
read(honest)
before, opened, refused = memory(), 0, 0
for number in range(count):
    raw = bytearray(honest)
    if number % 4 == 0:
        del raw[draw.randrange(len(raw)):]
    else:
        for _ in range(draw.choice((1, 2, 8, 64))):
            raw[draw.randrange(len(raw))] ^= 1 << draw.randrange(8)
    try:
        read(raw)
        opened += 1
    except (ValueError, TypeError, OSError):
        refused += 1
    # anything else, and a crash, ends the test
assert sanitized or memory() < 4 * before, (before, memory())
print(opened, refused)
"""


def small():
    model = models.Sequential([layers.Input((4,)), layers.Dense(3), layers.BatchNormalization(), layers.Dense(2)])
    model.compile("adam", "mse", metrics=["mae"])
    model.train_on_batch(np.ones((2, 4), "f4"), np.ones((2, 2), "f4"))
    return model


# PYKERAS_MUTATIONS=1000 is the whole test, some minutes; as many of each kind were tried.
COUNT = int(os.environ.get("PYKERAS_MUTATIONS", 40))
KINDS = [("model", "m.keras"), ("model", "m.h5"), ("weights", "m.weights.h5"), ("weights", "w.h5"), ("json", "m.json"),
         ("yaml", "m.yaml")]  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="limits memory with Linux's rlimits")
@pytest.mark.parametrize("kind, name", KINDS)
def test_damage_is_an_error_or_the_right_model(kind, name, tmp_path):
    path = tmp_path / name
    if kind == "yaml":
        pytest.importorskip("yaml")
    if kind in ("json", "yaml"):
        path.write_text(getattr(small(), f"to_{kind}")())
    else:
        getattr(small(), "save_weights" if kind == "weights" else "save")(path)
    seed = os.environ.get("PYKERAS_MUTATIONS_SEED", "0")
    done = subprocess.run(
        [sys.executable, "-c", TRY, kind, path, str(COUNT), seed], capture_output=True, text=True, timeout=3000
    )
    assert done.returncode == 0, (done.returncode, done.stderr[-2000:])
    opened, refused = map(int, done.stdout.split())
    assert opened + refused == COUNT and refused > COUNT // 10


def forked(task):
    """Process number of a child that runs a task and ends."""
    pid = os.fork()
    if pid == 0:
        try:
            task()
        finally:
            os._exit(0)
    return pid


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
IGNORE = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@needs_fork
@IGNORE
@pytest.mark.parametrize("name", ["m.keras", "m.h5", "m.weights.h5"])
def test_a_killed_save_leaves_a_whole_file(name, tmp_path):
    """At whatever point it is killed, the file opens. PYKERAS_KILLS=34 makes it a hundred over the three formats."""
    model, path = small(), tmp_path / name
    save = model.save_weights if "weights" in name else model.save
    save(path)
    draw = random.Random(1)

    def save_on():
        while True:
            save(path)

    for _ in range(int(os.environ.get("PYKERAS_KILLS", 4))):
        pid = forked(save_on)
        time.sleep(draw.random() * 0.03)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        if "weights" in name:
            small().load_weights(path)
        else:
            np.testing.assert_array_equal(models.load_model(path).get_weights()[0], model.get_weights()[0])


@needs_fork
@IGNORE
@pytest.mark.parametrize("name", ["m.keras", "m.h5", "m.weights.h5"])
def test_a_full_disk_is_said_and_the_old_file_stays(name, tmp_path):
    import resource

    model, path = small(), tmp_path / name
    save = model.save_weights if "weights" in name else model.save
    save(path)
    before = path.read_bytes()

    def save_little():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
        try:
            save(path)
        except OSError as error:
            os._exit(7 if os.listdir(tmp_path) == [name] and str(error) else 8)

    _, status = os.waitpid(forked(save_little), 0)
    assert os.waitstatus_to_exitcode(status) == 7
    assert path.read_bytes() == before
