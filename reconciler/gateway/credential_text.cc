#include "reconciler/gateway/credential_text.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "schema/credential/credential_scan.h"
#include "schema/credential/token_format.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::size_t kFewest = 16;

struct Shape {
  std::size_t offset = 0;
  std::size_t prefix = 0;
  std::size_t size = 0;
};

bool IsBody(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

std::optional<Shape> FindPrefixed(std::string_view text, std::size_t from,
                                  std::string_view prefix) {
  while (true) {
    const std::size_t at = text.find(prefix, from);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view body = text.substr(at + prefix.size());
    const auto size = static_cast<std::size_t>(
        std::ranges::find_if_not(body, IsBody) - body.begin());
    if (size >= kFewest) return Shape{at, prefix.size(), prefix.size() + size};
    from = at + prefix.size();
  }
}

std::optional<Shape> FindFirst(std::string_view text, std::size_t from) {
  std::optional<Shape> first;
  for (const TokenFamily family : AllTokenFamilies()) {
    const auto found = FindPrefixed(text, from, PrefixOf(family));
    if (found && (!first || found->offset < first->offset)) first = found;
  }
  return first;
}

}  // namespace

bool HoldsCredential(std::string_view text) {
  return FindFirst(text, 0).has_value() || !FindCredentials(text).empty();
}

std::string MaskCredentialText(std::string_view text) {
  std::string masked;
  std::size_t from = 0;
  while (const auto found = FindFirst(text, from)) {
    masked += text.substr(from, found->offset + found->prefix - from);
    masked += "(masked)";
    from = found->offset + found->size;
  }
  masked += text.substr(from);
  return ShortenCredentials(std::move(masked));
}

}  // namespace writ::reconciler::gateway
