#include "engine/policy/exception.h"

#include <algorithm>
#include <utility>

#include "engine/policy/policy.h"
#include "engine/policy/written.h"
#include "schema/json.h"
#include "schema/validator.h"

namespace writ::engine {
namespace {

std::string DidYouMean(std::string_view written,
                       const std::vector<std::string_view>& candidates) {
  const auto near = Suggest(written, candidates);
  return near ? "did you mean \"" + std::string(*near) + "\"?" : "";
}

class ExceptionCompilation {
 public:
  ExceptionCompilation(const GuardDocument& document, const PolicySet& policies,
                       const PolicySetOptions& options,
                       Diagnostics& diagnostics)
      : spec_(At(*document.content, "spec")),
        policies_(policies),
        options_(options),
        is_own_(document.files != nullptr),
        compiler_(document, "PolicyException/" + document.name, options.places,
                  diagnostics) {
    exception_.name = document.name;
    exception_.at = document.at;
  }

  PolicyException Run() {
    Read();
    const Policy* policy = policies_.Find(exception_.policy);
    if (policy == nullptr) {
      ReportUnknownPolicy();
    } else {
      CheckAgainst(*policy);
    }
    CompileWhen(policy);
    exception_.broken = exception_.broken || !compiler_.fault().empty();
    exception_.digest = Sha256(CanonicalJson(spec_));
    return std::move(exception_);
  }

 private:
  void Read() {
    std::string_view policy = spec_.FindString("policy");
    if (policy.starts_with("Policy/")) policy.remove_prefix(7);
    exception_.policy = policy;
    exception_.validation = spec_.FindString("validation");
    const auto subject =
        ResourceId::Parse(At(spec_, "subject").FindString("address"));
    const auto expires = ParseTimestamp(spec_.FindString("expiresAt"));
    exception_.broken = !subject || !expires;
    if (subject) exception_.subject = *subject;
    if (expires) exception_.expires_at = *expires;
    exception_.reason = spec_.FindString("reason");
    exception_.approved_by = spec_.FindString("approvedBy");
    const Value& actions = At(spec_, "subject.actions");
    if (!actions.IsList()) return;
    for (const Value& action : actions.AsList()) {
      if (action.IsString()) exception_.actions.push_back(action.AsString());
    }
  }

  void ReportUnknownPolicy() {
    if (options_.is_refused && options_.is_refused(exception_.policy)) return;
    std::vector<std::string_view> names;
    for (const auto& policy : policies_.policies())
      names.push_back(policy->name);
    const Location at = compiler_.At(At(spec_, "policy"));
    std::string summary = compiler_.subject() + " is for Policy/" +
                          exception_.policy + ", which isn't declared";
    std::string hint = DidYouMean(exception_.policy, names);
    // Another repository's exception is for that one to mend.
    if (is_own_) {
      compiler_.Error("dangling-reference", at, std::move(summary),
                      std::move(hint));
    } else {
      compiler_.Warning("unknown-policy", at, std::move(summary),
                        std::move(hint));
    }
  }

  void CheckAgainst(const Policy& policy) {
    if (!exception_.validation.empty() &&
        policy.Find(exception_.validation) == nullptr) {
      std::vector<std::string_view> names;
      for (const Validation& each : policy.validations) {
        names.push_back(each.name);
      }
      compiler_.Error(
          "unknown-validation", compiler_.At(At(spec_, "validation")),
          compiler_.subject() + " is for a validation that Policy/" +
              policy.name + " doesn't have: " + exception_.validation,
          DidYouMean(exception_.validation, names));
    }
    const Location at = compiler_.At(At(spec_, "subject.address"));
    if (policy.scope == PolicyScope::kPlan) {
      if (exception_.subject == policy.id) return;
      compiler_.Warning("exception-without-effect", at,
                        compiler_.subject() + " lets nothing off: Policy/" +
                            policy.name + " judges the plan as a whole",
                        "name " + policy.id.address() + " as the subject");
    } else if (!policy.match.TakesKind(exception_.subject.kind())) {
      compiler_.Warning("exception-without-effect", at,
                        compiler_.subject() + " lets nothing off: Policy/" +
                            policy.name + " doesn't judge resources of kind " +
                            std::string(exception_.subject.kind()));
    }
  }

  void CompileWhen(const Policy* policy) {
    const Value* when = spec_.FindPath("subject.when");
    if (when == nullptr) return;
    const PolicyScope scope =
        policy != nullptr ? policy->scope : PolicyScope::kChange;
    auto environment = std::make_shared<const cel::Environment>(
        MakePolicyEnvironment(scope, {std::string(exception_.subject.kind())},
                              policy != nullptr ? policy->params : Value()));
    exception_.when = compiler_.Compile(*when, "spec.subject.when",
                                        *environment, ResultType::kBool);
    exception_.environment = std::move(environment);
  }

  const Value& spec_;
  const PolicySet& policies_;
  const PolicySetOptions& options_;
  const bool is_own_;  // stands in a file of this revision
  ExpressionCompiler compiler_;
  PolicyException exception_;
};

}  // namespace

bool Means(const PolicyException& exception, const ExemptionQuery& query) {
  if (exception.broken || exception.policy != query.policy ||
      exception.subject.address() != query.subject) {
    return false;
  }
  if (!exception.validation.empty() &&
      exception.validation != query.validation) {
    return false;
  }
  return exception.actions.empty() || query.action.empty() ||
         std::find(exception.actions.begin(), exception.actions.end(),
                   query.action) != exception.actions.end();
}

bool Exempts(const PolicyException& exception, const ExemptionQuery& query,
             const std::function<bool(const PolicyException&)>& holds) {
  return Means(exception, query) && query.now < exception.expires_at &&
         (!exception.when || holds(exception));
}

std::shared_ptr<const PolicyException> CompileException(
    const GuardDocument& document, const PolicySet& policies,
    const PolicySetOptions& options, Diagnostics& diagnostics) {
  return std::make_shared<const PolicyException>(
      ExceptionCompilation(document, policies, options, diagnostics).Run());
}

}  // namespace writ::engine
