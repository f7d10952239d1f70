// A git patch that makes manifests say what drifted: a value that stands in its
// file as it was written is replaced there, byte for byte around it; what can't
// be (it is a default, a variable, a list) becomes a Patch in a file of its
// own, in the environment's first overlay folder.
//
// Blocks on the source's disk.
#pragma once

#include <string>
#include <vector>

#include "engine/plan/plan.h"
#include "manifests/repository.h"
#include "manifests/source/source.h"
#include "schema/result.h"

namespace writ::reconciler {

struct DriftPatch {
  std::string text;  // for `git apply`, from the folder of writ.yaml
  // What has to be edited by hand, one sentence each.
  std::vector<std::string> left;
};

// `drift`: Plan::left_drift of the source's plan.
Result<DriftPatch> MakeDriftPatch(
    manifests::Source& source, const manifests::EnvironmentConfig& environment,
    const std::vector<engine::Change>& drift);

// A unified diff of one file with three lines around each change. The old text
// is absent where the file is new. REQUIRES: both have the same number of lines
// where there is an old one. Empty where nothing differs.
std::string UnifiedDiff(const std::string& path, const std::string* before,
                        const std::string& after);

}  // namespace writ::reconciler
