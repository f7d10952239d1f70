#include "reconciler/trust/allowed_signers.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace writ::reconciler {
namespace {

constexpr const char* kKey =
    "ssh-ed25519 "
    "AAAAC3NzaC1lZDI1NTE5AAAAIJWjDwTfRMhOD0bMGKC0cO3+PXJvjw1ea9Q5Y1EiwMXD";

AllowedSigners Read(const std::string& text) {
  Diagnostics diagnostics;
  auto allowed = ParseAllowedSigners(text, "signers", diagnostics);
  for (const Diagnostic& each : diagnostics.items()) {
    ADD_FAILURE() << each.locations[0].line << ": " << each.summary;
  }
  return allowed;
}

// "LINE: what is wrong"
std::vector<std::string> Mistakes(const std::string& text) {
  Diagnostics diagnostics;
  ParseAllowedSigners(text, "signers", diagnostics);
  std::vector<std::string> mistakes;
  for (const Diagnostic& each : diagnostics.items()) {
    EXPECT_EQ(each.locations[0].file, "signers");
    mistakes.push_back(std::to_string(each.locations[0].line) + ": " +
                       each.summary);
  }
  return mistakes;
}

TEST(AllowedSigners, ReadsPrincipalsOptionsAndKeys) {
  const auto allowed =
      Read(std::string("# people\n\n") + "ana@acme.example " + kKey +
           " ana's laptop\r\n" +
           "  *@ops.example,!guest@ops.example "
           "namespaces=\"file,git\",valid-after=\"20260101Z\",Valid-Before="
           "\"202612312359\" " +
           kKey + "\n\"two words\"\t" + kKey);
  ASSERT_EQ(allowed.signers.size(), 3u);
  EXPECT_EQ(allowed.file, "signers");
  EXPECT_EQ(allowed.signers[0].principals, "ana@acme.example");
  EXPECT_EQ(allowed.signers[0].line, 3u);
  EXPECT_EQ(allowed.signers[0].key.type, "ssh-ed25519");
  EXPECT_FALSE(allowed.signers[0].namespaces);
  EXPECT_FALSE(allowed.signers[0].valid_after);
  const AllowedSigner& second = allowed.signers[1];
  EXPECT_EQ(second.principals, "*@ops.example,!guest@ops.example");
  EXPECT_EQ(second.namespaces, "file,git");
  EXPECT_EQ(second.valid_after, ParseTimestamp("2026-01-01T00:00:00Z"));
  EXPECT_EQ(second.valid_before, ParseTimestamp("2026-12-31T23:59:00Z"));
  EXPECT_EQ(allowed.signers[2].principals, "two words");
}

TEST(AllowedSigners, AnEmptyFileAllowsNobody) {
  EXPECT_TRUE(Read("").signers.empty());
  EXPECT_TRUE(Read("\n# nobody\n\n").signers.empty());
}

TEST(AllowedSigners, EveryMistakeIsToldWithItsLine) {
  const std::string key = kKey;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"ana@acme.example", "names no key"},
      {"ana@acme.example nothing", "has an option that isn't known: nothing"},
      {"ana@acme.example ssh-ed25519", "names no key"},
      {"ana@acme.example ssh-ed25519 ***", "has a key that isn't base64"},
      {"ana@acme.example ssh-ed25519 AAAA",
       "has a key that isn't taken: this is no SSH key"},
      {"ana@acme.example ssh-rsa " + key.substr(key.find(' ') + 1),
       "says ssh-rsa, but its key is of type ssh-ed25519"},
      {"ana cert-authority " + key,
       "trusts a certificate authority, which writ doesn't"},
      {"ana namespaces=\"git\",CERT-AUTHORITY " + key,
       "trusts a certificate authority, which writ doesn't"},
      {"ana no-touch " + key, "has an option that isn't known: no-touch"},
      {"ana namespaces=git " + key, "gives namespaces a value without quotes"},
      {"ana namespaces=\"git " + key, "has a quote that doesn't end"},
      {"ana namespaces " + key,
       "wants namespaces once, with a list: namespaces=\"git\""},
      {"ana namespaces=\"a\",namespaces=\"b\" " + key,
       "wants namespaces once, with a list: namespaces=\"git\""},
      {"ana valid-after=\"soon\" " + key,
       "wants valid-after once, with a time"},
      {"ana valid-before=\"20261331\" " + key,
       "wants valid-before once, with a time"},
      {"ana valid-after=\"20270101\",valid-before=\"20260101\" " + key,
       "is never valid: valid-after isn't before valid-before"},
      {"ana namespaces=\"git\", " + key,
       "has options that don't follow each other with a comma"},
      {"ana namespaces=\"git\"x " + key,
       "has options that don't follow each other with a comma"},
      {"\"ana " + key, "has a quote that doesn't end"},
      {"\"\" " + key, "names no principal"},
  };
  for (const auto& [line, want] : cases) {
    EXPECT_EQ(Mistakes("bo@acme.example " + key + "\n" + line + "\n"),
              std::vector<std::string>{"2: this line " + want})
        << line;
  }
}

TEST(AllowedSigners, AllMistakesAreToldAtOnce) {
  EXPECT_EQ(Mistakes("ana\nbo\n").size(), 2u);
}

TEST(AllowedSigners, IsBounded) {
  EXPECT_EQ(Mistakes(std::string(2u << 20, 'x')),
            std::vector<std::string>{
                "0: the allowed signers are more than 1048576 bytes"});
  EXPECT_EQ(Mistakes(std::string(20'000, '\n')),
            std::vector<std::string>{
                "0: the allowed signers are more than 10000 lines"});
}

TEST(AllowedSigners, PatternsAreThoseOfOpenSsh) {
  struct Case {
    const char* text;
    const char* patterns;
    bool meets;
  };
  for (const Case& c :
       {Case{"ana@acme.example", "ana@acme.example", true},
        Case{"Ana@acme.example", "ana@acme.example", false},
        Case{"ana@acme.example", "*@acme.example", true},
        Case{"ana@acme.example.org", "*@acme.example", false},
        Case{"ana@acme.example", "an?@*", true},
        Case{"ana@acme.example", "bo,*@acme.example", true},
        Case{"ana@acme.example", "*,!ana@*", false},
        Case{"ana@acme.example", "!ana@*,*", false},
        Case{"ana@acme.example", "!bo@*", false},
        Case{"ana@acme.example", "", false}, Case{"", "*", true},
        Case{"git", "file,git", true}, Case{"aXbXc", "a*b*c", true},
        Case{"aXbXd", "a*b*c", false}}) {
    EXPECT_EQ(MeetsPatterns(c.text, c.patterns), c.meets)
        << c.text << " " << c.patterns;
  }
}

TEST(AllowedSigners, APatternOfStarsEnds) {
  std::string stars;
  for (int i = 0; i < 1000; ++i) stars += "*a";
  EXPECT_FALSE(MeetsPattern(std::string(10'000, 'a') + "b", stars));
}

}  // namespace
}  // namespace writ::reconciler
