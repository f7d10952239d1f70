#include "reconciler/gateway/access/guess_throttle.h"

#include <string>
#include <string_view>

namespace writ::reconciler::gateway {
namespace {

constexpr std::size_t kAddresses = 64 * 1024;
constexpr std::size_t kNetworkBytes = 8;  // what one customer has of IPv6

std::uint64_t KeyOf(const IpAddress& client) {
  const bool is_v4 = client.family == IpAddress::Family::kV4;
  std::string bytes = is_v4 ? "4" : "6";
  bytes.append(client.bytes.begin(),
               client.bytes.begin() + (is_v4 ? 4 : kNetworkBytes));
  return std::hash<std::string>()(bytes);
}

}  // namespace

GuessThrottle::GuessThrottle(const Clock& clock)
    : clock_(clock), limits_(kAddresses) {}

std::chrono::seconds GuessThrottle::Refused(const IpAddress& client) {
  const RateVerdict verdict = limits_.Take(
      KeyOf(client), kPerMinute, std::chrono::minutes(1), clock_.Monotonic());
  if (verdict.is_allowed) return std::chrono::seconds(0);
  return std::chrono::ceil<std::chrono::seconds>(verdict.until_reset);
}

}  // namespace writ::reconciler::gateway
