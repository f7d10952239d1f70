#include "engine/policy/policy.h"

#include <algorithm>
#include <utility>

#include "engine/policy/lint.h"
#include "engine/policy/written.h"
#include "schema/json.h"

namespace writ::engine {
namespace {

const Value::List& ListAt(const Value& spec, std::string_view key) {
  static const Value::List kNone;
  const Value* list = spec.Find(key);
  return list != nullptr && list->IsList() ? list->AsList() : kNone;
}

Enforcement EnforcementOf(const Value& spec, const std::string& policy,
                          const PolicySetOptions& options) {
  const auto set = options.enforcement.find(policy);
  if (set != options.enforcement.end()) return set->second;
  return ParseEnforcement(spec.FindString("enforcement"))
      .value_or(Enforcement::kDeny);
}

// An error is refused whatever the enforcement is, unless onError says
// otherwise; who may override the policy may override its errors.
Enforcement OnError(const Value& spec, Enforcement enforcement) {
  const std::string_view on_error = spec.FindString("onError");
  if (on_error == "warn") return Enforcement::kWarn;
  if (on_error == "ignore") return Enforcement::kAudit;
  return enforcement == Enforcement::kDenyOverridable ? enforcement
                                                      : Enforcement::kDeny;
}

class PolicyCompilation {
 public:
  PolicyCompilation(const GuardDocument& document,
                    const PolicySetOptions& options, Diagnostics& diagnostics)
      : spec_(At(*document.content, "spec")),
        options_(options),
        compiler_(document, "Policy/" + document.name, options.places,
                  diagnostics) {
    policy_.name = document.name;
    policy_.id = ResourceId("Policy", document.name);
    policy_.pack = document.pack;
    policy_.at = document.at;
  }

  Policy Run() {
    policy_.description = spec_.FindString("description");
    if (spec_.FindString("scope") == "plan") policy_.scope = PolicyScope::kPlan;
    policy_.match = ReadMatch(spec_.Find("match"));
    policy_.params = At(spec_, "params");
    if (!policy_.params.IsMap()) policy_.params = Value(Value::Map{});
    policy_.enforcement = EnforcementOf(spec_, policy_.name, options_);
    policy_.on_error = OnError(spec_, policy_.enforcement);
    environment_ = std::make_shared<cel::Environment>(MakePolicyEnvironment(
        policy_.scope, policy_.match.kinds, policy_.params));
    CompileVariables();
    CompileConditions();
    CompileValidations();
    policy_.environment = std::move(environment_);
    policy_.fault = compiler_.fault();
    policy_.digest =
        Sha256(CanonicalJson(spec_) + std::string(Name(policy_.enforcement)));
    if (options_.lints && policy_.fault.empty()) Lint(policy_, compiler_);
    return std::move(policy_);
  }

 private:
  // Each sees those before it alone: it is declared once it is compiled.
  void CompileVariables() {
    for (const Value& item : ListAt(spec_, "variables")) {
      PolicyVariable variable;
      variable.name = item.FindString("name");
      variable.expression =
          compiler_.Compile(At(item, "expression"),
                            "spec.variables[" + variable.name + "].expression",
                            *environment_, ResultType::kAny);
      const cel::Program* program = variable.expression.program();
      variable.slot = environment_->AddVariable(
          "variables." + variable.name,
          program != nullptr ? program->type() : cel::Type());
      policy_.variables.push_back(std::move(variable));
    }
  }

  void CompileConditions() {
    for (const Value& item : ListAt(spec_, "matchConditions")) {
      const std::string name(item.FindString("name"));
      policy_.conditions.push_back(
          {name,
           compiler_.Compile(At(item, "expression"),
                             "spec.matchConditions[" + name + "].expression",
                             *environment_, ResultType::kBool)});
    }
  }

  void CompileValidations() {
    for (const Value& item : ListAt(spec_, "validations")) {
      Validation validation;
      validation.name = item.FindString("name");
      validation.at = compiler_.At(At(item, "name"));
      const std::string path = "spec.validations[" + validation.name + "].";
      validation.expression =
          compiler_.Compile(At(item, "expression"), path + "expression",
                            *environment_, ResultType::kBool);
      validation.message = item.FindString("message");
      if (const Value* message = item.Find("messageExpression")) {
        validation.message_expression =
            compiler_.Compile(*message, path + "messageExpression",
                              *environment_, ResultType::kString);
      }
      policy_.validations.push_back(std::move(validation));
    }
  }

  const Value& spec_;
  const PolicySetOptions& options_;
  ExpressionCompiler compiler_;
  std::shared_ptr<cel::Environment> environment_;
  Policy policy_;
};

}  // namespace

const Validation* Policy::Find(std::string_view validation) const {
  const auto found = std::find_if(
      validations.begin(), validations.end(),
      [&](const Validation& each) { return each.name == validation; });
  return found == validations.end() ? nullptr : &*found;
}

std::shared_ptr<const Policy> CompilePolicy(const GuardDocument& document,
                                            const PolicySetOptions& options,
                                            Diagnostics& diagnostics) {
  return std::make_shared<const Policy>(
      PolicyCompilation(document, options, diagnostics).Run());
}

}  // namespace writ::engine
