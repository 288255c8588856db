"""How cases are run."""

from pykeras import _core

from . import CASES

OPS = {entry["name"]: entry for entry in _core.op_registry}
OF = {name: [case for case in CASES if case.op == name] for name in OPS}


def is_real(x):
    return x is not None and x.dtype.kind == "f"


def has_reals(case):
    return any(is_real(x) for x in case.inputs)


def is_variadic(case):
    return OPS[case.op]["inputs"][-1].endswith("*")


def arrays(case, dtype, inputs=None):
    return [x.astype(dtype) if is_real(x) else x for x in (case.inputs if inputs is None else inputs)]


def run(case, inputs, attributes=None):
    """All results of the op, as a list."""
    attributes = case.attributes if attributes is None else attributes
    function = getattr(_core.op, case.op)
    result = function(list(inputs), **attributes) if is_variadic(case) else function(*inputs, **attributes)
    return list(result) if isinstance(result, tuple) else [result]
