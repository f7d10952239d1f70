#include <cstdint>
#include <string>

#include "engine/cel/program.h"
#include "engine/cel/value_tree.h"
#include "schema/check.h"
#include "schema/json.h"
#include "tests/fuzz/fuzz_targets.h"

namespace writ {
namespace {

namespace cel = engine::cel;

constexpr std::uint64_t kSteps = 20'000;

// What the expressions of the corpus speak of.
const Value& Bound() {
  static const Value kBound = *ParseJson(
      R"({"change": {"action": "delete", "kind": "App", "labels": {"a": "b"},)"
      R"( "before": null, "after": {"scopes": ["x:y", "z"], "n": 3}},)"
      R"( "items": [{"k": 1, "v": "a"}, {"k": 2.5, "v": null}, [], true],)"
      R"( "text": "h\u00e9llo 1h30m ^a+$", "n": 7, "d": -0.5})");
  return kBound;
}

cel::Environment MakeEnvironment() {
  cel::Environment environment;
  for (const Value::Entry& entry : Bound().AsMap()) {
    environment.AddVariable(entry.key, cel::Type());
  }
  return environment;
}

void CheckIssues(const cel::Issues& issues, std::string_view text) {
  CHECK(!issues.empty());
  for (const cel::Issue& issue : issues) {
    CHECK(!issue.message.empty());
    CHECK(issue.span.begin <= text.size() && issue.span.end <= text.size());
    CHECK(issue.position.line > 0 && issue.position.column > 0);
  }
}

// The same value, or an error both times.
std::string Outcome(const cel::Value& value) {
  if (value.IsError()) return "error";
  const auto tree = cel::ToTypedTree(value);
  return tree ? CanonicalJson(*tree) : "large";
}

}  // namespace

// What is parsed evaluates within its budget; the recorded run and the fast one
// agree; what the checker accepts is no unknown name.
void FuzzCel(std::string_view bytes) {
  static const cel::Environment kEnvironment = MakeEnvironment();
  cel::Bindings bindings(kEnvironment);
  cel::Slot slot = 0;
  for (const Value::Entry& entry : Bound().AsMap()) {
    bindings.Set(slot++, cel::Value::Document(entry.value));
  }
  cel::CompileOptions options;
  options.check = false;
  options.traceable = true;
  const auto program =
      cel::Program::Compile(std::string(bytes), kEnvironment, options);
  if (!program) {
    CheckIssues(program.error(), bytes);
    return;
  }
  const cel::Value value = program->Evaluate(bindings, kSteps);
  if (value.IsError()) {
    CHECK(!cel::Describe(*program, value).empty());
  }
  cel::Trace trace;
  const cel::Value again = program->EvaluateTraced(bindings, trace, kSteps);
  CHECK(trace.steps.size() <= trace.max_steps);
  // Folding saves steps, so that the budget may be met in one run alone.
  if (!value.IsError() && !again.IsError()) {
    CHECK(Outcome(value) == Outcome(again));
  }
  const auto checked = cel::Program::Compile(std::string(bytes), kEnvironment);
  if (!checked) CheckIssues(checked.error(), bytes);
}

}  // namespace writ
