// S-08: a manifest that holds a raw credential is refused, with its place, and
// the credential itself is shown nowhere.
#include "manifests/credential_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "manifests/manifest_file.h"
#include "schema/credential/checksum.h"
#include "tests/manifests/parser/parsing.h"

namespace writ::manifests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// 42 characters and their checksum.
std::string Token(const std::string& prefix) {
  const std::string head =
      prefix + "Zk3mQ8vT1xW5yB7nR2pL9dF4gH6jK0sA3cE8uI5oX1";
  return head + CredentialChecksum(head);
}
const char* const kRandom = "XXyT7aQpW2mZ9kLrB4vNc8Ds";

// What Parse reports, as excerpts would show it.
struct Checked {
  std::vector<std::string> lines;
  std::vector<std::string> excerpts;
  std::vector<std::string> hints;
};

Checked Check(const std::string& text) {
  Checked checked;
  Diagnostics diagnostics;
  const SourceFiles files{"a.yaml"};
  ManifestFile file(text, 0);
  Reporter reporter(
      files, [&](auto, std::uint32_t line) { return file.Excerpt(line); },
      diagnostics);
  Parsed parsed;
  parsed.documents = file.Parse(reporter);
  diagnostics.Sort();
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    checked.excerpts.push_back(diagnostic.excerpt);
    checked.hints.push_back(diagnostic.hint);
  }
  parsed.diagnostics = std::move(diagnostics);
  checked.lines = parsed.Lines();
  return checked;
}

TEST(CredentialCheck, RefusesATokenAndHidesIt) {
  const Checked checked =
      Check("a: 1\nnote: \"" + Token("vela_live_") + "\"   # why\n");
  EXPECT_THAT(checked.lines,
              ElementsAre("2:8+13 raw-credential: this looks like a live "
                          "credential (vela_live_, checksum valid)"));
  EXPECT_THAT(checked.hints, ElementsAre("revoke it (writ token leaked -), "
                                         "then refer to a Secret"));
  // What stands behind keeps its column.
  EXPECT_THAT(checked.excerpts,
              ElementsAre("note: \"vela_live_Zk3…" + std::string(44, ' ') +
                          "\"   # why (not shown)"));
}

TEST(CredentialCheck, RefusesEveryFamilyWhereverItStands) {
  const std::vector<std::string> secrets = {
      Token("vela_cs_"),
      Token("vlt_live_"),
      Token("vlt_acct_"),
      Token("sk_live_"),
      Token("sk_test_"),
      "AKIA"
      "IOSFODNN7EXAMPLE",
      "ghp_" + std::string(36, 'a'),
      "https://hooks.slack.com/"
      "services/T00000000/B00000000/" +
          std::string(kRandom),
  };
  for (const std::string& secret : secrets) {
    for (const std::string& text :
         {"a: " + secret + "\n", "a: '" + secret + "'\n",
          "a: 1 # " + secret + "\n", "# " + secret + "\n",
          "? " + secret + "\n: 1\n", "a:\n  - b: |\n      x " + secret + "\n",
          "a: {url: \"" + secret + "\"}\n"}) {
      const Checked checked = Check(text);
      ASSERT_EQ(checked.lines.size(), 1u) << text;
      EXPECT_THAT(checked.lines[0], HasSubstr("raw-credential"));
      const std::string tail = secret.substr(secret.size() - 10);
      EXPECT_THAT(checked.excerpts[0], Not(HasSubstr(tail))) << text;
    }
  }
}

TEST(CredentialCheck, RefusesPrivateKeysAndHidesTheirLines) {
  const std::string body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIB";
  const Checked checked = Check(
      "a: |\n  -----BEGIN "
      "PRIVATE KEY-----\n  " +
      body + "\n  -----END PRIVATE KEY-----\nb: 1\nb: " + body.substr(0, 19) +
      "\n");
  ASSERT_EQ(checked.lines.size(), 2u);
  EXPECT_THAT(checked.lines[0], HasSubstr("2:3+27 raw-credential: this looks "
                                          "like a live credential (private "
                                          "key)"));
}

TEST(CredentialCheck, NoOtherErrorShowsIt) {
  const std::string token = Token("vela_cs_");
  for (const std::string& text :
       {"a: {b: " + token + ", b: 1}\n", "a: [" + token + "\n",
        "a: " + token + ": x\n", token + ": 1\n" + token + ": 2\n"}) {
    const Checked checked = Check(text);
    EXPECT_GT(checked.lines.size(), 1u) << text;
    for (const std::string& excerpt : checked.excerpts) {
      EXPECT_THAT(excerpt, Not(HasSubstr(token.substr(20)))) << text;
    }
  }
}

TEST(CredentialCheck, SeesThroughEscapes) {
  const std::string token = Token("vela_live_");
  const Checked checked =
      Check("a: \"\\x76ela_live_" + token.substr(10) + "\"\n");
  EXPECT_THAT(checked.lines,
              ElementsAre(HasSubstr("1:4+63 raw-credential: this looks like a "
                                    "live credential (vela_live_, checksum")));
  EXPECT_THAT(checked.excerpts[0], Not(HasSubstr(token.substr(20))));
}

TEST(CredentialCheck, RefusesRandomTextInUrlsAndSecretRefs) {
  const std::string random = kRandom;
  const struct {
    std::string text;
    const char* want;
  } cases[] = {
      {"url: https://x.example.org/hook/" + random + "\n", "1:33+3"},
      {"url: 'https://x.example.org/hook?key=" + random + "'\n", "1:38+3"},
      {"url: https://u:" + random + "@x.example.org/\n", "1:16+3"},
      {"a: {url: {secretRef: {project: p, key: " + random + "}}}\n", "1:40+3"},
      {"secretRef: " + random + "\n", "1:12+3"},
      {"url:\n  - \"\\x68ttps://x/" + random + "\"\n", "2:5+"},
  };
  for (const auto& c : cases) {
    const Checked checked = Check(c.text);
    ASSERT_EQ(checked.lines.size(), 1u) << c.text;
    EXPECT_THAT(checked.lines[0], HasSubstr(c.want)) << c.text;
    EXPECT_THAT(checked.lines[0], HasSubstr("random-text: this looks like a "
                                            "secret: 24 characters"));
    EXPECT_THAT(checked.excerpts[0], Not(HasSubstr(random.substr(3))));
  }
}

TEST(CredentialCheck, OrdinaryUrlsAndKeysPass) {
  for (const char* text : {
           "url: https://shop.example.org/health\n",
           "url: https://payments-gateway.internal.example.org/api/v1/webhooks"
           "/order-service/production-eu-central\n",
           "url: https://example.org/a?environment=production&team=payments\n",
           "url: https://example.org/0b6f8d1e-7a3c-4c55-9d7e-5f2a8b1c9e04\n",
           "url: \"${vars.webhookBaseAddress}/orders/large-payments\"\n",
           "secretRef: {project: payments, key: "
           "PAYMENTS_SLACK_WEBHOOK_URL_FOR_PRODUCTION}\n",
           // Only these fields are looked at so closely.
           "note: XXyT7aQpW2mZ9kLrB4vNc8Ds\n",
       }) {
    EXPECT_THAT(Check(text).lines, IsEmpty()) << text;
  }
}

TEST(CredentialCheck, ACommentWithAReasonAllowsRandomText) {
  const std::string url = "url: https://x.example.org/" + std::string(kRandom);
  EXPECT_THAT(Check(url + "  # writ:allow-secret public test hook\n").lines,
              IsEmpty());
  EXPECT_THAT(
      Check("a: {" + url + "}  # writ:allow-secret public test hook\n").lines,
      IsEmpty());
  EXPECT_THAT(Check(url + " # writ:allow-secret\n").lines,
              ElementsAre(HasSubstr("1:53+19 allow-secret: writ:allow-secret "
                                    "gives no reason")));
  EXPECT_THAT(Check(url + " # writ:allow-secret  \n").lines,
              ElementsAre(HasSubstr("gives no reason")));
  // On another line, or inside of a text, it says nothing.
  EXPECT_THAT(Check("# writ:allow-secret x\n" + url + "\n").lines,
              ElementsAre(HasSubstr("random-text")));
  EXPECT_THAT(Check("url: \"https://x/" + std::string(kRandom) +
                    " # writ:allow-secret x\"\n")
                  .lines,
              ElementsAre(HasSubstr("random-text")));
}

TEST(CredentialCheck, NoCommentAllowsAToken) {
  EXPECT_THAT(
      Check("url: " + Token("vela_live_") + "  # writ:allow-secret because\n")
          .lines,
      ElementsAre(HasSubstr("raw-credential")));
}

}  // namespace
}  // namespace writ::manifests
