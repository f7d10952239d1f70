// Versions as semver.org 2.0.0 defines them: 1.2.3-beta.1+build.5.
//
// Plain values; pure.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::engine::cel {

struct SemanticVersion {
  std::int64_t major = 0;
  std::int64_t minor = 0;
  std::int64_t patch = 0;
  std::vector<std::string> pre_release;  // identifiers between dots
  std::string build;                     // takes no part in the order

  std::string ToText() const;
};

// Precedence, as section 11 has it: numbers by value and before words, a
// pre-release before its release.
std::strong_ordering ComparePrecedence(const SemanticVersion& a,
                                       const SemanticVersion& b);

std::optional<SemanticVersion> ParseSemanticVersion(std::string_view text);

// What Kubernetes takes for one as well: "v1", "1.2", "01.02.03".
std::optional<SemanticVersion> ParseLooseVersion(std::string_view text);

}  // namespace writ::engine::cel
