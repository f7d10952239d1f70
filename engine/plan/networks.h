// IP networks as manifests write them, for telling whether an allowlist grew.
//
// Pure; safe from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::engine {

struct Network {
  std::array<std::uint8_t, 16> bytes{};  // IPv4 in the first four
  int prefix = 0;
  bool v6 = false;

  bool Contains(const Network& other) const;
};

// "203.0.113.0/24", "2001:db8::/32", or an address by itself.
std::optional<Network> ParseNetwork(std::string_view text);

// Entries of `after` that no single entry of `before` covers. An empty list
// means anywhere: then the whole world is what is new ("anywhere").
std::vector<std::string> NewlyAllowed(const std::vector<std::string>& before,
                                      const std::vector<std::string>& after);

}  // namespace writ::engine
