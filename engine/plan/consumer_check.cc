#include "engine/plan/consumer_check.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/plan/networks.h"
#include "schema/text_list.h"
#include "schema/value.h"

namespace writ::engine {
namespace {

std::vector<Network> NetworksAt(const Value& spec, std::string_view path) {
  std::vector<Network> networks;
  for (const std::string& text : TextsOf(spec.FindPath(path))) {
    if (const auto network = ParseNetwork(text)) networks.push_back(*network);
  }
  return networks;
}

bool MayMeet(const std::vector<Network>& some,
             const std::vector<Network>& others) {
  return std::any_of(some.begin(), some.end(), [&](const Network& one) {
    return std::any_of(others.begin(), others.end(), [&](const Network& other) {
      return one.Contains(other) || other.Contains(one);
    });
  });
}

void ReportRefused(const Pairing& pairing, const References& references,
                   const Edge& edge, Diagnostics& diagnostics) {
  const std::string& token = pairing.desired(edge.user).id.address();
  Diagnostic diagnostic;
  diagnostic.code = "consumer-not-admitted";
  diagnostic.summary = token + " admits no address that " +
                       references.TargetId(edge.target).address() +
                       "'s consumer comes from";
  diagnostic.locations = {pairing.At(edge.reference->range)};
  diagnostic.hint =
      "add them to its spec.ipAllowlist, or mend the target's "
      "spec.consumer.networks";
  diagnostics.Add(std::move(diagnostic));
}

}  // namespace

void ReportRefusedConsumers(const Pairing& pairing,
                            const References& references,
                            Diagnostics& diagnostics) {
  for (std::uint32_t user = 0; user < pairing.desired_size(); ++user) {
    const Resource& token = pairing.desired(user);
    if (token.id.kind() != "Token") continue;
    const auto admitted = NetworksAt(*token.content, "spec.ipAllowlist");
    if (admitted.empty()) continue;
    const auto [first, last] = references.Of(user);
    for (const Edge* edge = first; edge != last; ++edge) {
      if (references.TargetId(edge->target).kind() != "DeployTarget") continue;
      const auto target = references.TargetSpec(edge->target);
      if (!target) continue;
      const auto networks = NetworksAt(*target, "consumer.networks");
      if (networks.empty() || MayMeet(admitted, networks)) continue;
      ReportRefused(pairing, references, *edge, diagnostics);
    }
  }
}

}  // namespace writ::engine
