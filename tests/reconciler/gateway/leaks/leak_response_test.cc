// What follows from a report: T-23.
#include "reconciler/gateway/leaks/leak_response.h"

#include <gmock/gmock.h>

#include <optional>
#include <string>

#include "reconciler/controller/lease_keeper.h"
#include "tests/reconciler/credentials/credential_fixture.h"

namespace writ::reconciler::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class LeakResponses : public CredentialTest {
 protected:
  void SetUp() override {
    CredentialTest::SetUp();
    response_.folder = folder_ / "state";
    response_.keys = &*keys_;
    response_.host = &host_;
    response_.secret_environment = "prod";
    response_.variable = [](const char*) {
      return std::optional<std::string>();
    };
    response_.clock = &clock_;
    response_.random = &chance_;
  }

  std::vector<LeakOutcome> Answer(const std::string& text) {
    const auto answers = response_.Answer(text);
    EXPECT_TRUE(answers) << Describe(answers.error());
    std::vector<LeakOutcome> outcomes;
    if (!answers) return outcomes;
    for (const LeakAnswer& answer : *answers) {
      outcomes.push_back(answer.outcome);
    }
    return outcomes;
  }

  HostFile host_;
  LeakResponse response_;
};

TEST_F(LeakResponses, RevokeWhatIsOursAndLeaveTheRest) {
  const auto [record, token] = Issue(kCi);
  const std::string other = "vela_cs_" + token.substr(8, 40) + "xxxxxxxx";
  EXPECT_EQ(
      Answer(token + "\n" + other + "\n"),
      (std::vector<LeakOutcome>{LeakOutcome::kRevoked, LeakOutcome::kNotOurs}));
  EXPECT_EQ(VerdictOf(token), Verdict::kRevoked);
  EXPECT_EQ(Answer(token),
            std::vector<LeakOutcome>{LeakOutcome::kEndedAlready});
  EXPECT_THAT(AuditText(), HasSubstr("leak report"));
  EXPECT_THAT(AuditText(), Not(HasSubstr(token.substr(20))));
}

// A token that is delivered somewhere is replaced first; where its target
// can't be reached it is revoked all the same.
TEST_F(LeakResponses, EndEvenWhatCantBeReplaced) {
  Declare("DeployTarget/acme/nowhere", "Workspace/acme",
          R"({"workspace":"acme","type":"dotenv",
              "dotenv":{"path":"/nowhere/.env"}})");
  Declare(kCi, "Workspace/acme",
          R"({"type":"clientSecret","workspace":"acme",
              "deliverTo":[{"target":"nowhere","name":"X"}]})",
          {"DeployTarget/acme/nowhere"});
  const auto [record, token] = Issue(kCi);
  EXPECT_EQ(Answer(token), std::vector<LeakOutcome>{LeakOutcome::kRotating});
  EXPECT_EQ(VerdictOf(token), Verdict::kRevoked);
}

// Somebody applies meanwhile: what is public ends at once all the same.
TEST_F(LeakResponses, RevokeWhereTheStateIsHeldByAnother) {
  const auto [record, token] = Issue(kCi);
  OpenOptions options = Options(OpenMode::kReadWrite);
  SystemClock clock;
  options.clock = &clock;
  const auto lease = LeaseKeeper::Take(options, "ana", "apply", {});
  ASSERT_TRUE(lease) << Describe(lease.error());
  EXPECT_EQ(Answer(token), std::vector<LeakOutcome>{LeakOutcome::kRevoked});
  EXPECT_EQ(VerdictOf(token), Verdict::kRevoked);
}

}  // namespace
}  // namespace writ::reconciler::gateway
