// What writ.yaml says of guards in one environment: packs of policies, their
// enforcement, the safety limits, whose signatures count, the windows of sync.
// A state keeps them of the last complete apply, and they judge the commit
// after it as well: the stricter wins (T-04).
//
// Pure; safe from any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/plan.h"
#include "engine/plan/planner.h"
#include "manifests/repository.h"
#include "reconciler/trust/settings.h"
#include "schema/result.h"

namespace writ::reconciler {

struct ConfiguredGuards {
  std::vector<std::string> packs;                          // sorted
  std::map<std::string, engine::Enforcement> enforcement;  // by policy
  manifests::SafetyLimits safety;
  TrustSettings trust;
  std::string windows = "[]";  // sync.windows, canonical JSON

  bool operator==(const ConfiguredGuards&) const = default;
};

// What a state keeps: the guards, and the commit that said so.
struct KeptGuards {
  ConfiguredGuards guards;
  std::string commit;  // its id; empty: it was none, or nobody noted it

  bool operator==(const KeptGuards&) const = default;
};

ConfiguredGuards GuardsIn(const manifests::RepositoryConfig& repository,
                          const manifests::EnvironmentConfig& environment);

// Canonical JSON; kCorrupt where it is none of ours.
std::string ToJson(const KeptGuards& kept);
Result<KeptGuards> ParseKeptGuards(std::string_view json);

engine::SafetyRules StricterSafety(const ConfiguredGuards& applied,
                                   const ConfiguredGuards& desired);

// An alarm for each guard that gives way, by path.
std::vector<engine::Alarm> FindWeakened(const ConfiguredGuards& applied,
                                        const ConfiguredGuards& desired);

}  // namespace writ::reconciler
