"""What holds the house up: floors, what the wheel holds, what importing costs, a README that is true."""

import ast
import collections
import os
import pathlib
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

import pykeras

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "pykeras"

# A module may import from its own floor and those below. Modules of one row do not import each other, except where a
# row is said to be one room.
FLOORS = [
    {"_core", "lazy", "extras", "old_paths", "tracebacks"},
    {"dtypes", "config", "check", "tree", "registry", "keras_tensor", "variables", "convert", "strings"},
    {"ops", "random", "differentiation", "stateless"},
    {"dtype_policies", "activations", "initializers", "regularizers", "constraints", "losses", "metrics", "optimizers"},
    {"layers"},
    {"scopes"},
    {"models", "training", "callbacks", "utils"},  # fit makes its own callbacks: History and the progress bar
    {
        "saving",
        "export",
        "preprocessing",
        "datasets",
        "applications",
        "wrappers",
        "legacy",
        "backend",
        "mixed_precision",
    },
    {"__main__"},
]
FLOOR_OF = {name: number for number, names in enumerate(FLOORS) for name in names}

INCLUDES = {
    "kernels": {"kernels"},
    "engine": {"engine"},
    "ops": {"ops", "engine", "kernels"},
    "bindings": {"bindings", "ops", "engine", "kernels"},
}


def room(module):
    """The first part of a module's name below pykeras: the namespace it belongs to."""
    return module.split(".")[1] if module.startswith("pykeras.") else None


def imported_rooms(path):
    """Rooms that a file imports when it is itself imported (imports inside functions come later and do not count)."""
    pending = collections.deque(ast.parse(path.read_text(encoding="utf-8")).body)
    while pending:
        node = pending.popleft()
        if isinstance(node, ast.Import):
            yield from filter(None, (room(alias.name) for alias in node.names))
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            if node.module == "pykeras":
                yield from (alias.name for alias in node.names)
            elif room(node.module or ""):
                yield room(node.module)
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
                continue
            pending.extend(ast.iter_child_nodes(node))


def test_every_room_has_a_floor():
    rooms = {p.stem for p in PACKAGE.glob("*.py")} | {p.name for p in PACKAGE.iterdir() if (p / "__init__.py").exists()}
    assert rooms - {"__init__"} <= set(FLOOR_OF), "name the floor of a new module in FLOORS"


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down_only(path):
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if own == "__init__":
        return
    above = {r for r in imported_rooms(path) if FLOOR_OF.get(r, -1) > FLOOR_OF[own]}
    assert not above, f"{own} (floor {FLOOR_OF[own]}) imports {sorted(above)} from a floor above"


@pytest.mark.parametrize("floor", INCLUDES)
def test_includes_go_down_only(floor):
    for path in sorted((ROOT / "csrc" / floor).rglob("*.*")):
        for include in re.findall(r'#include "([^"]+)"', path.read_text(encoding="utf-8")):
            target = (path.parent / include).resolve()
            assert target.exists(), f"{path}: {include} does not exist"
            if target.name == "dtype.h":  # the one header that engine and kernels share
                continue
            assert target.relative_to(ROOT / "csrc").parts[0] in INCLUDES[floor], f"{path} includes {include}"


def test_eigen_and_openmp_stay_in_kernels():
    for path in sorted((ROOT / "csrc").rglob("*.*")):
        text = path.read_text(encoding="utf-8")
        if path.parent.name != "kernels":
            assert not re.search(r"#include <(Eigen|omp\.h|unsupported/Eigen)", text) and "#pragma omp" not in text, (
                path
            )
        elif path.stem != "parallel":
            assert "omp.h" not in text and "#pragma omp" not in text, path


def test_package_comes_from_the_installed_wheel():
    if not os.environ.get("PYKERAS_INSTALLED"):
        pytest.skip("run by make test")
    assert "site-packages" in pathlib.Path(pykeras.__file__).parts
    assert not pathlib.Path(pykeras.__file__).is_relative_to(PACKAGE)


def test_wheel():
    wheel = os.environ.get("PYKERAS_WHEEL")
    if not wheel:
        pytest.skip("run by make test")
    assert pathlib.Path(wheel).stat().st_size <= 6e6
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    outside = [name for name in names if not re.match(r"pykeras(-[\d.]+\.dist-info|\.libs)?/", name)]
    assert not outside
    for wanted in ("pykeras/py.typed", "pykeras/_core.pyi", "pykeras/datasets/digits.npz"):
        assert wanted in names
    assert sum(name.startswith("pykeras/_core.") and name.endswith((".so", ".pyd")) for name in names) == 1
    assert not [name for name in names if "__pycache__" in name or "_cache/" in name]


def weak_symbols(path):
    lines = subprocess.run(["nm", "-C", path], capture_output=True, text=True, check=True).stdout.splitlines()
    return {line.split(maxsplit=2)[2] for line in lines if re.match(r"[0-9a-f]* *[WV] ", line.strip())}


def test_instruction_sets_share_no_weak_symbols():
    """A weak symbol that two sets define is merged by the linker: one of them would run the other's instructions.

    Constants of inline variables (nm's "u") may be shared: they are the same everywhere.
    """
    directory = os.environ.get("PYKERAS_OBJECTS")
    if not directory or not shutil.which("nm"):
        pytest.skip("run by make test, needs nm")
    where = collections.defaultdict(set)
    for path in pathlib.Path(directory).rglob("*.o"):
        match = re.search(r"kernels_(v\d)\.dir", str(path))
        if match:
            for symbol in weak_symbols(path):
                where[symbol].add(match[1])
    shared = sorted(symbol for symbol, sets in where.items() if len(sets) > 1 and "DW.ref" not in symbol)
    assert not shared, f"{len(shared)} weak symbols in more than one instruction set: {shared[:10]}"


def python(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, **environment}
    ).stdout


def test_import_is_lazy():
    assert python("import sys, pykeras; print('h5py' in sys.modules)").strip() == "False"


def test_import_time_is_printed(capsys):
    code = "import time, numpy; t = time.process_time(); import pykeras; print(time.process_time() - t)"
    seconds = min(float(python(code)) for _ in range(3))
    with capsys.disabled():
        print(f"\nimport pykeras beyond numpy: {seconds * 1e3:.0f} ms (budget 150)")
    assert seconds < 1.5  # of the processor's time, far above the budget: a machine under load is not a regression


@pytest.mark.parametrize("isa", ["v9", "nonsense"])
def test_unknown_instruction_set(isa):
    result = subprocess.run(
        [sys.executable, "-c", "import pykeras"], capture_output=True, text=True, env={**os.environ, "PYKERAS_ISA": isa}
    )
    assert result.returncode != 0 and f"PYKERAS_ISA={isa}" in result.stderr


def test_version_stands_in_one_place():
    declared = re.search(r"project\(pykeras VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[1]
    assert pykeras.__version__ == declared
    assert f"## {declared}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def snippets():
    return re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("number", range(len(snippets())))
def test_readme_snippets_run(number, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(compile(snippets()[number], f"README.md, snippet {number}", "exec"), {"__name__": "__main__"})
