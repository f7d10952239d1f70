// Runs the cases of a RuleTest document: events on a clock of their own, and
// the notifications that have to follow, no fewer and no more. Each case begins
// with nothing gathered and ends when every group has closed, so that silence
// is silence for good.
//
// Pure. REQUIRES of a document: ValidateDocument found no error in it.
#pragma once

#include <string>
#include <vector>

#include "engine/notify/rule_set.h"
#include "schema/diagnostic.h"
#include "schema/resource.h"

namespace writ::engine {

struct RuleTestCase {
  std::string name;
  Location at;
  // Sentences; empty: it passed.
  std::vector<std::string> failures;
  std::vector<std::string> told;  // what came: "30s  r → d, 1 event"

  bool passed() const { return failures.empty(); }
};

struct RuleTestResult {
  std::string test;  // metadata.name
  std::string app;
  Location at;
  // What keeps the test from being run: rules that can't be read, no cases.
  std::vector<std::string> failures;
  std::vector<RuleTestCase> cases;

  bool passed() const;
};

RuleTestResult RunRuleTest(const Resource& test, const SourceFiles& files,
                           const RuleSet& rules);

}  // namespace writ::engine
