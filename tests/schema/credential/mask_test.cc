// What an excerpt may show of a line that holds a credential (S-08).
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "schema/credential/credential_scan.h"
#include "schema/utf8.h"
#include "tests/support/credentials.h"

namespace writ {
namespace {

using testing::MakeCredential;
using testing::MakePem;
using testing::RandomBody;

TEST(MaskCredentials, KeepsThePrefixAndTheColumns) {
  const std::string credential = MakeCredential("vela_live_", 1);
  const std::string line = "    note: " + credential + " # é";
  const std::string masked = MaskCredentials(line);
  EXPECT_TRUE(masked == "    note: " + credential.substr(0, 13) + "…" +
                            std::string(44, ' ') + " # é (not shown)");
  EXPECT_EQ(CountCodePoints(masked),
            CountCodePoints(line) + std::string(" (not shown)").size());
}

TEST(MaskCredentials, AtTheEndOfTheLine) {
  const std::string credential = MakeCredential("vela_live_", 2);
  EXPECT_TRUE(MaskCredentials("note: " + credential) ==
              "note: " + credential.substr(0, 13) + "…" + std::string(44, ' ') +
                  "(not shown)");
}

TEST(MaskCredentials, CutsOutEachOne) {
  const std::string first = MakeCredential("vela_cs_", 3);
  const std::string second = "ghp_" + RandomBody(36, 4);
  const std::string masked =
      MaskCredentials("{a: " + first + ", b: " + second + "}");
  EXPECT_EQ(masked.find(first.substr(0, 12)), std::string::npos);
  EXPECT_EQ(masked.find(second.substr(0, 8)), std::string::npos);
  EXPECT_EQ(masked.find(", b: ghp_"), 4 + first.size() + 2);  // … is 3 bytes
  EXPECT_NE(masked.find("} (not shown)"), std::string::npos);
}

TEST(MaskCredentials, LeavesOtherLinesAsTheyAre) {
  for (const char* line :
       {"", "    - {name: orderId, type: string, requird: true}",
        "    runbook: \"https://runbooks.example.org/orders/2026/overview\"",
        "    digest: "
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "    file: manifests/orders/large-payment-failure-notification.yaml",
        "# ----------------------------------------------------------------"}) {
    EXPECT_EQ(MaskCredentials(line), line);
  }
}

TEST(MaskCredentials, CutsOutALineOfAKey) {
  const std::string body = RandomBody(64, 5);
  EXPECT_TRUE(MaskCredentials("      " + body) ==
              "      " + body.substr(0, 3) + "…" + std::string(60, ' ') +
                  "(not shown)");
}

TEST(MaskCredentials, KeepsTheLinesOfAKeyApart) {
  const std::string pem = MakePem("RSA PRIVATE KEY", 6);
  const std::string masked = MaskCredentials("key: " + pem);
  EXPECT_EQ(masked.rfind("key: -----BEGIN RSA PRIVATE KEY-----…\n", 0), 0U);
  EXPECT_EQ(std::count(masked.begin(), masked.end(), '\n'),
            std::count(pem.begin(), pem.end(), '\n'));
  EXPECT_EQ(masked.find(RandomBody(64, 6).substr(0, 8)), std::string::npos);
}

TEST(MaskCredentials, TwiceIsOnce) {
  const std::string once =
      MaskCredentials("x: " + MakeCredential("vlt_acct_", 7));
  EXPECT_EQ(MaskCredentials(once), once);
}

// However the line looks, no six characters of the body are left.
RC_GTEST_PROP(MaskCredentials, LeavesNothingOfTheSecret, ()) {
  const auto text = rc::gen::container<std::string>(
      rc::gen::elementOf(std::string("ab:{}\", \t#é")));
  const std::string credential =
      MakeCredential("vela_live_", *rc::gen::arbitrary<std::uint32_t>());
  const std::string masked =
      MaskCredentials(*text + " " + credential + " " + *text);
  const std::string body = credential.substr(10);
  for (std::size_t at = 0; at + 6 <= body.size(); ++at) {
    RC_ASSERT(masked.find(body.substr(at, 6)) == std::string::npos);
  }
}

}  // namespace
}  // namespace writ
