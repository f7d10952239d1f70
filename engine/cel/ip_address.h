// Addresses of the Internet protocol and ranges of them, as Kubernetes and the
// network extension of CEL read them: IPv4 in four decimals without leading
// zeros, IPv6 as RFC 4291 writes it; neither zones nor IPv4-mapped IPv6
// addresses. Printed as RFC 5952 wants it.
//
// Plain values; pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace writ::engine::cel {

struct IpAddress {
  int family = 4;                        // or 6
  std::array<std::uint8_t, 16> bytes{};  // in network order; IPv4: the first 4

  int bits() const { return family == 4 ? 32 : 128; }
  std::string ToText() const;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

std::optional<IpAddress> ParseIpAddress(std::string_view text);

bool IsLoopback(const IpAddress& address);
bool IsUnspecified(const IpAddress& address);
bool IsLinkLocalMulticast(const IpAddress& address);
bool IsLinkLocalUnicast(const IpAddress& address);
// Neither unspecified, loopback, multicast, link-local nor broadcast. Private
// addresses are.
bool IsGlobalUnicast(const IpAddress& address);

// An address and how many bits of it are the network's.
struct IpRange {
  IpAddress address;
  int prefix = 0;

  IpRange Masked() const;
  bool Contains(const IpAddress& other) const;
  bool Contains(const IpRange& other) const;
  std::string ToText() const;

  // The address counts with all its bits.
  friend bool operator==(const IpRange&, const IpRange&) = default;
};

// "10.0.0.0/8"; bits beyond the prefix may be set.
std::optional<IpRange> ParseIpRange(std::string_view text);

}  // namespace writ::engine::cel
