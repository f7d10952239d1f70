#include "reconciler/credentials/terms.h"

#include "tests/reconciler/credentials/credential_fixture.h"

namespace writ::reconciler {
namespace {

class Terms : public CredentialTest {
 protected:
  CredentialRights RightsOf(const std::string& address) {
    return CredentialTest::Terms(address).rights;
  }
};

TEST_F(Terms, FamiliesFollowTheType) {
  const std::vector<std::pair<std::string, TokenFamily>> cases = {
      {kCi, TokenFamily::kClientSecret},
      {kIngest, TokenFamily::kApiKey},
      {kReader, TokenFamily::kProjectKey},
      {kAccount, TokenFamily::kAccountToken},
      {kDashboard, TokenFamily::kWorkspaceTest}};
  for (const auto& [address, family] : cases) {
    const TokenTerms terms = CredentialTest::Terms(address);
    EXPECT_EQ(terms.family, family) << address;
    EXPECT_EQ(terms.token, Id(address));
    EXPECT_EQ(terms.token_uid, "uid of " + address);
  }
}

// S-10 S-20 S-21: what a credential opens is one resource, by its uid.
TEST_F(Terms, RightsNameTheParent) {
  const CredentialRights key = RightsOf(kReader);
  EXPECT_EQ(key.parent, Id("Project/payments"));
  EXPECT_EQ(key.parent_uid, "uid of Project/payments");
  EXPECT_EQ(key.role, "VIEWER");
  EXPECT_TRUE(key.AllowsAddress(*ParseIpAddress("10.1.2.3")));
  EXPECT_FALSE(key.AllowsAddress(*ParseIpAddress("192.0.2.1")));
  EXPECT_EQ(RightsOf(kIngest).parent, Id("App/orders"));
  EXPECT_EQ(RightsOf(kIngest).role, "");
}

// S-33 S-34
TEST_F(Terms, ScopesAreThoseOfTheTokenAndItsSets) {
  EXPECT_EQ(
      RightsOf(kDashboard).scopes,
      (std::vector<std::string>{"analytics:read", "crm:read", "inbox:read"}));
  Declare("ScopeSet/acme/read", "Workspace/acme",
          R"({"scopes":["analytics:read"]})");
  EXPECT_EQ(RightsOf(kDashboard).scopes,
            std::vector<std::string>{"analytics:read"});
}

TEST_F(Terms, ExpiryIsFixedOrSinceIssue) {
  const Timestamp now = clock_.Now();
  EXPECT_FALSE(CredentialTest::Terms(kCi).ExpiryOf(now));
  Declare(kCi, "Workspace/acme",
          R"({"type":"clientSecret","expiresAfter":"30d","maxActive":3})");
  EXPECT_EQ(CredentialTest::Terms(kCi).ExpiryOf(now),
            now + std::chrono::hours(30 * 24));
  EXPECT_EQ(CredentialTest::Terms(kCi).max_active, 3);
  Declare(kCi, "Workspace/acme",
          R"({"type":"clientSecret","expiresAt":"2027-01-01T00:00:00Z",
              "notBefore":"2026-12-02T00:00:00Z"})");
  EXPECT_EQ(CredentialTest::Terms(kCi).ExpiryOf(now),
            ParseTimestamp("2027-01-01T00:00:00Z"));
  EXPECT_EQ(CredentialTest::Terms(kCi).not_before,
            ParseTimestamp("2026-12-02T00:00:00Z"));
}

TEST_F(Terms, DeliveriesAreResolved) {
  Declare("DeployTarget/acme/github-ci", "Workspace/acme", "{}");
  Declare("RotationSchedule/acme/often", "Workspace/acme", "{}");
  Declare(kCi, "Workspace/acme",
          R"({"type":"clientSecret","rotation":"often","deliverTo":[
              {"target":"github-ci","name":"VELA","dedicated":true}]})",
          {"DeployTarget/acme/github-ci", "RotationSchedule/acme/often"});
  const TokenTerms terms = CredentialTest::Terms(kCi);
  ASSERT_EQ(terms.deliver_to.size(), 1U);
  EXPECT_EQ(terms.deliver_to[0].target, Id("DeployTarget/acme/github-ci"));
  EXPECT_EQ(terms.deliver_to[0].name, "VELA");
  EXPECT_TRUE(terms.deliver_to[0].dedicated);
  EXPECT_EQ(terms.rotation, Id("RotationSchedule/acme/often"));
}

TEST_F(Terms, SaysWhatIsMissing) {
  EXPECT_EQ(ReadTerms(*store_, Id("Token/acme/nobody")).error().code,
            ErrorCode::kNotFound);
  EXPECT_EQ(ReadTerms(*store_, Id("App/orders")).error().code,
            ErrorCode::kInvalidArgument);
  Declare(kCi, "Workspace/acme", R"({"type":"password"})");
  EXPECT_EQ(ReadTerms(*store_, Id(kCi)).error().code, ErrorCode::kCorrupt);
  Declare(kDashboard, "Workspace/acme",
          R"({"type":"workspaceToken","mode":"live"})", {"ScopeSet/acme/gone"});
  EXPECT_EQ(ReadTerms(*store_, Id(kDashboard)).error().code,
            ErrorCode::kNotFound);
}

}  // namespace
}  // namespace writ::reconciler
