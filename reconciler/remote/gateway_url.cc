#include "reconciler/remote/gateway_url.h"

#include <algorithm>

#include "reconciler/host/ip_network.h"
#include "schema/ascii_case.h"

namespace writ::reconciler {
namespace {

constexpr std::string_view kPlain = "http://";
constexpr std::string_view kSecure = "https://";

std::string LowerScheme(const std::string& url) {
  const std::size_t size = url.find("://") + 3;
  return LowerCased(url.substr(0, size)) + url.substr(size);
}

// "host" of "host:8443/path", "::1" of "[::1]:8443".
std::string_view HostOf(std::string_view authority_and_path) {
  std::string_view authority =
      authority_and_path.substr(0, authority_and_path.find('/'));
  if (authority.starts_with('[')) {
    return authority.substr(1, authority.find(']') - 1);
  }
  return authority.substr(0, authority.find(':'));
}

bool IsLoopbackHost(std::string_view host) {
  if (host == "localhost") return true;
  const auto address = ParseIpAddress(std::string(host));
  if (!address) return false;
  const auto v4 = ParseIpNetwork("127.0.0.0/8");
  const auto v6 = ParseIpNetwork("::1");
  return v4->Contains(*address) || v6->Contains(*address);
}

}  // namespace

bool IsGatewayUrl(std::string_view location) {
  if (location.find("://") == std::string_view::npos) return false;
  const std::string url = LowerScheme(std::string(location));
  return url.starts_with(kPlain) || url.starts_with(kSecure);
}

Result<std::string> CheckGatewayUrl(const std::string& text) {
  std::string url = LowerScheme(text);
  while (url.ends_with('/')) url.pop_back();
  const bool is_plain = url.starts_with(kPlain);
  const std::string_view rest = std::string_view(url).substr(
      std::min(url.size(), is_plain ? kPlain.size() : kSecure.size()));
  const std::string_view host = HostOf(rest);
  if (host.empty() ||
      rest.find_first_of("@?#\\ \t\r\n") != std::string_view::npos) {
    return Fail(ErrorCode::kInvalidArgument, "that is no address of a gateway",
                "write https://HOST[:PORT], without user, query or fragment");
  }
  if (is_plain && !IsLoopbackHost(host)) {
    return Fail(
        ErrorCode::kInvalidArgument,
        "the client secret doesn't go to " + std::string(host) + " without TLS",
        "write https://" + std::string(rest) +
            "; plain http is for the loopback alone");
  }
  return url;
}

}  // namespace writ::reconciler
