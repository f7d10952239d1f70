#include "schema/credential/token_format.h"

#include <algorithm>
#include <array>
#include <string>

#include "schema/credential/checksum.h"

namespace writ {
namespace {

constexpr std::string_view kCharacters =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
// The largest multiple of 62 that a byte counts to.
constexpr unsigned kFitting = 248;

constexpr std::size_t kWorkspaceVisible = 16;
constexpr std::size_t kBodyVisible = 4;
constexpr std::size_t kShortestForeign = 16;
constexpr std::size_t kLongestForeign = 240;

struct Row {
  TokenFamily family = TokenFamily::kClientSecret;
  std::string_view prefix;
  std::string_view type;
  std::string_view mode;  // empty: whatever the mode
};

constexpr std::array kRows = {
    Row{TokenFamily::kClientSecret, "vela_cs_", "clientSecret", ""},
    Row{TokenFamily::kApiKey, "vela_live_", "apiKey", ""},
    Row{TokenFamily::kProjectKey, "vlt_live_", "projectKey", ""},
    Row{TokenFamily::kAccountToken, "vlt_acct_", "accountToken", ""},
    Row{TokenFamily::kWorkspaceLive, "sk_live_", "workspaceToken", "live"},
    Row{TokenFamily::kWorkspaceTest, "sk_test_", "workspaceToken", "test"},
};

constexpr std::array kTokenFamilies = {
    TokenFamily::kClientSecret,  TokenFamily::kApiKey,
    TokenFamily::kProjectKey,    TokenFamily::kAccountToken,
    TokenFamily::kWorkspaceLive, TokenFamily::kWorkspaceTest,
};

bool IsBase62(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
         (c >= 'a' && c <= 'z');
}

bool IsWorkspaceToken(std::string_view token) {
  return token.substr(0, 3) == "sk_";
}

}  // namespace

std::span<const TokenFamily> AllTokenFamilies() { return kTokenFamilies; }

std::string_view PrefixOf(TokenFamily family) {
  return kRows[static_cast<std::size_t>(family)].prefix;
}

std::optional<TokenFamily> FamilyOf(std::string_view token) {
  for (const Row& row : kRows) {
    if (token.substr(0, row.prefix.size()) == row.prefix) return row.family;
  }
  return std::nullopt;
}

std::optional<TokenFamily> FamilyFor(std::string_view type,
                                     std::string_view mode) {
  for (const Row& row : kRows) {
    if (row.type != type) continue;
    if (row.mode.empty() || row.mode == mode) return row.family;
  }
  return std::nullopt;
}

SecretValue MakeToken(TokenFamily family, const FillBytes& fill) {
  SecretBuilder builder;
  builder.Append(PrefixOf(family));
  std::array<std::uint8_t, kTokenBodySize> bytes{};
  std::size_t made = 0;
  while (made < kTokenRandomSize) {
    fill(bytes);
    for (const std::uint8_t byte : bytes) {
      if (byte >= kFitting || made == kTokenRandomSize) continue;
      builder.Append(kCharacters.substr(byte % kCharacters.size(), 1));
      ++made;
    }
  }
  Wipe(bytes.data(), bytes.size());
  const SecretValue head = builder.Finish();
  builder.Append(head).Append(CredentialChecksum(head.Reveal()));
  return builder.Finish();
}

std::optional<TokenFamily> ParseToken(std::string_view text) {
  const std::optional<TokenFamily> family = FamilyOf(text);
  if (!family) return std::nullopt;
  const std::string_view body = text.substr(PrefixOf(*family).size());
  const bool is_whole = body.size() == kTokenBodySize &&
                        std::all_of(body.begin(), body.end(), IsBase62) &&
                        HasValidChecksum(text);
  return is_whole ? family : std::nullopt;
}

std::vector<std::string_view> FindTokens(std::string_view text) {
  constexpr std::string_view kFirst = "vs";  // of all prefixes
  std::vector<std::string_view> found;
  std::size_t at = text.find_first_of(kFirst);
  while (at != std::string_view::npos) {
    const std::string_view rest = text.substr(at);
    const std::optional<TokenFamily> family = FamilyOf(rest);
    std::size_t step = 1;
    if (family) {
      const std::string_view token =
          rest.substr(0, PrefixOf(*family).size() + kTokenBodySize);
      if (ParseToken(token)) {
        found.push_back(token);
        step = token.size();
      }
    }
    at = text.find_first_of(kFirst, at + step);
  }
  return found;
}

std::optional<TokenFamily> ParseForeignToken(std::string_view text) {
  const std::optional<TokenFamily> family = FamilyOf(text);
  if (!family) return std::nullopt;
  const std::string_view body = text.substr(PrefixOf(*family).size());
  const bool fits =
      body.size() >= kShortestForeign && body.size() <= kLongestForeign &&
      std::all_of(body.begin(), body.end(),
                  [](char c) { return IsBase62(c) || c == '_' || c == '-'; });
  return fits ? family : std::nullopt;
}

std::string VisiblePrefix(std::string_view token) {
  if (IsWorkspaceToken(token)) {
    return std::string(token.substr(0, kWorkspaceVisible));
  }
  const std::optional<TokenFamily> family = FamilyOf(token);
  const std::size_t prefix = family ? PrefixOf(*family).size() : 0;
  return std::string(token.substr(0, prefix + kBodyVisible));
}

std::string MaskedHint(std::string_view visible_prefix) {
  return std::string(visible_prefix) + "...";
}

Digest TokenDigest(std::string_view token) { return Sha256(token); }

}  // namespace writ
