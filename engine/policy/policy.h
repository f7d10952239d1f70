// A compiled Policy: plain data for the match, programs for the rest.
//
// Immutable; safe from any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/cel/environment.h"
#include "engine/policy/expression.h"
#include "engine/policy/finding.h"
#include "engine/policy/match.h"
#include "engine/policy/policy_environment.h"
#include "engine/policy/policy_set.h"
#include "schema/digest.h"
#include "schema/resource_id.h"

namespace writ::engine {

struct NamedExpression {
  std::string name;
  Expression expression;
};

struct PolicyVariable {
  std::string name;
  cel::Slot slot = 0;
  Expression expression;
};

struct Validation {
  std::string name;
  Expression expression;
  std::string message;  // may be empty
  std::optional<Expression> message_expression;
  Location at;  // of its name
};

struct Policy {
  std::string name;
  ResourceId id;
  std::string description;
  std::string pack;  // of a policy that comes with writ
  Location at;
  PolicyScope scope = PolicyScope::kChange;
  Match match;
  Value params;
  Enforcement enforcement = Enforcement::kDeny;  // writ.yaml's over its own
  Enforcement on_error = Enforcement::kDeny;     // what an error does
  std::shared_ptr<const cel::Environment> environment;
  std::vector<PolicyVariable> variables;
  std::vector<NamedExpression> conditions;
  std::vector<Validation> validations;
  // Why it can't be read; empty: it can. It then answers with errors.
  std::string fault;
  // Of all that decides what it says, exceptions left out.
  Digest digest;

  const Validation* Find(std::string_view validation) const;
};

// REQUIRES: a document that is a Policy by the tables.
std::shared_ptr<const Policy> CompilePolicy(const GuardDocument& document,
                                            const PolicySetOptions& options,
                                            Diagnostics& diagnostics);

}  // namespace writ::engine
