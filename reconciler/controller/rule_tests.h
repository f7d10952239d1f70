// The notification rules of a source, and its RuleTest documents run against
// them: read like a real run reads manifests, with the same schema, defaults
// and overlays.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/notify/rule_set.h"
#include "engine/notify/rule_test_run.h"
#include "manifests/manifest_set.h"
#include "manifests/source/source.h"
#include "schema/diagnostic.h"
#include "schema/result.h"

namespace writ::reconciler {

// Rules and silences as they are desired.
std::unique_ptr<const engine::RuleSet> DesiredRules(
    const manifests::DesiredState& desired);

// In the order of files. `tests`: only those of these names; empty: all.
// What is wrong with a test document goes to `diagnostics`.
Result<std::vector<engine::RuleTestResult>> RunRuleTests(
    manifests::Source& source, const manifests::DesiredState& desired,
    const std::vector<std::string>& tests, Diagnostics& diagnostics);

}  // namespace writ::reconciler
