#include "engine/cel/extension_libraries.h"

namespace writ::engine::cel {
namespace {

// Charges for each comparison; the caller asks the meter afterwards.
bool Has(Evaluation& evaluation, const Value& list, const Value& wanted) {
  for (std::size_t i = 0; i < list.ListSize(); ++i) {
    if (!evaluation.Charge()) return false;
    if (Equal(list.ListAt(i), wanted, evaluation.meter())) return true;
  }
  return false;
}

bool HasAll(Evaluation& evaluation, const Value& list, const Value& wanted) {
  for (std::size_t i = 0; i < wanted.ListSize(); ++i) {
    if (!Has(evaluation, list, wanted.ListAt(i))) return false;
  }
  return true;
}

Value Verdict(Evaluation& evaluation, bool verdict) {
  if (evaluation.meter().exhausted()) return Evaluation::Spent();
  return Value::Bool(verdict);
}

Value ContainsAll(Evaluation& evaluation, std::span<Value> arguments) {
  return Verdict(evaluation, HasAll(evaluation, arguments[0], arguments[1]));
}

Value Equivalent(Evaluation& evaluation, std::span<Value> arguments) {
  return Verdict(evaluation,
                 HasAll(evaluation, arguments[0], arguments[1]) &&
                     HasAll(evaluation, arguments[1], arguments[0]));
}

Value Intersects(Evaluation& evaluation, std::span<Value> arguments) {
  bool found = false;
  for (std::size_t i = 0; i < arguments[1].ListSize() && !found; ++i) {
    found = Has(evaluation, arguments[0], arguments[1].ListAt(i));
  }
  return Verdict(evaluation, found);
}

constexpr FunctionRow kSetsFunctions[] = {
    {"sets.contains", Style::kFunction, "list(T), list(T)", "bool",
     ContainsAll},
    {"sets.equivalent", Style::kFunction, "list(T), list(T)", "bool",
     Equivalent},
    {"sets.intersects", Style::kFunction, "list(T), list(T)", "bool",
     Intersects},
};

}  // namespace

const Library& SetsLibrary() {
  static constexpr Library kLibrary = {"sets", kSetsFunctions, {}, {}};
  return kLibrary;
}

}  // namespace writ::engine::cel
