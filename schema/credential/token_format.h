// The tokens that writ issues: the prefix of a family and 48 characters of
// [0-9A-Za-z], of which 42 are random and 6 a checksum (checksum.h) over all
// that stands before. Published with test vectors in docs/tokens.md.
//
//   family       prefix       issued for
//   vela_cs_     vela_cs_     clientSecret
//   vela_live_   vela_live_   apiKey
//   vlt_live_    vlt_live_    projectKey
//   vlt_acct_    vlt_acct_    accountToken
//   sk_          sk_live_     workspaceToken, mode live
//                sk_test_     workspaceToken, mode test
//
// Pure; safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schema/digest.h"
#include "schema/secret_value.h"

namespace writ {

enum class TokenFamily : std::uint8_t {
  kClientSecret,
  kApiKey,
  kProjectKey,
  kAccountToken,
  kWorkspaceLive,
  kWorkspaceTest,
};

inline constexpr std::size_t kTokenRandomSize = 42;
inline constexpr std::size_t kTokenBodySize = 48;

std::span<const TokenFamily> AllTokenFamilies();

// "vela_cs_"
std::string_view PrefixOf(TokenFamily family);
// The family that a whole token, or its prefix alone, begins with.
std::optional<TokenFamily> FamilyOf(std::string_view token);
// Of a Token's spec.type and spec.mode; the mode counts for a workspaceToken
// alone. Nothing for a type that there isn't.
std::optional<TokenFamily> FamilyFor(std::string_view type,
                                     std::string_view mode);

// Fills a buffer with random bytes; called until there are enough that fit:
// 248 of 256 values do, so that each character is as likely as any other.
using FillBytes = std::function<void(std::span<std::uint8_t>)>;

SecretValue MakeToken(TokenFamily family, const FillBytes& fill);

// Of a token that writ may have issued: prefix, length, characters and
// checksum all hold. Says nothing of whether it was.
std::optional<TokenFamily> ParseToken(std::string_view text);
// All of those in a text, in order, whatever stands around them. Linear.
std::vector<std::string_view> FindTokens(std::string_view text);
// Of a token that another product issued, and whose digest may have been
// imported: a known prefix and 16 to 240 characters of [0-9A-Za-z_-].
std::optional<TokenFamily> ParseForeignToken(std::string_view text);

// What may be shown of a token: the first 16 characters where they begin with
// sk_, else the prefix and 4 more. REQUIRES: ParseForeignToken holds.
std::string VisiblePrefix(std::string_view token);
// As people see it: "vela_live_abc1...".
std::string MaskedHint(std::string_view visible_prefix);

// SHA-256 of the whole token, which is all that is kept of it.
Digest TokenDigest(std::string_view token);

}  // namespace writ
