// PolicyTest documents of a source, run: read like a real run reads manifests,
// with the same schema and defaults; judged by policies as they are written.
#pragma once

#include <string>
#include <vector>

#include "engine/policy/policy_test.h"
#include "manifests/manifest_set.h"
#include "manifests/source/source.h"
#include "schema/diagnostic.h"
#include "schema/result.h"

namespace writ::reconciler {

// In the order of files. `policies`: only tests of these; empty: all.
// What is wrong with a test document goes to `diagnostics`.
Result<std::vector<engine::PolicyTestResult>> RunPolicyTests(
    manifests::Source& source, const manifests::DesiredState& desired,
    const std::vector<std::string>& policies, Diagnostics& diagnostics);

}  // namespace writ::reconciler
