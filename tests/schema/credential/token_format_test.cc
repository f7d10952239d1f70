#include "schema/credential/token_format.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>
#include <algorithm>
#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "schema/credential/checksum.h"
#include "schema/credential/credential_scan.h"
#include "tests/support/credentials.h"

namespace writ {
namespace {

FillBytes Seeded(std::uint32_t seed) {
  auto random = std::make_shared<std::mt19937>(seed);
  return [random](std::span<std::uint8_t> bytes) {
    for (std::uint8_t& byte : bytes) {
      byte = static_cast<std::uint8_t>((*random)());
    }
  };
}

std::string Made(TokenFamily family, std::uint32_t seed) {
  return std::string(MakeToken(family, Seeded(seed)).Reveal());
}

// S-01 S-10 S-20 S-24 S-31
TEST(TokenFormat, EveryFamilyHasItsPrefixAndFortyEightCharacters) {
  const std::map<std::string, std::pair<std::string, std::string>> types = {
      {"vela_cs_", {"clientSecret", ""}},
      {"vela_live_", {"apiKey", ""}},
      {"vlt_live_", {"projectKey", "live"}},
      {"vlt_acct_", {"accountToken", ""}},
      {"sk_live_", {"workspaceToken", "live"}},
      {"sk_test_", {"workspaceToken", "test"}},
  };
  ASSERT_EQ(AllTokenFamilies().size(), types.size());
  for (const TokenFamily family : AllTokenFamilies()) {
    const std::string prefix(PrefixOf(family));
    ASSERT_EQ(types.count(prefix), 1U) << prefix;
    const auto& [type, mode] = types.at(prefix);
    EXPECT_EQ(FamilyFor(type, mode), family) << type;
    const std::string token = Made(family, 7);
    EXPECT_EQ(token.substr(0, prefix.size()), prefix);
    EXPECT_EQ(token.size(), prefix.size() + 48);
    EXPECT_EQ(ParseToken(token), family);
    EXPECT_EQ(FamilyOf(token), family);
  }
  EXPECT_EQ(FamilyFor("password", ""), std::nullopt);
  EXPECT_EQ(FamilyFor("workspaceToken", "rehearsal"), std::nullopt);
}

TEST(TokenFormat, TheScannerKnowsWhatIsIssued) {
  for (const TokenFamily family : AllTokenFamilies()) {
    const auto found = FindCredentials("x = " + Made(family, 11) + "\n");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].family, PrefixOf(family));
    EXPECT_TRUE(found[0].checksum_valid);
  }
}

RC_GTEST_PROP(TokenFormat, AnyOtherCharacterBreaksIt, ()) {
  const auto family = static_cast<TokenFamily>(*rc::gen::inRange(0, 6));
  std::string token = Made(family, *rc::gen::arbitrary<std::uint32_t>());
  const std::size_t prefix = PrefixOf(family).size();
  const auto at = *rc::gen::inRange<std::size_t>(prefix, token.size());
  const char before = token[at];
  token[at] = testing::kBase62Alphabet[*rc::gen::inRange(0, 62)];
  RC_ASSERT(ParseToken(token).has_value() == (token[at] == before));
}

TEST(TokenFormat, RefusesWhatIsNoToken) {
  const std::string token = Made(TokenFamily::kApiKey, 3);
  EXPECT_FALSE(ParseToken(""));
  EXPECT_FALSE(ParseToken("vela_live_"));
  EXPECT_FALSE(ParseToken(token + "0"));
  EXPECT_FALSE(ParseToken(token.substr(0, token.size() - 1)));
  EXPECT_FALSE(ParseToken(" " + token));
  EXPECT_FALSE(ParseToken(token + "\n"));
  // The prefix is under the checksum as well.
  EXPECT_FALSE(ParseToken("vlt_live_" + token.substr(10)));
  // A checksum over something else than base 62.
  const std::string head = "vela_cs_" + std::string(41, 'a') + "-";
  EXPECT_FALSE(ParseToken(head + CredentialChecksum(head)));
}

// Who asks for the one may leave out the other.
TEST(TokenFormat, WritsOwnHaveTheShapeOfOtherProductsToo) {
  for (const TokenFamily family : AllTokenFamilies()) {
    for (unsigned seed = 0; seed < 50; ++seed) {
      const SecretValue token = MakeToken(family, Seeded(seed));
      ASSERT_EQ(ParseToken(token.Reveal()), family);
      EXPECT_EQ(ParseForeignToken(token.Reveal()), family);
    }
  }
}

TEST(TokenFormat, LooksAtTokensOfOtherProducts) {
  const std::string foreign = "vela_live_" + std::string(48, 'a');
  EXPECT_FALSE(ParseToken(foreign));
  EXPECT_EQ(ParseForeignToken(foreign), TokenFamily::kApiKey);
  EXPECT_EQ(ParseForeignToken("sk_live_" + std::string(40, 'b')),
            TokenFamily::kWorkspaceLive);
  EXPECT_FALSE(ParseForeignToken("vela_live_short"));
  EXPECT_FALSE(ParseForeignToken("vela_live_" + std::string(241, 'a')));
  EXPECT_FALSE(ParseForeignToken("vela_live_" + std::string(20, ' ')));
  EXPECT_FALSE(ParseForeignToken(std::string(48, 'a')));
}

TEST(TokenFormat, FindsTokensWhateverStandsAround) {
  const std::string a = Made(TokenFamily::kApiKey, 21);
  const std::string b = Made(TokenFamily::kWorkspaceLive, 22);
  const std::string placeholder = "vela_live_" + std::string(48, 'x');
  const std::string text = "vvs_" + a + b + "-----BEGIN PRIVATE KEY-----\n" +
                           placeholder + "=" + b + "z\nvela_cs_";
  EXPECT_EQ(FindTokens(text), (std::vector<std::string_view>{a, b, b}));
  EXPECT_TRUE(FindTokens("").empty());
}

// S-14 S-31
TEST(TokenFormat, ShowsNoMoreThanItsVisiblePrefix) {
  const std::string key = Made(TokenFamily::kApiKey, 5);
  EXPECT_EQ(VisiblePrefix(key), key.substr(0, 14));
  EXPECT_EQ(MaskedHint(VisiblePrefix("vela_live_abc1" + std::string(44, 'x'))),
            "vela_live_abc1...");
  const std::string workspace = Made(TokenFamily::kWorkspaceTest, 5);
  EXPECT_EQ(VisiblePrefix(workspace), workspace.substr(0, 16));
}

// Bytes from 248 on would make the first characters likelier.
TEST(TokenFormat, TakesNoByteThatIsBiased) {
  int calls = 0;
  const SecretValue token =
      MakeToken(TokenFamily::kClientSecret, [&](std::span<std::uint8_t> bytes) {
        std::fill(bytes.begin(), bytes.end(),
                  static_cast<std::uint8_t>(calls == 0 ? 248 : 61));
        ++calls;
      });
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(token.Reveal().substr(8, 42), std::string(42, 'z'));
}

TEST(TokenFormat, UsesEveryCharacterAboutAsOften) {
  std::map<char, int> counts;
  constexpr int kTokens = 2'000;
  for (std::uint32_t seed = 0; seed < kTokens; ++seed) {
    const std::string token = Made(TokenFamily::kClientSecret, seed);
    for (const char c : token.substr(8, kTokenRandomSize)) ++counts[c];
  }
  ASSERT_EQ(counts.size(), 62U);
  // 84,000 characters: 1,355 each, with a deviation of 37.
  for (const auto& [c, count] : counts) {
    EXPECT_GT(count, 1'100) << c;
    EXPECT_LT(count, 1'610) << c;
  }
}

// The rows of the table in docs/tokens.md: prefix, random part, CRC-32,
// checksum, SHA-256 of the whole.
std::vector<std::vector<std::string>> Vectors() {
  std::ifstream file(std::string(WRIT_SOURCE_DIR) + "/docs/tokens.md");
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("| `", 0) != 0) continue;
    std::vector<std::string> cells;
    std::istringstream cellular(line);
    for (std::string cell; std::getline(cellular, cell, '`');) {
      if (cell.find_first_of("| ") == std::string::npos && !cell.empty()) {
        cells.push_back(cell);
      }
    }
    if (cells.size() == 5) rows.push_back(cells);
  }
  return rows;
}

TEST(TokenFormat, KeepsThePublishedVectors) {
  const auto vectors = Vectors();
  ASSERT_EQ(vectors.size(), AllTokenFamilies().size());
  for (const auto& row : vectors) {
    const std::string head = row[0] + row[1];
    std::ostringstream crc;
    crc << std::hex;
    crc.width(8);
    crc.fill('0');
    crc << testing::BitwiseCrc32(head);
    EXPECT_EQ(row[2], crc.str());
    EXPECT_EQ(row[3], testing::BitwiseChecksum(head));
    const std::string token = head + row[3];
    ASSERT_TRUE(ParseToken(token)) << row[0];
    EXPECT_EQ(PrefixOf(*ParseToken(token)), row[0]);
    EXPECT_EQ(TokenDigest(token).Hex(), row[4]);
  }
}

}  // namespace
}  // namespace writ
