#include "reconciler/credentials/leak.h"

#include "reconciler/credentials/token_status.h"
#include "schema/credential/token_format.h"
#include "tests/reconciler/credentials/credential_fixture.h"
#include "tests/support/credentials.h"

namespace writ::reconciler {
namespace {

class FakeRotation final : public EmergencyRotation {
 public:
  Result<bool> TakesOver(const CredentialRecord& leaked) override {
    asked.push_back(leaked.id);
    return takes_over;
  }

  bool takes_over = true;
  std::vector<std::string> asked;
};

class Leak : public CredentialTest {
 protected:
  std::vector<LeakAnswer> Answers(const std::string& text,
                                  EmergencyRotation* rotation = nullptr) {
    auto answers =
        AnswerLeaks(*store_, *credentials_, text, {"ana", "found"}, rotation);
    EXPECT_TRUE(answers) << Describe(answers.error());
    return answers ? *std::move(answers) : std::vector<LeakAnswer>();
  }
};

// T-23
TEST_F(Leak, EndsEachTokenOnce) {
  const auto [record, token] = Issue(kCi);
  const std::string stranger = testing::MakeCredential("sk_live_", 3);
  const auto answers =
      Answers("{\"a\":\"" + token + "\"} " + stranger + "\n" + token + "x");
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].outcome, LeakOutcome::kRevoked);
  EXPECT_EQ(answers[0].hint, VisiblePrefix(token));
  EXPECT_EQ(answers[0].record->id, record.id);
  EXPECT_EQ(answers[1].outcome, LeakOutcome::kNotOurs);
  EXPECT_EQ(VerdictOf(token), Verdict::kRevoked);
  EXPECT_EQ(AuditText().find(token.substr(16)), std::string::npos);
  EXPECT_EQ(Answers(token)[0].outcome, LeakOutcome::kEndedAlready);
  EXPECT_TRUE(Answers("no token, vela_live_xxxx").empty());
  const Timestamp now = clock_.Now();
  EXPECT_EQ(DescribeStanding(Row(record.id), now),
            "revoked by ana on 2026-12-01");
}

TEST_F(Leak, LetsARotationReplaceItFirst) {
  const auto [record, token] = Issue(kCi);
  FakeRotation rotation;
  EXPECT_EQ(Answers(token, &rotation)[0].outcome, LeakOutcome::kRotating);
  EXPECT_EQ(rotation.asked, std::vector<std::string>{record.id});
  EXPECT_EQ(VerdictOf(token), Verdict::kValid);
  rotation.takes_over = false;
  EXPECT_EQ(Answers(token, &rotation)[0].outcome, LeakOutcome::kRevoked);
  EXPECT_EQ(VerdictOf(token), Verdict::kRevoked);
}

TEST_F(Leak, FindsImportedTokensAsWholeWords) {
  const std::string foreign = "vlt_acct_old-token_of-another";
  ASSERT_FALSE(Do([&](WriteTransaction& write) {
    return credentials_->Import(
        write, {Terms(kAccount), TokenDigest(foreign), ""}, {"ana"});
  }));
  EXPECT_TRUE(Answers("un" + foreign).empty());
  EXPECT_EQ(Answers("key='" + foreign + "'")[0].outcome, LeakOutcome::kRevoked);
}

}  // namespace
}  // namespace writ::reconciler
