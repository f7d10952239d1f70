// A compiled PolicyException, and the one function that says whether it lets
// something off. Plan, apply, checks and tests all ask here.
//
// Immutable; safe from any thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cel/environment.h"
#include "engine/policy/expression.h"
#include "engine/policy/policy_set.h"
#include "schema/digest.h"
#include "schema/resource_id.h"
#include "schema/time.h"

namespace writ::engine {

struct PolicyException {
  std::string name;
  std::string policy;
  std::string validation;  // empty: all of the policy's
  // The resource, or for a policy that judges plans the policy itself.
  ResourceId subject;
  std::vector<std::string> actions;                     // empty: all
  std::shared_ptr<const cel::Environment> environment;  // of `when`
  std::optional<Expression> when;
  std::string reason;
  std::string approved_by;
  Timestamp expires_at;
  Location at;
  bool broken = false;  // it can't be read, and lets nothing off
  Digest digest;        // of its spec
};

// What an exception is asked about.
struct ExemptionQuery {
  std::string_view policy;
  std::string_view validation;  // empty: the policy as a whole
  std::string_view subject;     // an address
  std::string_view action;      // empty: the plan as a whole
  Timestamp now;
};

// Whether it names what is asked about, whatever the time.
bool Means(const PolicyException& exception, const ExemptionQuery& query);

// Whether it lets that off at query.now. `holds` evaluates its `when`; what
// fails doesn't hold.
bool Exempts(const PolicyException& exception, const ExemptionQuery& query,
             const std::function<bool(const PolicyException&)>& holds);

// `policies` hold the one that it names, where there is one.
// REQUIRES: a document that is a PolicyException by the tables.
std::shared_ptr<const PolicyException> CompileException(
    const GuardDocument& document, const PolicySet& policies,
    const PolicySetOptions& options, Diagnostics& diagnostics);

}  // namespace writ::engine
