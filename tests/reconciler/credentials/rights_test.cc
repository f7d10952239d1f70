#include "reconciler/credentials/rights.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>
#include <string>
#include <vector>

namespace writ::reconciler {
namespace {

IpAddress Address(const std::string& text) {
  return ParseIpAddress(text).value();
}

CredentialRights Dashboard() {
  CredentialRights rights;
  rights.type = "workspaceToken";
  rights.parent = ResourceId("Workspace", "acme");
  rights.parent_uid = "uid-1";
  rights.mode = "live";
  rights.scopes = {"crm:read", "inbox:read"};
  return rights;
}

TEST(CredentialRights, ArePrintedInOneWay) {
  CredentialRights rights = Dashboard();
  rights.allow_from = {*ParseIpNetwork("10.0.0.0/8")};
  EXPECT_EQ(PrintRights(rights),
            R"({"allowFrom":["10.0.0.0/8"],"mode":"live",)"
            R"("parent":{"kind":"Workspace","name":"acme","uid":"uid-1"},)"
            R"("scopes":["crm:read","inbox:read"],"type":"workspaceToken"})");
}

RC_GTEST_PROP(CredentialRights, ReadWhatIsPrinted, ()) {
  CredentialRights rights = Dashboard();
  rights.role = *rc::gen::element<std::string>("", "VIEWER", "MEMBER");
  rights.mode = *rc::gen::element<std::string>("", "live", "test");
  rights.foreign = *rc::gen::arbitrary<bool>();
  rights.parent_uid = *rc::gen::string<std::string>();
  RC_PRE(ParseRights(PrintRights(rights)).has_value());
  const auto again = ParseRights(PrintRights(rights));
  RC_ASSERT(PrintRights(*again) == PrintRights(rights));
  RC_ASSERT(again->foreign == rights.foreign);
  RC_ASSERT(again->scopes == rights.scopes);
}

TEST(CredentialRights, RefusesWhatItDoesNotPrint) {
  for (const std::string text :
       {"", "{}", "[]", "{\"type\":1}",
        R"({"type":"apiKey","parent":{"kind":"App","name":"x","uid":"u"}})",
        R"({"allowFrom":["everywhere"],)"
        R"("parent":{"kind":"App","name":"x","uid":"u"},"type":"apiKey"})",
        R"({"more":true,"parent":{"kind":"App","name":"x","uid":"u"},)"
        R"("type":"apiKey"})"}) {
    const auto rights = ParseRights(text);
    ASSERT_FALSE(rights) << text;
    EXPECT_EQ(rights.error().code, ErrorCode::kCorrupt);
  }
}

// S-33
TEST(CredentialRights, ScopesAreExactAndAdminIsAll) {
  CredentialRights rights = Dashboard();
  EXPECT_TRUE(rights.MayUseScope("crm:read"));
  EXPECT_FALSE(rights.MayUseScope("crm:create"));
  EXPECT_FALSE(rights.MayUseScope("crm"));
  EXPECT_FALSE(rights.MayUseScope(""));
  rights.scopes = {"admin:all"};
  EXPECT_TRUE(rights.MayUseScope("crm:delete"));
  rights.scopes.clear();
  EXPECT_FALSE(rights.MayUseScope("crm:read"));
}

// S-22
TEST(CredentialRights, AllowsAddressesOfItsNetworks) {
  struct Case {
    std::vector<std::string> networks;
    std::string address;
    bool want;
  };
  const std::vector<Case> cases = {
      {{}, "192.0.2.1", true},
      {{}, "2001:db8::1", true},
      {{"10.0.0.0/8"}, "10.255.255.255", true},
      {{"10.0.0.0/8"}, "11.0.0.0", false},
      {{"10.0.0.0/8"}, "::ffff:10.0.0.1", true},
      {{"10.0.0.0/8"}, "::10.0.0.1", false},
      {{"10.0.0.0/8"}, "2001:db8::1", false},
      {{"2001:db8::/32"}, "2001:db8:ffff::1", true},
      {{"2001:db8::/32"}, "2001:db9::1", false},
      {{"2001:db8::/32", "203.0.113.7"}, "203.0.113.7", true},
      {{"2001:db8::/32", "203.0.113.7"}, "203.0.113.8", false},
      {{"::ffff:10.0.0.0/104"}, "10.9.9.9", true},
      {{"::ffff:10.0.0.0/104"}, "::ffff:11.0.0.1", false},
      {{"::/0"}, "10.0.0.1", false},
      {{"0.0.0.0/0"}, "::1", false},
  };
  for (const Case& c : cases) {
    CredentialRights rights;
    for (const std::string& text : c.networks) {
      const auto network = ParseIpNetwork(text);
      ASSERT_TRUE(network) << text;
      rights.allow_from.push_back(*network);
    }
    EXPECT_EQ(rights.AllowsAddress(Address(c.address)), c.want) << c.address;
  }
}

}  // namespace
}  // namespace writ::reconciler
