#include "reconciler/host/ip_network.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstddef>
#include <system_error>

namespace writ::reconciler {
namespace {

int ToSystem(IpAddress::Family family) {
  return family == IpAddress::Family::kV4 ? AF_INET : AF_INET6;
}

}  // namespace

std::string IpAddress::Text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(ToSystem(family), bytes.data(), text.data(), text.size());
  return text.data();
}

std::optional<IpAddress> ParseIpAddress(std::string_view text) {
  const std::string terminated(text);
  if (terminated.find('\0') != std::string::npos) return std::nullopt;
  for (const auto family : {IpAddress::Family::kV4, IpAddress::Family::kV6}) {
    IpAddress address;
    address.family = family;
    if (inet_pton(ToSystem(family), terminated.c_str(), address.bytes.data()) ==
        1) {
      return address;
    }
  }
  return std::nullopt;
}

bool IpNetwork::Contains(const IpAddress& address) const {
  if (address.family != base.family) return false;
  int left = prefix;
  for (std::size_t i = 0; left > 0; ++i, left -= 8) {
    const unsigned mask = left >= 8 ? 0xffU : (0xff00U >> left) & 0xffU;
    if (((address.bytes.at(i) ^ base.bytes.at(i)) & mask) != 0) return false;
  }
  return true;
}

std::string IpNetwork::Text() const {
  return base.Text() + "/" + std::to_string(prefix);
}

std::optional<IpNetwork> ParseIpNetwork(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::optional<IpAddress> base = ParseIpAddress(text.substr(0, slash));
  if (!base) return std::nullopt;
  IpNetwork network{*base, base->bits()};
  if (slash == std::string_view::npos) return network;
  const std::string_view prefix = text.substr(slash + 1);
  const auto [end, error] = std::from_chars(
      prefix.data(), prefix.data() + prefix.size(), network.prefix);
  if (error != std::errc{} || end != prefix.data() + prefix.size() ||
      network.prefix < 0 || network.prefix > base->bits()) {
    return std::nullopt;
  }
  return network;
}

}  // namespace writ::reconciler
