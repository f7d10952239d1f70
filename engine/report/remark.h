// What a reviewer should see beside the lines of a pull request: findings of
// policies, unsafe and breaking changes, alarms, diagnostics; each with its
// place. SARIF, JUnit, annotations and review comments are made of these.
//
// Texts are as they were written: whoever prints them escapes them. Pure; safe
// from any thread.
#pragma once

#include <string>
#include <vector>

#include "engine/plan/plan.h"
#include "engine/report/report.h"
#include "schema/diagnostic.h"

namespace writ::engine {

struct Remark {
  Severity severity = Severity::kNote;
  std::string rule;     // "policy/in-use-token/live-traffic", "guard/protected"
  std::string about;    // one sentence on the rule
  std::string message;  // one sentence on what is found
  ResourceId subject;   // empty: the plan as a whole
  Location at;          // of the repository's root; no file where none is known
};

// Diagnostics first, then of the plan as a whole, then by change in reading
// order.
std::vector<Remark> RemarksOf(const ReportInput& input);

}  // namespace writ::engine
