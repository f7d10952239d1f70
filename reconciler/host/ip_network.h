// Addresses of the network layer, and networks of them, as values. An IPv4
// address is kept as itself, never in its mapped IPv6 form: what ::ffff:a.b.c.d
// means is for whoever judges addresses (egress/address_policy.h).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace writ::reconciler {

struct IpAddress {
  enum class Family : std::uint8_t { kV4, kV6 };

  Family family = Family::kV4;
  std::array<std::uint8_t, 16> bytes{};  // IPv4: the first four

  auto operator<=>(const IpAddress&) const = default;

  int bits() const { return family == Family::kV4 ? 32 : 128; }
  std::string Text() const;
};

// "10.0.0.1", "2001:db8::1"; no zone, no brackets.
std::optional<IpAddress> ParseIpAddress(std::string_view text);

struct IpNetwork {
  IpAddress base;
  int prefix = 0;  // leading bits that count

  // False for an address of the other family.
  bool Contains(const IpAddress& address) const;
  // True where it stands for this one address.
  bool IsSingle() const { return prefix == base.bits(); }
  std::string Text() const;
};

// "10.0.0.0/8"; an address alone is the network of itself.
std::optional<IpNetwork> ParseIpNetwork(std::string_view text);

}  // namespace writ::reconciler
