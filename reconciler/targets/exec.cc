// A program of the operator's (targets.md, section 11). It's run once for each
// operation, with the argv that the host file grants and nothing else in argv
// or environment; what is asked comes on standard input:
//
//   {"version":1,"verb":"put","name":"API_TOKEN","rotation":"…",
//    "generation":1,"expectedVersion":"…"}        one line
//   the value's bytes, to the end                 with "put" alone
//
// It answers by its exit status, and on standard output with nothing or a line
// of JSON: "preflight" with what it can do, {"can":["observe","readback",
// "compare","activate","health","remove"]}; "observe" with {"present":true,
// "version":"…"} and, where it can read back, the value's bytes behind that
// line; "put" with {"version":"…"}; "health" with {"healthy":true}.
//
//   0 done   75 (EX_TEMPFAIL) not now   77 (EX_NOPERM) not allowed
//   any other: never   killed, or not done in time: unknown
#include <algorithm>
#include <utility>

#include "reconciler/host/child_program.h"
#include "reconciler/targets/api_client.h"
#include "reconciler/targets/types.h"

namespace writ::reconciler::targets {
namespace {

constexpr std::size_t kOutputCap = std::size_t{256} << 10;

enum class Verb : std::uint8_t {
  kPreflight,
  kObserve,
  kPut,
  kActivate,
  kHealth,
  kRemove,
};

std::string_view NameOf(Verb verb) {
  switch (verb) {
    case Verb::kPreflight:
      return "preflight";
    case Verb::kObserve:
      return "observe";
    case Verb::kPut:
      return "put";
    case Verb::kActivate:
      return "activate";
    case Verb::kHealth:
      return "health";
    case Verb::kRemove:
      return "remove";
  }
  return "preflight";
}

bool ChangesThings(Verb verb) {
  return verb == Verb::kPut || verb == Verb::kActivate || verb == Verb::kRemove;
}

struct Answer {
  SecretJson line;
  SecretValue rest;
};

class Exec final : public Target {
 public:
  Exec(const HostFile& host, const Clock& clock,
       std::chrono::nanoseconds deadline, std::vector<std::string> argv,
       Duration timeout)
      : host_(host),
        clock_(clock),
        deadline_(deadline),
        argv_(std::move(argv)),
        timeout_(timeout) {}

  Capabilities capabilities() const override { return can_; }
  TargetStatus Preflight(const std::string& name) override;
  TargetResult<Observation> Observe(const std::string& name) override;
  TargetResult<Written> Put(const PutRequest& request) override;
  TargetStatus Activate(const Delivery& delivery) override;
  TargetResult<Health> CheckHealth(const Delivery& delivery) override;
  TargetStatus Remove(const std::string& name) override;
  TargetResult<Written> Restore(const Delivery&, const std::string&) override {
    return CannotRestore();
  }

 private:
  TargetResult<Answer> Run(Verb verb, const Delivery& delivery,
                           const SecretValue* value = nullptr,
                           const std::string& expected_version = {});
  TargetStatus Judge(Verb verb, const ChildOutcome& outcome,
                     const SecretViews& secrets) const;

  const HostFile& host_;
  const Clock& clock_;
  std::chrono::nanoseconds deadline_;
  std::vector<std::string> argv_;
  Duration timeout_;
  Capabilities can_;
};

SecretValue Ask(Verb verb, const Delivery& delivery, const SecretValue* value,
                const std::string& expected_version) {
  JsonObject line;
  line.Add("version", std::int64_t{1}).Add("verb", NameOf(verb));
  line.Add("name", delivery.name);
  if (!delivery.rotation_id.empty()) {
    line.Add("rotation", delivery.rotation_id);
    line.Add("generation", std::int64_t{delivery.generation});
  }
  if (!expected_version.empty()) line.Add("expectedVersion", expected_version);
  SecretBuilder input;
  input.Append(line.Finish()).Append("\n");
  if (value != nullptr) input.Append(*value);
  return input.Finish();
}

TargetStatus Exec::Judge(Verb verb, const ChildOutcome& outcome,
                         const SecretViews& secrets) const {
  std::string text = argv_[0] + " (" + std::string(NameOf(verb)) + ") ";
  const FailureClass lost =
      ChangesThings(verb) ? FailureClass::kUnknown : FailureClass::kTransient;
  if (outcome.end == ChildOutcome::End::kTimedOut) {
    return FailTarget(lost, ErrorCode::kIo,
                      text + "didn't end in time and was killed");
  }
  if (outcome.end == ChildOutcome::End::kKilled) {
    return FailTarget(lost, ErrorCode::kIo, text + "was killed");
  }
  constexpr int kTemporaryFailure = 75;  // sysexits.h
  constexpr int kNoPermission = 77;
  text += "ended with " + std::to_string(outcome.exit_status) + ": " +
          Excerpt(outcome.errors.Reveal(), secrets);
  switch (outcome.exit_status) {
    case 0:
      return {};
    case kTemporaryFailure:
      return FailTarget(FailureClass::kTransient, ErrorCode::kIo, text);
    case kNoPermission:
      return FailTarget(FailureClass::kAuth, ErrorCode::kPermission, text);
    default:
      return FailTarget(FailureClass::kInvalid, ErrorCode::kUnsupported, text);
  }
}

TargetResult<Answer> Exec::Run(Verb verb, const Delivery& delivery,
                               const SecretValue* value,
                               const std::string& expected_version) {
  // T-01: asked each time, since the grant may have gone.
  if (auto granted = host_.MayRun(argv_); !granted) {
    return InvalidTarget(std::move(granted.error()));
  }
  const auto left =
      std::chrono::duration_cast<Duration>(deadline_ - clock_.Monotonic());
  if (left <= Duration(0)) {
    return FailTarget(FailureClass::kTransient, ErrorCode::kIo,
                      "no time is left to run " + argv_[0]);
  }
  ChildRequest request;
  request.argv = argv_;
  request.input = Ask(verb, delivery, value, expected_version);
  request.timeout = std::min(left, timeout_);
  request.output_cap = kOutputCap;
  auto outcome = RunChild(request);
  if (!outcome) return InvalidTarget(std::move(outcome.error()));
  SecretViews secrets;
  if (value != nullptr) secrets.emplace_back(*value);
  TRY_TARGET(Judge(verb, *outcome, secrets));
  Answer answer;
  const std::string_view output = outcome->output.Reveal();
  const std::size_t end = std::min(output.find('\n'), output.size());
  if (end < output.size()) {
    answer.rest = SecretValue::Copy(output.substr(end + 1));
  }
  if (end == 0) return answer;
  auto line = ParseJson(output.substr(0, end));
  if (!line || !line->IsMap()) {
    return FailTarget(
        ChangesThings(verb) ? FailureClass::kUnknown : FailureClass::kInvalid,
        ErrorCode::kUnsupported,
        argv_[0] + " (" + std::string(NameOf(verb)) +
            ") answered with something else than a JSON object");
  }
  answer.line = SecretJson(std::move(*line));
  return answer;
}

TargetStatus Exec::Preflight(const std::string& name) {
  TRY_TARGET(CheckVariableName(name));
  const Answer answer =
      TRY_TARGET(Run(Verb::kPreflight, Delivery{name, "", 0}));
  const Value* list = answer.line.Find("can");
  const auto can = [&](const char* what) {
    return list != nullptr && list->IsList() &&
           std::find(list->AsList().begin(), list->AsList().end(),
                     Value(what)) != list->AsList().end();
  };
  can_.reads_back = can("observe") && can("readback");
  can_.compares_version = can("compare");
  can_.activates = can("activate");
  can_.reports_health = can("health");
  can_.removes = can("remove");
  return {};
}

TargetResult<Observation> Exec::Observe(const std::string& name) {
  TRY_TARGET(CheckVariableName(name));
  Answer answer = TRY_TARGET(Run(Verb::kObserve, Delivery{name, "", 0}));
  Observation seen;
  seen.present = answer.line.IsTrue("present");
  seen.version = answer.line.Text("version");
  // What it can was said to the preflight, maybe of another process.
  seen.readable = can_.reads_back || !answer.rest.empty();
  if (seen.present && seen.readable) seen.value = std::move(answer.rest);
  return seen;
}

TargetResult<Written> Exec::Put(const PutRequest& request) {
  TRY_TARGET(CheckVariableName(request.delivery.name));
  const Answer answer = TRY_TARGET(Run(
      Verb::kPut, request.delivery, &request.value, request.expected_version));
  return Written{answer.line.Text("version")};
}

TargetStatus Exec::Activate(const Delivery& delivery) {
  TRY_TARGET(Run(Verb::kActivate, delivery));
  return {};
}

TargetResult<Health> Exec::CheckHealth(const Delivery& delivery) {
  const Answer answer = TRY_TARGET(Run(Verb::kHealth, delivery));
  const Value* healthy = answer.line.Find("healthy");
  return healthy == nullptr || *healthy == Value(true) ? Health::kHealthy
                                                       : Health::kPending;
}

TargetStatus Exec::Remove(const std::string& name) {
  TRY_TARGET(CheckVariableName(name));
  TRY_TARGET(Run(Verb::kRemove, Delivery{name, "", 0}));
  return {};
}

}  // namespace

Made MakeExec(TargetSetup& setup) {
  std::vector<std::string> argv;
  const Value* command = BlockOf(setup).Find("command");
  if (command != nullptr && command->IsList()) {
    for (const Value& argument : command->AsList()) {
      argv.push_back(argument.IsString() ? argument.AsString() : "");
    }
  }
  TRY(setup.host.MayRun(argv));
  const Duration timeout = ParseDuration(TextOf(setup, "timeout"))
                               .value_or(std::chrono::seconds(30));
  return std::make_unique<Exec>(setup.host, setup.clock, setup.deadline,
                                std::move(argv), timeout);
}

}  // namespace writ::reconciler::targets
