#include "schema/evidence.h"

#include <algorithm>
#include <array>

namespace writ {

bool CanReadBack(const Value& target_spec) {
  // GitHub shows names alone, Fly.io a digest of its own making, a webhook's
  // receiver a version.
  constexpr std::array<std::string_view, 3> kWriteOnly = {"githubActions",
                                                          "flyio", "webhook"};
  const std::string_view type = target_spec.FindString("type");
  if (std::find(kWriteOnly.begin(), kWriteOnly.end(), type) !=
      kWriteOnly.end()) {
    return false;
  }
  if (type != "vercel") return true;
  const Value* sensitive = target_spec.FindPath("vercel.sensitive");
  return sensitive == nullptr || !(*sensitive == Value(true));
}

std::string EvidenceGap(std::string_view evidence, const Value& target_spec) {
  if (evidence == "readback" && !CanReadBack(target_spec)) {
    std::string gap = "can't be read back: ";
    const std::string_view type = target_spec.FindString("type");
    if (type == "vercel") return gap + "its variables are sensitive";
    return gap.append(type).append(" never shows a value again");
  }
  if (evidence == "probe" && target_spec.Find("probe") == nullptr) {
    return "can't be probed: its spec has no probe";
  }
  return {};
}

}  // namespace writ
