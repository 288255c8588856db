"""Data on disk, sparse data, datasets with workers, generators with a thread, what other libraries hold."""

import threading

import h5py
import numpy as np
import pytest
from training.datasets_in_workers import Dies, Plain, Squares

import pykeras
from pykeras import layers
from pykeras.training.ahead import ahead
from pykeras.training.data import IterableBatches, StoredBatches, make_batches
from pykeras.training.stored import Rows
from pykeras.utils.workers import WorkerError, Workers

RANDOM = np.random.default_rng(3)
X = RANDOM.uniform(-1, 1, (50, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def linear():
    model = pykeras.Sequential([layers.Input((3,)), layers.Dense(1)])
    model.set_weights([np.ones((3, 1)), np.zeros(1)])
    model.compile("sgd", "mse", weighted_metrics=["mae"])
    return model


def trained(x, y=None, **options):
    np.random.seed(4)
    model = linear()
    history = model.fit(x, y, epochs=2, verbose=0, **options).history
    return [w.tobytes() for w in model.get_weights()], history


class Counting:
    """What h5py's dataset looks like, and how much of it is read at a time."""

    chunks, id = None, 1

    def __init__(self, values):
        self.values, self.most = values, 0
        self.shape, self.dtype = values.shape, values.dtype

    def __len__(self):
        return len(self.values)

    def __getitem__(self, rows):
        found = self.values[rows]
        self.most = max(self.most, len(found))
        return found


@pytest.mark.parametrize("shuffle", [True, False, "batch"])
@pytest.mark.parametrize("kind", ["h5py", "memmap", "float64", "mixed", "counting"])
def test_arrays_on_disk_train_as_arrays_in_memory(kind, shuffle, tmp_path):
    options = {"batch_size": 8, "shuffle": shuffle, "validation_split": 0.2}
    expected = trained(X, 2 * Y, **options)
    with h5py.File(tmp_path / "data.h5", "w") as file:
        x = file.create_dataset("x", data=X.astype("float64") if kind == "float64" else X, chunks=(7, 3))
        y = file.create_dataset("y", data=2 * Y)
        if kind == "memmap":
            x = np.memmap(tmp_path / "x.bin", "float32", "w+", shape=X.shape)
            x[:] = X
        if kind == "counting":
            x = Counting(X)
        assert trained(x, 2 * Y if kind == "mixed" else y, **options) == expected
        if kind == "counting":
            assert x.most == 8


def test_class_weights_and_sample_weights_of_data_on_disk(tmp_path):
    labels, weights = (X[:, :1] > 0).astype("float32"), np.abs(X[:, 0])
    options = {"batch_size": 8, "class_weight": {0: 1.0, 1: 3.0}}
    expected = trained(X, labels, sample_weight=weights, **options)
    with h5py.File(tmp_path / "data.h5", "w") as file:
        stored = {name: file.create_dataset(name, data=a) for name, a in (("x", X), ("y", labels), ("w", weights))}
        assert trained(stored["x"], stored["y"], sample_weight=stored["w"], **options) == expected
        model = linear()
        assert model.evaluate(stored["x"], stored["y"], verbose=0) == model.evaluate(X, labels, verbose=0)
        np.testing.assert_array_equal(model.predict(stored["x"], verbose=0), model.predict(X, verbose=0))
        assert isinstance(make_batches({"a": stored["x"]}, stored["y"]), StoredBatches)
        np.testing.assert_array_equal(model.predict_on_batch(stored["x"]), model.predict_on_batch(X))


def test_text_labels_on_disk_are_refused(tmp_path):
    with h5py.File(tmp_path / "data.h5", "w") as file:
        stored = file.create_dataset("y", data=[b"one", b"two"])
        with pytest.raises(ValueError, match="y: expected numbers, got an array of dtype"):
            linear().fit(X[:2], stored, verbose=0)
        stored = file.create_dataset("x", data=[b"one", b"two"])
        with pytest.raises(TypeError, match="expects float32, got string"):
            linear().fit(stored, np.ones((2, 1)), verbose=0)


def test_rows():
    rows = Rows(np.arange(20).reshape(10, 2), 2, 9)
    assert len(rows) == 7 and rows.shape == (7, 2)
    assert rows[1:3].read(slice(0, 2)).tolist() == [[6, 7], [8, 9]]
    assert Rows(rows[1:], 1, 3).read(np.array([1, 0, 0])).tolist() == [[10, 11], [8, 9], [8, 9]]
    with pytest.raises(ValueError, match="axis of samples"):
        Rows(np.array(1.0))


def test_sparse_matrices():
    sparse = pytest.importorskip("scipy.sparse")
    thin = np.where(np.abs(X) > 0.5, X, 0).astype("float32")
    expected = trained(thin, Y, batch_size=8)
    for kind in (sparse.csr_matrix, sparse.coo_matrix, sparse.csc_array):
        assert trained(kind(thin), Y, batch_size=8) == expected
    model = linear()
    np.testing.assert_array_equal(model.predict(sparse.csr_matrix(thin), verbose=0), model.predict(thin, verbose=0))


def test_tables():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"a": X[:, 0], "b": X[:, 1] > 0, "c": np.arange(50)})
    plain = np.stack([X[:, 0], X[:, 1] > 0, np.arange(50)], axis=1).astype("float32")
    expected = trained(plain, Y[:, 0], batch_size=8)
    assert trained(table, pandas.Series(Y[:, 0]), batch_size=8) == expected
    assert trained(table, pandas.DataFrame({"y": Y[:, 0]}), batch_size=8) == expected
    with pytest.raises(ValueError, match="x: expected a table of numbers; columns without: 'd' "):
        linear().fit(table.assign(d="text"), Y, verbose=0)


def test_data_loader_of_torch():
    data = pytest.importorskip("torch.utils.data")
    import torch

    pairs = data.TensorDataset(torch.from_numpy(X), torch.from_numpy(Y))
    loader = data.DataLoader(pairs, batch_size=8)
    assert trained(loader) == trained(X, Y, batch_size=8, shuffle=False)
    assert linear().fit(loader, validation_data=loader, verbose=0).params["steps"] == 7
    assert linear().predict(loader, verbose=0).shape == (50, 1)


class LikeTensorFlow:
    """What pykeras sees of a tf.data.Dataset: it can be iterated over, has no length, and yields tensors of its own."""

    class Tensor:
        def __init__(self, array):
            self.array, self.shape, self.dtype = array, array.shape, array.dtype

        def __array__(self, dtype=None, copy=None):
            return self.array

    def __iter__(self):
        return ((self.Tensor(X[i : i + 8]), self.Tensor(Y[i : i + 8])) for i in range(0, 50, 8))

    def __len__(self):
        raise TypeError("the dataset length is unknown")


def test_datasets_of_tensorflow():
    assert trained(LikeTensorFlow()) == trained(X, Y, batch_size=8, shuffle=False)


# Datasets


@pytest.mark.parametrize("options", [{}, {"workers": 3}, {"workers": 2, "max_queue_size": 1}])
def test_datasets_with_threads_train_as_without(options):
    expected = trained(Squares(), shuffle=False)
    dataset = Squares(**options)
    assert trained(dataset, shuffle=False) == expected
    assert dataset.epoch == 2
    assert trained(Squares(**options)) == trained(Squares())
    assert not [t for t in threading.enumerate() if t.name.startswith("pykeras") and t.daemon]


def test_datasets_with_processes():
    def made(seed):
        workers = Workers(Plain(workers=2), 2, processes=True)
        try:
            first = list(workers.results(range(6), 4, seed))
            return first, list(workers.results([5, 0], 4, seed))
        finally:
            workers.close()

    first, second = made(7)
    assert [number for number, _, _ in first] == list(range(6))
    assert all(pid != __import__("os").getpid() for _, pid, _ in first)
    draws = [draw for _, _, draw in first]
    assert len(set(draws)) == 6 and [draw for _, _, draw in second] == [draws[5], draws[0]]


def test_training_with_processes():
    # the second epoch sees what on_epoch_end() changed; exceptions come with the worker's own words
    assert trained(Squares(workers=1, use_multiprocessing=True), shuffle=False) == trained(Squares(), shuffle=False)
    with pytest.raises(WorkerError, match=r"OddError: no such batch: 4\n(.|\n)*__getitem__"):
        linear().fit(Squares(fails_at=4, workers=1, use_multiprocessing=True), shuffle=False, verbose=0)


def test_a_worker_process_that_dies_is_an_error():
    with pytest.raises(WorkerError, match="A worker process of Dies died"):
        linear().fit(Dies(workers=1, use_multiprocessing=True), verbose=0)
    dataset = Squares(workers=1, use_multiprocessing=True)
    dataset.unsendable = threading.Lock()
    with pytest.raises(WorkerError, match="Squares cannot be sent to worker processes"):
        linear().fit(dataset, verbose=0)


def test_an_exception_in_a_thread_comes_out():
    with pytest.raises(KeyError, match="lost in the worker") as raised:
        linear().fit(Plain(fails_at=0, workers=2), shuffle=False, verbose=0)
    assert any(entry.name == "__getitem__" for entry in raised.traceback)


def test_epoch_hooks_and_a_dataset_without_end():
    calls = []

    class Endless(Squares):
        num_batches = None

        def on_epoch_begin(self):
            calls.append("begin")

        def on_epoch_end(self):
            calls.append("end")

        def __getitem__(self, number):
            calls.append(number)
            return super().__getitem__(number)

    linear().fit(Endless(), steps_per_epoch=2, epochs=2, verbose=0)
    assert calls == ["begin", 0, 1, "end", "begin", 2, 3, "end"]


def test_a_dataset_must_say_what_it_holds():
    with pytest.raises(NotImplementedError, match="__getitem__"):
        pykeras.utils.PyDataset()[0]
    with pytest.raises(NotImplementedError, match="__len__"):
        pykeras.utils.PyDataset().num_batches  # noqa: B018
    assert pykeras.utils.Sequence is pykeras.utils.PyDataset


def test_workers_of_fit_serve_a_sequence_of_keras_2():
    class Sequence:
        names = set()

        def __len__(self):
            return 6

        def __getitem__(self, number):
            self.names.add(threading.current_thread().name.partition("_")[0])
            return X[:4], Y[:4]

    linear().fit(Sequence(), workers=2, verbose=0)
    assert Sequence.names == {"pykeras-data"}
    Sequence.names.clear()
    linear().evaluate(Sequence(), verbose=0)
    assert Sequence.names == {"MainThread"}


# Generators


def pairs(names=None, count=7, fails=False):
    for start in range(0, 7 * count, 7):
        if names is not None:
            names.add(threading.current_thread().name)
        yield X[start % 49 : start % 49 + 7], Y[start % 49 : start % 49 + 7]
    if fails:
        raise OSError("the disk is gone")


def test_generators_with_a_thread():
    names = set()
    expected = trained(pairs(count=14), steps_per_epoch=7)
    assert trained(pairs(names, count=14), steps_per_epoch=7, workers=2, max_queue_size=3) == expected
    assert names == {"pykeras-ahead"}
    with pytest.warns(UserWarning, match="cannot be sent to another process"):
        linear().fit(pairs(), steps_per_epoch=7, verbose=0, use_multiprocessing=True)
    with pytest.raises(OSError, match="the disk is gone"):
        linear().fit(pairs(fails=True), steps_per_epoch=9, verbose=0, workers=2)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_generator_that_runs_dry_loses_nothing(workers):
    model = linear()
    with pytest.warns(UserWarning, match="ran out of data"):
        history = model.fit(pairs(count=5), epochs=3, steps_per_epoch=3, verbose=0, workers=workers)
    assert history.epoch == [0, 1] and int(model.optimizer.iterations) == 5


def test_ahead_stops_when_closed():
    taken = []
    items = ahead((taken.append(i) or i for i in range(100)), 2)
    assert [next(items), next(items)] == [0, 1]
    items.close()
    assert len(taken) <= 6 and not [t for t in threading.enumerate() if t.name == "pykeras-ahead"]


def test_batches_fetched_ahead_are_those_of_the_next_epoch():
    batches = IterableBatches(pairs(count=6), steps=3, queue_size=4)
    first, second = list(batches), list(batches)
    assert len(first) == len(second) == 3
    np.testing.assert_array_equal(second[0][0].numpy(), X[21:28])
    batches.close()


# Enqueuers


def test_enqueuers():
    ordered = pykeras.utils.OrderedEnqueuer(Squares(3), shuffle=False)
    with pytest.raises(RuntimeError, match="start"):
        ordered.get()
    ordered.start(workers=2, max_queue_size=2)
    assert ordered.is_running()
    items = ordered.get()
    found = [next(items) for _ in range(7)]
    assert [x[0, 0] for x, _ in found] == [0, 1, 2, 0, 1, 2, 0]
    assert [float(y[0, 0] - x[0].sum()) for x, y in found] == [0, 0, 0, 1, 1, 1, 2]
    ordered.stop()
    assert not ordered.is_running()
    mixed = pykeras.utils.OrderedEnqueuer(Squares(30), shuffle=True)
    mixed.start()
    order = [int(next(mixed.get())[0][0, 0]) for _ in range(30)]
    mixed.stop()
    assert sorted(order) == list(range(30)) != order
    generator = pykeras.utils.GeneratorEnqueuer((np.random.random() for _ in range(3)), random_seed=5)
    generator.start()
    assert list(generator.get()) == np.random.RandomState(5).random_sample(3).tolist()
    generator.stop()
    with pytest.raises(ValueError, match="PyDataset"):
        pykeras.utils.GeneratorEnqueuer(pairs(), use_multiprocessing=True)
    with pytest.raises(NotImplementedError, match="OrderedEnqueuer"):
        pykeras.utils.SequenceEnqueuer(Squares()).start()
