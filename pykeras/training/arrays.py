"""What users pass as data, brought to arrays: lists of numbers (inputs: or texts), NumPy, pandas, tensors, nested in
lists and dicts."""

import numbers

import numpy as np

from pykeras import config, strings, tree
from pykeras.training.stored import Rows, is_stored


def is_numbers(value):
    """Whether ``value`` is a number, or a (nested) list of numbers, which stands for one array."""
    if isinstance(value, (numbers.Number, np.generic, str, bytes)):
        return True
    return isinstance(value, (list, tuple)) and len(value) > 0 and is_numbers(value[0])


def is_array(value):
    """Whether ``value`` is array-like with a shape, or converts to one."""
    return hasattr(value, "shape") or hasattr(value, "__array__") or hasattr(value, "to_numpy")


def is_structure(value):
    """Whether ``value`` is an array, a list of numbers, or lists, tuples and dicts of these: all the data at once."""
    if is_numbers(value) or is_array(value):
        return True
    if isinstance(value, dict):
        return all(is_structure(item) for item in value.values() if item is not None)
    return isinstance(value, (list, tuple)) and all(is_structure(item) for item in value if item is not None)


def as_arrays(value, name, lazily=False):
    """The structure of ``value`` with NumPy arrays (or tensors) for leaves; floats become ``floatx``.

    Args:
        value: array, list of numbers, or lists, tuples and dicts of these; None stays.
        name: what messages call it.
        lazily: leave arrays on disk and sparse matrices as they are, to be read batch by batch.

    Raises:
        ValueError: for labels that are texts, ragged lists, objects, and arrays without samples axis, naming the place.
    """
    if value is None:
        return None
    if isinstance(value, dict):
        return {key: as_arrays(item, f"{name}[{key!r}]", lazily) for key, item in value.items()}
    if isinstance(value, (list, tuple)) and not is_numbers(value):
        if len(value) == 0:
            raise ValueError(f"{name} is empty: expected an array with at least one sample")
        items = [as_arrays(item, f"{name}[{place}]", lazily) for place, item in enumerate(value)]
        return tuple(items) if isinstance(value, tuple) else items
    if lazily and is_stored(value):
        return Rows(value)
    return as_array(value, name)


def as_array(value, name):
    """One array: see :func:`as_arrays`. Inputs (``x``) may be texts."""
    if isinstance(value, np.ndarray):
        pass
    elif isinstance(value, Rows):
        value = value.read(slice(0, len(value)))
    elif hasattr(value, "to_numpy"):
        values = value.to_numpy()
        texts = values.dtype == object and all(isinstance(each, (str, bytes)) for each in values.flat)
        if values.dtype == object and not (texts and name.startswith("x")):
            values = _of_mixed_columns(value, values, name)
        value = values[:, None] if values.ndim == 1 else values
    elif hasattr(value, "toarray"):
        value = value.toarray()
    elif hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if not isinstance(value, np.ndarray):
        try:
            value = np.asarray(value)
        except ValueError as error:
            raise ValueError(f"{name}: the lists do not form an array: {error}") from None
    if value.dtype.kind in "USO":
        if name.startswith("x") and strings.is_text(value) and value.ndim:
            return value
        raise ValueError(
            f"{name}: expected numbers, got an array of dtype {value.dtype} and shape {value.shape}, first value "
            f"{value.flat[0]!r}. Turn text labels into numbers, say with np.unique(labels, return_inverse=True)[1]"
            if value.size
            else f"{name}: expected numbers, got an empty array of dtype {value.dtype}"
        )
    if value.dtype.kind not in "biuf":
        raise ValueError(f"{name}: expected real numbers, got an array of dtype {value.dtype} and shape {value.shape}")
    if value.ndim == 0:
        raise ValueError(f"{name}: expected an array with an axis of samples, got the single value {value}")
    return value.astype(config.floatx(), copy=False) if value.dtype.kind == "f" else value


def _of_mixed_columns(table, values, name):
    """The values of a table whose columns have several dtypes, or may be missing: as floats, NaN for what is missing.

    Raises:
        ValueError: when some column holds no numbers, naming those.
    """
    try:
        return np.asarray(table.astype(config.floatx()).to_numpy(), config.floatx())
    except (TypeError, ValueError, AttributeError):
        columns = getattr(table, "dtypes", None)
        kinds = dict(columns.items()) if hasattr(columns, "items") else {}
        texts = [f"{column!r} ({kind})" for column, kind in kinds.items() if getattr(kind, "kind", "O") not in "biuf"]
        where = f"; columns without: {', '.join(texts)}" if texts else f", got values such as {values.flat[0]!r}"
        raise ValueError(f"{name}: expected a table of numbers{where}") from None


def sample_count(**data):
    """The number of samples that all arrays hold.

    Args:
        **data: structures of arrays by name; None is left out.

    Raises:
        ValueError: when arrays differ in length, naming each with its length, or there are no samples.
    """
    sizes = {name: [len(a) for a in tree.flatten(value) if a is not None] for name, value in data.items()}
    sizes = {name: lengths for name, lengths in sizes.items() if lengths}
    counts = {length for lengths in sizes.values() for length in lengths}
    if len(counts) > 1:
        listed = "; ".join(f"{name}: {', '.join(map(str, lengths))}" for name, lengths in sizes.items())
        hint = ""
        if any(len(lengths) > 1 for lengths in sizes.values()):
            hint = ". A list of arrays means several inputs or outputs; np.array(list) makes one array of it"
        raise ValueError(
            f"All arrays must hold the same number of samples (the size of the first axis), got {listed}{hint}"
        )
    count = counts.pop() if counts else 0
    if count == 0:
        shapes = {name: [a.shape for a in tree.flatten(value) if a is not None] for name, value in data.items()}
        raise ValueError(f"The data hold no samples: {', '.join(f'{n}: {s}' for n, s in shapes.items() if s)}")
    return count


def split(data, fraction):
    """The first part of all arrays, and the last ``fraction`` of them, for validation.

    Raises:
        ValueError: when a part would be empty.
    """
    if not 0 < fraction < 1:
        raise ValueError(f"validation_split: expected a number between 0 and 1, got {fraction}")
    count = sample_count(x=data)
    at = int(np.floor(count * (1.0 - fraction)))
    if at == 0 or at == count:
        raise ValueError(
            f"Training data contains {count} samples, which is not sufficient to split it into a validation and "
            f"training set as specified by validation_split={fraction}. Provide more data or another validation_split"
        )
    first, second = (
        tree.map_structure(lambda a, part=part: None if a is None else a[part], data)
        for part in (slice(0, at), slice(at, None))
    )
    return first, second
