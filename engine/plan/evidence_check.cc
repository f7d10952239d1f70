#include "engine/plan/evidence_check.h"

#include <algorithm>
#include <optional>
#include <string>

#include "schema/evidence.h"

namespace writ::engine {
namespace {

// What has to be seen before the old credential goes; empty where it goes at
// once.
std::string EvidenceAwaited(const Value& schedule) {
  if (schedule.FindString("strategy") == "immediate") return {};
  return std::string(schedule.FindString("evidence"));
}

bool IsKind(const References& references, const Edge& edge,
            std::string_view kind) {
  return references.TargetId(edge.target).kind() == kind;
}

}  // namespace

void ReportMissingEvidence(const Pairing& pairing, const References& references,
                           Diagnostics& diagnostics) {
  for (std::uint32_t user = 0; user < pairing.desired_size(); ++user) {
    const auto [first, last] = references.Of(user);
    const Edge* by = std::find_if(first, last, [&](const Edge& edge) {
      return IsKind(references, edge, "RotationSchedule");
    });
    if (by == last) continue;
    const auto schedule = references.TargetSpec(by->target);
    const std::string evidence = schedule ? EvidenceAwaited(*schedule) : "";
    for (const Edge* edge = first; edge != last; ++edge) {
      if (!IsKind(references, *edge, "DeployTarget")) continue;
      const auto target = references.TargetSpec(edge->target);
      const std::string gap = target ? EvidenceGap(evidence, *target) : "";
      if (gap.empty()) continue;
      Diagnostic diagnostic;
      diagnostic.code = "evidence-unavailable";
      diagnostic.summary =
          references.TargetId(edge->target).address() + " " + gap;
      diagnostic.locations = {pairing.At(edge->reference->range)};
      diagnostic.hint = references.TargetId(by->target).address() +
                        " waits for " + evidence + " before it revokes " +
                        pairing.desired(user).id.address() +
                        "'s old value; ask for other evidence";
      diagnostics.Add(std::move(diagnostic));
    }
  }
}

}  // namespace writ::engine
