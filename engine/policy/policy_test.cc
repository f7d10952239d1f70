#include "engine/policy/policy_test.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "engine/policy/case_facts.h"
#include "engine/policy/judge.h"
#include "engine/policy/policy.h"
#include "engine/policy/written.h"
#include "schema/text_list.h"
#include "schema/validator.h"

namespace writ::engine {
namespace {

std::string_view PolicyNamed(const Value& spec) {
  std::string_view name = spec.FindString("policy");
  if (name.starts_with("Policy/")) name.remove_prefix(7);
  return name;
}

// What one validation came to over all that was judged.
struct Outcome {
  Verdict verdict = Verdict::kPass;
  bool judged = false;
  std::string message;
};

class TestRun {
 public:
  TestRun(const Resource& test, const SourceFiles& files,
          const PolicyTestOptions& options, Diagnostics& diagnostics)
      : spec_(At(*test.content, "spec")),
        files_(files),
        options_(options),
        diagnostics_(diagnostics) {
    result_.test = test.id.name();
    result_.policy = PolicyNamed(spec_);
    result_.at = Place(test.range);
    // Without a time, cases are at the beginning of all: nothing has ended.
    now_ = ParseTimestamp(spec_.FindString("now")).value_or(Timestamp());
  }

  PolicyTestResult Run() {
    CompilePolicy();
    if (!result_.failures.empty()) return std::move(result_);
    const Value& cases = At(spec_, "cases");
    if (!cases.IsList() || cases.AsList().empty()) {
      result_.failures.emplace_back("it has no cases");
      return std::move(result_);
    }
    for (const Value& each : cases.AsList()) RunCase(each);
    return std::move(result_);
  }

 private:
  Location Place(const SourceRange& range) const {
    Location at;
    if (range.file < files_.size()) at.file = files_[range.file];
    at.line = range.line;
    at.column = range.column;
    at.length = range.length;
    return at;
  }

  void CompilePolicy() {
    const auto declared = std::find_if(
        options_.policies.begin(), options_.policies.end(),
        [&](const GuardDocument& each) { return each.name == result_.policy; });
    if (declared == options_.policies.end()) {
      std::vector<std::string_view> names;
      for (const GuardDocument& each : options_.policies) {
        names.push_back(each.name);
      }
      std::string failure = "there is no Policy/" + result_.policy;
      if (const auto near = Suggest(result_.policy, names)) {
        failure += "; did you mean \"" + std::string(*near) + "\"?";
      }
      result_.failures.push_back(std::move(failure));
      return;
    }
    std::vector<GuardDocument> exceptions;
    for (const GuardDocument& each : options_.exceptions) {
      if (PolicyNamed(At(*each.content, "spec")) == result_.policy) {
        exceptions.push_back(each);
      }
    }
    PolicySetOptions options = options_.set;
    options.lints = false;
    Diagnostics diagnostics;
    set_ = PolicySet({WithParams(*declared)}, exceptions, options, diagnostics);
    policy_ = set_.Find(result_.policy);
    if (!policy_->fault.empty()) {
      result_.failures.push_back("Policy/" + result_.policy +
                                 " can't be read: " + policy_->fault);
    }
  }

  // The test's parameters over the policy's own.
  GuardDocument WithParams(GuardDocument document) const {
    const Value& params = At(spec_, "params");
    if (!params.IsMap() || params.AsMap().empty()) return document;
    Value content = *document.content;
    Value& spec = *content.Find("spec");
    Value merged = At(spec, "params");
    for (const Value::Entry& param : params.AsMap()) {
      merged.Set(param.key, param.value);
    }
    spec.Set("params", std::move(merged));
    document.content = std::make_shared<const Value>(std::move(content));
    return document;
  }

  std::optional<PlanFacts> FactsOf(const Value& each,
                                   PolicyTestCase& test_case) {
    const Value& manifests = At(each, "manifests");
    if (!manifests.IsMap()) {
      std::string failure;
      auto facts = ReadCaseFacts(each, now_, files_, diagnostics_, failure);
      if (!facts) test_case.failures.push_back(std::move(failure));
      return facts;
    }
    if (!options_.plan) {
      test_case.failures.emplace_back("manifests can't be planned here");
      return std::nullopt;
    }
    auto planned = options_.plan(
        {TextsOf(&At(manifests, "before")), TextsOf(&At(manifests, "after"))},
        test_case.at);
    if (!planned) {
      test_case.failures.push_back(Describe(planned.error()));
      return std::nullopt;
    }
    planned->now = now_;
    return *std::move(planned);
  }

  void RunCase(const Value& each) {
    PolicyTestCase test_case;
    test_case.name = each.FindString("name");
    const Value* name = each.Find("name");
    test_case.at = Place((name != nullptr ? *name : each).range());
    if (const auto facts = FactsOf(each, test_case)) {
      JudgeOptions options;
      options.keep_passed = true;
      test_case.findings = Judge(set_, nullptr, *facts, options).findings;
      Compare(each, test_case);
    }
    result_.cases.push_back(std::move(test_case));
  }

  void Compare(const Value& each, PolicyTestCase& test_case) const {
    const Value& expect = At(each, "expect");
    if (!expect.IsMap() || expect.AsMap().empty()) {
      test_case.failures.emplace_back("it expects nothing");
      return;
    }
    std::vector<std::string> messages;
    for (const Value::Entry& expected : expect.AsMap()) {
      if (policy_->Find(expected.key) == nullptr) {
        test_case.failures.push_back(UnknownValidation(expected.key));
        continue;
      }
      const Outcome outcome = OutcomeOf(expected.key, test_case.findings);
      messages.push_back(outcome.message);
      const std::string got(Name(outcome.verdict));
      if (!expected.value.IsString() || expected.value.AsString() != got) {
        test_case.failures.push_back(Difference(expected, got, outcome));
      }
    }
    const std::string_view message = each.FindString("message");
    const bool said =
        message.empty() ||
        std::any_of(messages.begin(), messages.end(), [&](const auto& text) {
          return text.find(message) != std::string::npos;
        });
    if (!said) test_case.failures.push_back(NotSaid(message, messages));
  }

  static std::string NotSaid(std::string_view message,
                             const std::vector<std::string>& messages) {
    std::string failure = "no message holds \"" + std::string(message) + "\"";
    for (const std::string& text : messages) {
      if (!text.empty()) failure += "; one is \"" + text + "\"";
    }
    return failure;
  }

  std::string UnknownValidation(const std::string& name) const {
    std::vector<std::string_view> names;
    for (const Validation& each : policy_->validations) {
      names.push_back(each.name);
    }
    std::string failure =
        "Policy/" + policy_->name + " has no validation \"" + name + "\"";
    if (const auto near = Suggest(name, names)) {
      failure += "; did you mean \"" + std::string(*near) + "\"?";
    }
    return failure;
  }

  static std::string Difference(const Value::Entry& expected,
                                const std::string& got,
                                const Outcome& outcome) {
    std::string failure = expected.key + ": expected ";
    failure += expected.value.IsString() ? expected.value.AsString() : "a text";
    failure += ", got " + got;
    if (!outcome.judged) failure += ", since the policy doesn't judge this";
    if (!outcome.message.empty()) failure += " (" + outcome.message + ")";
    return failure;
  }

  // The worst of all that was judged: error, violation, exempt, pass. An error
  // of the policy itself is one of each validation.
  static Outcome OutcomeOf(const std::string& validation,
                           const std::vector<Finding>& findings) {
    Outcome outcome;
    for (const Finding& finding : findings) {
      if (!finding.validation.empty() && finding.validation != validation) {
        continue;
      }
      if (!outcome.judged || finding.verdict > outcome.verdict) {
        outcome.verdict = finding.verdict;
        outcome.message = finding.message;
      }
      outcome.judged = true;
    }
    return outcome;
  }

  const Value& spec_;
  const SourceFiles& files_;
  const PolicyTestOptions& options_;
  Diagnostics& diagnostics_;
  PolicyTestResult result_;
  PolicySet set_;
  const Policy* policy_ = nullptr;
  Timestamp now_;
};

}  // namespace

bool PolicyTestResult::passed() const {
  return failures.empty() &&
         std::all_of(cases.begin(), cases.end(),
                     [](const PolicyTestCase& each) { return each.passed(); });
}

PolicyTestResult RunPolicyTest(const Resource& test, const SourceFiles& files,
                               const PolicyTestOptions& options,
                               Diagnostics& diagnostics) {
  return TestRun(test, files, options, diagnostics).Run();
}

}  // namespace writ::engine
