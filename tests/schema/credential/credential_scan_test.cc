// S-08: what a manifest may not hold is found, whatever stands around it. No
// assertion here prints a whole credential.
#include "schema/credential/credential_scan.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/credentials.h"
#include "tests/support/hostile_texts.h"

namespace writ {
namespace {

using testing::MakeCredential;
using testing::MakePem;
using testing::RandomBody;

constexpr std::string_view kIssued[] = {"vela_cs_",  "vela_live_", "vlt_live_",
                                        "vlt_acct_", "sk_live_",   "sk_test_"};

struct Foreign {
  std::string_view family;
  std::string text;
  std::string_view shown_prefix;
};

std::string Upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

std::vector<Foreign> ForeignCredentials() {
  return {
      {"AWS access key id", "AKIA" + Upper(RandomBody(16, 1)), "AKIA"},
      {"AWS access key id", "ASIA" + Upper(RandomBody(16, 2)), "ASIA"},
      {"Google API key", "AIza" + RandomBody(35, 3), "AIza"},
      {"GitHub token", "ghp_" + RandomBody(36, 4), "ghp_"},
      {"GitHub token", "gho_" + RandomBody(36, 5), "gho_"},
      {"GitHub token", "ghu_" + RandomBody(36, 6), "ghu_"},
      {"GitHub token", "ghs_" + RandomBody(36, 7), "ghs_"},
      {"GitHub token", "ghr_" + RandomBody(76, 8), "ghr_"},
      {"GitHub token",
       "github_pat_" + RandomBody(22, 9) + "_" + RandomBody(59, 10),
       "github_pat_"},
      {"GitLab token", "glpat-" + RandomBody(20, 11), "glpat-"},
      {"Slack token",
       "xoxb-" + std::string("123456789012-") + RandomBody(24, 12), "xoxb-"},
      {"Slack token", "xoxp-" + RandomBody(40, 13), "xoxp-"},
      {"Slack token", "xapp-1-" + RandomBody(40, 14), "xapp-"},
      {"Slack webhook",
       "hooks.slack.com/services/T0123/B0123/" + RandomBody(24, 15),
       "hooks.slack.com/services/"},
      {"Discord webhook",
       "discord.com/api/webhooks/123456789012345678/" + RandomBody(68, 16),
       "discord.com/api/webhooks/"},
      {"Vault token", "hvs." + RandomBody(90, 17), "hvs."},
      {"Doppler token", "dp.st.prd." + RandomBody(40, 18), "dp.st."},
      {"npm token", "npm_" + RandomBody(36, 19), "npm_"},
      {"webhook signing secret",
       "whsec_" + RandomBody(32, 20) + "==", "whsec_"},
      {"private key", MakePem("PRIVATE KEY", 21), "-----BEGIN"},
      {"private key", MakePem("RSA PRIVATE KEY", 22), "-----BEGIN"},
      {"private key", MakePem("OPENSSH PRIVATE KEY", 23), "-----BEGIN"},
      {"private key", MakePem("PGP PRIVATE KEY BLOCK", 24), "-----BEGIN"},
  };
}

TEST(FindCredentials, FindsWhatWritIssuesByItsChecksum) {
  std::uint32_t seed = 1;
  for (const std::string_view prefix : kIssued) {
    SCOPED_TRACE(prefix);
    const std::string credential = MakeCredential(prefix, seed++);
    const auto findings = FindCredentials("note: " + credential + " !");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].offset, 6U);
    EXPECT_EQ(findings[0].length, credential.size());
    EXPECT_EQ(findings[0].family, prefix);
    EXPECT_TRUE(findings[0].checksum_valid);
    EXPECT_TRUE(findings[0].prefix_to_show ==
                credential.substr(0, prefix.size() + 3));
  }
}

TEST(FindCredentials, SuspectsOtherLongBodies) {
  for (const std::string_view prefix : kIssued) {
    for (const std::size_t size : {40U, 47U, 48U, 49U, 99U}) {
      SCOPED_TRACE(std::string(prefix) + " and " + std::to_string(size));
      const auto findings =
          FindCredentials(std::string(prefix) + RandomBody(size, 7));
      ASSERT_EQ(findings.size(), 1U);
      EXPECT_EQ(findings[0].length, prefix.size() + size);
      EXPECT_FALSE(findings[0].checksum_valid);
    }
  }
  EXPECT_EQ(FindCredentials("sk_live_" + RandomBody(24, 1)).size(), 1U);
}

TEST(FindCredentials, FindsTheFormatsOfOthers) {
  for (const Foreign& foreign : ForeignCredentials()) {
    SCOPED_TRACE(std::string(foreign.family) + " " +
                 std::string(foreign.shown_prefix));
    const auto findings = FindCredentials("a \"" + foreign.text + "\" b");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].offset, 3U);
    EXPECT_EQ(findings[0].length, foreign.text.size());
    EXPECT_EQ(findings[0].family, foreign.family);
    EXPECT_FALSE(findings[0].checksum_valid);
    EXPECT_EQ(findings[0].prefix_to_show.rfind(foreign.shown_prefix, 0), 0U);
  }
}

TEST(FindCredentials, FindsThemWhereverTheyStand) {
  const std::string credential = MakeCredential("vela_live_", 1);
  for (const std::string& text :
       {credential, "x" + credential, "https://h/?key=" + credential + "&a=b",
        "Bearer " + credential, "a\n" + credential + "\n", "é" + credential,
        std::string("\0", 1) + credential, "{" + credential + "}"}) {
    const auto findings = FindCredentials(text);
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_TRUE(text.substr(findings[0].offset, findings[0].length) ==
                credential);
    EXPECT_TRUE(findings[0].checksum_valid);
  }
}

TEST(FindCredentials, FindsSeveralInOrder) {
  std::string text;
  for (const Foreign& foreign : ForeignCredentials()) {
    text += foreign.text + ", ";
  }
  const auto findings = FindCredentials(text);
  EXPECT_EQ(findings.size(), ForeignCredentials().size());
  std::size_t end = 0;
  for (const CredentialFinding& finding : findings) {
    EXPECT_GE(finding.offset, end);
    end = finding.offset + finding.length;
  }
}

TEST(FindCredentials, AKeyWithoutItsEndGoesToTheEndOfTheText) {
  const std::string whole = MakePem("PRIVATE KEY", 1);
  const std::string torn = whole.substr(0, whole.size() - 30);
  const auto findings = FindCredentials("x " + torn);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].length, torn.size());
}

TEST(FindCredentials, LeavesOtherTextAlone) {
  const std::string digest(64, 'a');
  for (const std::string& text : {
           std::string(),
           std::string("v"),
           std::string("vela_live_"),
           std::string("vela_live_..."),
           std::string("vela_live_abc1..."),
           "vela_live_" + RandomBody(39, 1),
           "sk_live_" + RandomBody(23, 1),
           "task_live_" + RandomBody(48, 1),
           "VELA_LIVE_" + RandomBody(48, 1),
           "vela_live " + RandomBody(48, 1),
           "AKIA" + Upper(RandomBody(15, 1)),
           "AKIA" + Upper(RandomBody(17, 1)),
           "xAKIA" + Upper(RandomBody(16, 1)),
           "AKIA" + std::string(16, 'a'),
           std::string("ghp_short"),
           std::string("https://hooks.slack.com/services/"),
           std::string("https://discord.com/api/webhooks/1/x"),
           std::string("-----BEGIN CERTIFICATE-----\nMIIB\n"
                       "-----END CERTIFICATE-----"),
           std::string("-----BEGIN PUBLIC KEY-----"),
           std::string("------------------------------"),
           "sha256:" + digest,
           std::string("3f9c2e1b7a0d4c5e6f708192a3b4c5d6e7f80910"),
           std::string("manifests/orders/vela_live_tokens/readme.yaml"),
       }) {
    EXPECT_TRUE(FindCredentials(text).empty()) << text.substr(0, 12);
  }
}

// What a finding says can be shown to anybody.
TEST(FindCredentials, CarriesThreeCharactersOfTheSecretAtMost) {
  const std::string credential = MakeCredential("vela_cs_", 3);
  const auto findings = FindCredentials(credential);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].prefix_to_show.size(), 8U + 3U);
  const auto pem = FindCredentials(MakePem("PRIVATE KEY", 3));
  ASSERT_EQ(pem.size(), 1U);
  EXPECT_EQ(pem[0].prefix_to_show, "-----BEGIN PRIVATE KEY-----");
}

// T-17: any bytes are only looked at.
TEST(FindCredentials, HostileTextIsHarmless) {
  for (const auto& [name, text] : testing::kHostileTexts) {
    EXPECT_TRUE(FindCredentials(text).empty()) << name;
  }
}

// A text made to be looked at again and again still takes one pass: each of
// these would need minutes if its length entered twice.
TEST(FindCredentials, TakesOnePassOverTextsMadeToHurt) {
  const std::string dashes(5, '-');
  for (const std::string& piece :
       {std::string("AIza-"), std::string("AKIA_"), std::string("vela_live_"),
        std::string("xoxb-"), std::string("github_pat_"),
        std::string("hooks.slack.com/services/"), std::string("glpat-"),
        dashes + "BEGIN ", dashes + "BEGIN PRIVATE KEY" + dashes,
        dashes + "BEGIN PRIVATE KEY" + dashes + dashes + "END "}) {
    std::string text;
    while (text.size() < 400'000) text += piece;
    for (const CredentialFinding& finding : FindCredentials(text)) {
      ASSERT_LE(finding.offset + finding.length, text.size());
    }
  }
}

RC_GTEST_PROP(FindCredentials, StaysInsideAnyText, (const std::string& text)) {
  std::size_t end = 0;
  for (const CredentialFinding& finding : FindCredentials(text)) {
    RC_ASSERT(finding.offset >= end);
    end = finding.offset + finding.length;
    RC_ASSERT(end <= text.size());
  }
}

RC_GTEST_PROP(FindCredentials, FindsACredentialBetweenAnyWords, ()) {
  const auto words = rc::gen::container<std::string>(
      rc::gen::elementOf(std::string(" .,:;/\"'{}()-\n$%&=<>é")));
  const auto seed = *rc::gen::arbitrary<std::uint32_t>();
  const auto prefix = *rc::gen::elementOf(
      std::vector<std::string>(std::begin(kIssued), std::end(kIssued)));
  const std::string before = *words;
  const std::string credential = MakeCredential(prefix, seed);
  const auto findings = FindCredentials(before + credential + *words);
  RC_ASSERT(findings.size() == 1U);
  RC_ASSERT(findings[0].offset == before.size());
  RC_ASSERT(findings[0].length == credential.size());
  RC_ASSERT(findings[0].checksum_valid);
}

TEST(Entropy, IsShannons) {
  EXPECT_DOUBLE_EQ(BitsPerCharacter(""), 0);
  EXPECT_DOUBLE_EQ(BitsPerCharacter("aaaa"), 0);
  EXPECT_DOUBLE_EQ(BitsPerCharacter("abab"), 1);
  EXPECT_DOUBLE_EQ(BitsPerCharacter("abcd"), 2);
  EXPECT_DOUBLE_EQ(BitsPerCharacter("0123456789abcdef"), 4);
}

TEST(Entropy, TellsRandomFromWritten) {
  EXPECT_TRUE(LooksRandom(RandomBody(20, 1)));
  EXPECT_TRUE(LooksRandom(RandomBody(48, 2)));
  EXPECT_FALSE(LooksRandom(RandomBody(19, 1)));
  EXPECT_FALSE(LooksRandom(std::string(48, 'x')));
  EXPECT_FALSE(LooksRandom("changemechangemechangeme"));
  EXPECT_FALSE(LooksRandom("00000000000000000000"));
}

}  // namespace
}  // namespace writ
