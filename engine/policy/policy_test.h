// Runs the cases of a PolicyTest document: changes as they are written there,
// brought through the same tables and defaults as manifests, judged by the
// policy as it is written, with the exceptions that mean it.
//
// Pure but for the callback. REQUIRES of a document: ValidateDocument found no
// error in it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/policy/facts.h"
#include "engine/policy/finding.h"
#include "engine/policy/policy_set.h"
#include "schema/diagnostic.h"
#include "schema/resource.h"
#include "schema/result.h"

namespace writ::engine {

// What a case names as `manifests`: the plan from the files before to the files
// after; paths are relative to the test's own folder.
struct ManifestsOfCase {
  std::vector<std::string> before;
  std::vector<std::string> after;
};
using PlanOfManifests = std::function<Result<PlanFacts>(
    const ManifestsOfCase& manifests, const Location& test)>;

struct PolicyTestCase {
  std::string name;
  Location at;
  // Sentences; empty: it passed.
  std::vector<std::string> failures;
  std::vector<Finding> findings;  // what was found, passed ones included

  bool passed() const { return failures.empty(); }
};

struct PolicyTestResult {
  std::string test;    // metadata.name
  std::string policy;  // spec.policy
  Location at;
  // What keeps the test from being run: no such policy, a policy with errors.
  std::vector<std::string> failures;
  std::vector<PolicyTestCase> cases;

  bool passed() const;
};

struct PolicyTestOptions {
  std::vector<GuardDocument> policies;
  std::vector<GuardDocument> exceptions;
  PolicySetOptions set;
  PlanOfManifests plan;  // empty: a case with `manifests` fails
};

// What is wrong with a case's resources goes to `diagnostics` and fails the
// case.
PolicyTestResult RunPolicyTest(const Resource& test, const SourceFiles& files,
                               const PolicyTestOptions& options,
                               Diagnostics& diagnostics);

}  // namespace writ::engine
