// GradientTape's engine side, recorders and programs.
#include <optional>
#include <thread>

#include "../engine/program.h"
#include "../engine/record.h"
#include "../kernels/parallel.h"
#include "../ops/movement.h"
#include "bindings.h"

namespace pykeras {
namespace {

Tape::Source source_from(py::handle value) {
  Tape::Source source;
  if (py::isinstance<Variable>(value)) {
    source.variable = value.cast<Variable*>();
  } else {
    source.tensor = value.cast<Tensor>();
  }
  return source;
}

/// Samples are picked along axis 0, ahead of the step when it leaves a core idle.
Gathering gathering() {
  static const OpPtr take = op(Take{0});
  const auto gather = [](const In& data, const In& rows, const Out& batch, bool alone) {
    std::optional<kernels::OneThread> one;
    if (alone) one.emplace();
    Ins ins(2);
    ins[0] = data;
    ins[1] = rows;
    take->forward(ins, Outs(1, batch));
  };
  return {gather, kernels::num_threads() < static_cast<int>(std::thread::hardware_concurrency())};
}

/// Ops called while this is active are neither recorded nor watched: building layers, creating variables.
struct Unrecorded {
  Listeners held;
  void enter() { std::swap(held, listeners()); }
  void exit() { std::swap(held, listeners()); }
};

}  // namespace

void bind_recording(py::module_& m) {
  py::class_<Tape>(m, "Tape", "Records ops for differentiation in reverse.")
      .def(py::init<bool>(), py::arg("watch_variables") = true)
      .def("start", &Tape::start)
      .def("stop", &Tape::stop)
      .def("clear", &Tape::clear)
      .def_property_readonly("listening", &Tape::listening)
      .def("watch",
           [](Tape& tape, py::handle value) {
             if (py::isinstance<Variable>(value)) {
               tape.watch(value.cast<Variable&>());
             } else {
               tape.watch(value.cast<const Tensor&>());
             }
           })
      .def(
          "gradient",
          [](Tape& tape, const Tensors& targets, const py::list& sources,
             const std::vector<std::optional<Tensor>>& seeds, bool last) {
            std::vector<Tape::Source> from;
            for (py::handle source : sources) from.push_back(source_from(source));
            Tensors start;
            for (size_t i = 0; i < seeds.size(); ++i) {
              start.push_back(seeds[i] ? *seeds[i] : Tensor());
              if (seeds[i] && i < targets.size()) {
                expect_same_shape("gradient", "output gradient", targets[i].spec(), seeds[i]->spec());
                expect_dtype("gradient", "output gradient", targets[i].dtype(), seeds[i]->spec());
              }
            }
            py::list result;
            for (const Tensor& gradient : tape.gradient(targets, from, start, last)) {
              result.append(gradient ? py::cast(gradient) : py::none());
            }
            return result;
          },
          py::arg("targets"), py::arg("sources"), py::arg("seeds"), py::arg("last") = false,
          "``last``: the tape lets go of each call as soon as it is differentiated, and is empty afterwards.");

  py::class_<Recorder>(m, "Recorder", "Captures the ops of one step.")
      .def(py::init<>())
      .def("start", &Recorder::start, py::arg("inputs"))
      .def("stop", &Recorder::stop)
      .def("give_up", &Recorder::give_up, py::arg("reason"))
      .def_property_readonly("broken", &Recorder::broken)
      .def(
          "finish",
          [](Recorder& recorder, const Tensors& outputs) {
            return std::make_shared<Recording>(recorder.finish(outputs));
          },
          py::arg("outputs"));

  py::class_<Recording, std::shared_ptr<Recording>>(m, "Recording", "A captured step, not yet compiled.")
      .def_property_readonly("calls", [](const Recording& recording) {
        py::list names;
        for (const Call& call : recording.calls) names.append(call.op->name());
        return names;
      });

  py::class_<Program>(m, "Program", "An optimised step.")
      .def(py::init([](const Recording& recording) { return std::make_unique<Program>(recording); }),
           py::arg("recording"))
      .def("run", &Program::run, py::arg("inputs"), py::call_guard<py::gil_scoped_release>())
      .def("profile", &Program::profile, py::arg("inputs"), py::arg("runs"), py::call_guard<py::gil_scoped_release>(),
           "Runs the step several times; the fastest seconds of each of ``calls``.")
      .def(
          "run_batches",
          [](Program& program, const Tensors& data, const std::optional<Tensor>& order, int64_t batch_size,
             int64_t first, int64_t last, double seconds) {
            py::gil_scoped_release release;
            return program.run_batches(gathering(), data, order ? *order : Tensor(), batch_size, first, last, seconds);
          },
          py::arg("data"), py::arg("order"), py::arg("batch_size"), py::arg("first"), py::arg("last"),
          py::arg("seconds"))
      .def_property_readonly("calls", &Program::listing)
      .def_property_readonly("memory_bytes", &Program::memory_bytes);

  py::class_<Unrecorded>(m, "Unrecorded", "Context manager: ops inside are neither recorded nor differentiated.")
      .def(py::init<>())
      .def("__enter__", &Unrecorded::enter)
      .def("__exit__", [](Unrecorded& self, const py::args&) { self.exit(); });
  m.def("is_recording", [] { return listeners().recorder != nullptr; });
}

}  // namespace pykeras
