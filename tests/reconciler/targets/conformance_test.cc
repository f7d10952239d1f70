// The same cases over every target that speaks HTTP, each against a stand-in
// that keeps state (targets.md, section 0; rotation.md, F20 to F38 and F52).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reconciler/egress/encoding.h"
#include "tests/reconciler/targets/fake_api.h"

namespace writ::reconciler::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Trouble = FakeServer::Trouble;

constexpr char kCanary[] = "canary_7Hq2Xw9Lm4";
constexpr char kOld[] = "old_value_B3k8";

struct Case {
  const char* name;
  MakeFake make;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

// Says a failure in words, and that no secret is among them (T-07, F52).
template <typename T>
std::string Words(const TargetResult<T>& result) {
  if (result) return "no failure";
  const std::string words = std::string(Name(result.error().failure_class)) +
                            ": " + Describe(result.error().error) + " " +
                            result.error().error.remedy;
  for (const std::string& secret :
       {std::string(kCanary), std::string(kToken), std::string(kOld),
        std::string("session-token-Wv52")}) {
    EXPECT_THAT(words, Not(HasSubstr(secret)));
    EXPECT_THAT(words, Not(HasSubstr(Base64(secret).substr(0, 16))));
    EXPECT_THAT(words, Not(HasSubstr(HexLower(secret))));
  }
  return words;
}

class HttpTargets : public ::testing::TestWithParam<Case> {
 protected:
  HttpTargets() : fixture_(GetParam().make()) {}

  // Of some, known once they were asked.
  Capabilities Can() {
    EXPECT_TRUE(fixture_.target().Preflight(fixture_.delivery().name));
    return fixture_.target().capabilities();
  }
  TargetResult<Written> PutMeeting(Trouble trouble) {
    fixture_.fake().Meet(trouble);
    auto result = fixture_.Put(kCanary);
    fixture_.fake().Meet(Trouble::kNone);
    return result;
  }
  void ExpectFailure(const TargetResult<Written>& result, FailureClass want) {
    const std::string words = Words(result);
    ASSERT_FALSE(result);
    EXPECT_EQ(Name(result.error().failure_class), Name(want)) << words;
  }

  TargetFixture fixture_;
};

TEST_P(HttpTargets, PreflightChangesNothing) {
  fixture_.fake().Plant(kOld);
  const auto status = fixture_.target().Preflight(fixture_.delivery().name);
  EXPECT_TRUE(status) << Describe(status.error().error);
  EXPECT_EQ(fixture_.fake().Holds(), kOld);
}

TEST_P(HttpTargets, PutsWhatWasNotThere) {
  const auto before = fixture_.Observe();
  ASSERT_TRUE(before) << Words(before);
  EXPECT_FALSE(before->present);
  const auto written = fixture_.Put(kCanary);
  ASSERT_TRUE(written) << Words(written);
  EXPECT_EQ(fixture_.fake().Holds(), kCanary);
}

// S-06: on every platform that is reached over HTTP.
TEST_P(HttpTargets, PutsOverWhatIsThereAndObservesIt) {
  fixture_.fake().Plant(kOld);
  const auto before = fixture_.Observe();
  ASSERT_TRUE(before) << Words(before);
  EXPECT_TRUE(before->present);
  ASSERT_TRUE(fixture_.Put(kCanary));
  EXPECT_EQ(fixture_.fake().Holds(), kCanary);
  const auto after = fixture_.Observe();
  ASSERT_TRUE(after) << Words(after);
  EXPECT_TRUE(after->present);
  EXPECT_EQ(after->readable, fixture_.fake().api().readable());
  EXPECT_EQ(after->readable, Can().reads_back);
  if (after->readable) {
    EXPECT_EQ(before->value.Reveal(), kOld);
    EXPECT_EQ(after->value.Reveal(), kCanary);
  } else {
    EXPECT_TRUE(after->value.empty());
  }
  EXPECT_THAT(after->version, Not(HasSubstr(kCanary)));
}

// F38: nothing is replaced in bulk.
TEST_P(HttpTargets, LeavesOthersAsTheyAre) {
  const auto other = fixture_.fake().Other();
  ASSERT_TRUE(other);
  ASSERT_TRUE(fixture_.Put(kOld));
  ASSERT_TRUE(fixture_.Put(kCanary));
  EXPECT_EQ(fixture_.fake().Other(), other);
  if (Can().removes) {
    ASSERT_TRUE(fixture_.target().Remove(fixture_.delivery().name));
    EXPECT_EQ(fixture_.fake().Other(), other);
  }
}

TEST_P(HttpTargets, PutsTheSameAgain) {
  ASSERT_TRUE(fixture_.Put(kCanary));
  const auto again = fixture_.Put(kCanary);
  EXPECT_TRUE(again) << Words(again);
  EXPECT_EQ(fixture_.fake().Holds(), kCanary);
}

TEST_P(HttpTargets, RemovesAndRemovesAgain) {
  if (!Can().removes) return;
  ASSERT_TRUE(fixture_.Put(kCanary));
  const std::string name = fixture_.delivery().name;
  const auto removed = fixture_.target().Remove(name);
  ASSERT_TRUE(removed) << Words(removed);
  EXPECT_EQ(fixture_.fake().Holds(), std::nullopt);
  const auto again = fixture_.target().Remove(name);
  EXPECT_TRUE(again) << Words(again);
}

// F21
TEST_P(HttpTargets, SaysWhenToComeBack) {
  fixture_.fake().Plant(kOld);
  const auto result = PutMeeting(Trouble::kThrottle);
  ExpectFailure(result, FailureClass::kThrottled);
  EXPECT_EQ(result.error().retry_after, Duration(std::chrono::seconds(7)));
  EXPECT_EQ(fixture_.fake().Holds(), kOld);
}

// F20: the write went through, its answer didn't.
TEST_P(HttpTargets, DoesNotKnowWhatBecameOfABrokenWrite) {
  fixture_.fake().Plant(kOld);
  const auto before = fixture_.Observe();
  ASSERT_TRUE(before);
  ExpectFailure(PutMeeting(Trouble::kApplyThenBreak), FailureClass::kUnknown);
  const auto after = fixture_.Observe();
  ASSERT_TRUE(after) << Words(after);
  EXPECT_TRUE(after->present);
  // Trying again mends whatever it was.
  ASSERT_TRUE(fixture_.Put(kCanary));
  EXPECT_EQ(fixture_.fake().Holds(), kCanary);
}

// F22
TEST_P(HttpTargets, DoesNotKnowWhatBecameOfAServerError) {
  fixture_.fake().Plant(kOld);
  ExpectFailure(PutMeeting(Trouble::kServerError), FailureClass::kUnknown);
  ASSERT_TRUE(fixture_.Put(kCanary));
  EXPECT_EQ(fixture_.fake().Holds(), kCanary);
}

// F26: what is read is told, be it old; nothing is taken for a failure.
TEST_P(HttpTargets, ObservesWhatAStoreThatLagsStillSays) {
  fixture_.fake().Plant(kOld);
  const auto before = fixture_.Observe();
  ASSERT_TRUE(before);
  ASSERT_TRUE(fixture_.Put(kCanary));
  fixture_.fake().LagBehind(true);
  const auto stale = fixture_.Observe();
  ASSERT_TRUE(stale) << Words(stale);
  EXPECT_EQ(stale->version, before->version);
  EXPECT_TRUE(SameSecret(stale->value, before->value));
  fixture_.fake().LagBehind(false);
  const auto fresh = fixture_.Observe();
  ASSERT_TRUE(fresh);
  if (fresh->readable) {
    EXPECT_EQ(fresh->value.Reveal(), kCanary);
  } else {
    EXPECT_NE(fresh->version, before->version);
  }
}

// F23
TEST_P(HttpTargets, TellsThatItsCredentialIsRefused) {
  ExpectFailure(PutMeeting(Trouble::kUnauthorized), FailureClass::kAuth);
  ExpectFailure(PutMeeting(Trouble::kForbidden), FailureClass::kAuth);
}

// F24
TEST_P(HttpTargets, TellsThatThePlaceIsGone) {
  fixture_.fake().Meet(Trouble::kNotFound, true);
  const auto put = fixture_.Put(kCanary);
  const auto preflight = fixture_.target().Preflight(fixture_.delivery().name);
  fixture_.fake().Meet(Trouble::kNone);
  ExpectFailure(put, FailureClass::kGone);
  ASSERT_FALSE(preflight);
  EXPECT_EQ(Name(preflight.error().failure_class), Name(FailureClass::kGone));
}

TEST_P(HttpTargets, TakesNoPageForAnAnswer) {
  ExpectFailure(PutMeeting(Trouble::kPage), FailureClass::kUnknown);
  fixture_.fake().Meet(Trouble::kPage, true);
  const auto seen = fixture_.Observe();
  ASSERT_FALSE(seen);
  EXPECT_EQ(Name(seen.error().failure_class), Name(FailureClass::kTransient))
      << Words(seen);
}

// F52: an answer that repeats all that it was given.
TEST_P(HttpTargets, RepeatsNoSecretThatAnAnswerEchoes) {
  const auto result = PutMeeting(Trouble::kEcho);
  ExpectFailure(result, FailureClass::kInvalid);
  EXPECT_THAT(Words(result), HasSubstr("answered 400"));
}

// F51
TEST_P(HttpTargets, FollowsNoRedirect) {
  ExpectFailure(PutMeeting(Trouble::kRedirect), FailureClass::kInvalid);
}

TEST_P(HttpTargets, RefusesNamesThatClimb) {
  // Types with a field of their own don't use the name.
  if (fixture_.delivery().name != kName) return;
  for (const char* name : {"../x", "a/b", "", "A B", "A?x=1", "A\n"}) {
    const SecretValue value = SecretValue::Copy(kCanary);
    const auto result = fixture_.target().Put({{name, "rot-1", 1}, value, ""});
    ASSERT_FALSE(result) << name;
    EXPECT_EQ(Name(result.error().failure_class), Name(FailureClass::kInvalid));
  }
  EXPECT_TRUE(fixture_.fake().server().received().empty());
}

// T-02, T-07: where nothing binds the type to this server, or the server's
// address isn't granted, nothing is sent.
TEST_P(HttpTargets, SendsNothingWithoutAGrant) {
  fixture_.host().networks.clear();
  const auto result = fixture_.Put(kCanary);
  ExpectFailure(result, FailureClass::kInvalid);
  EXPECT_THAT(Words(result), HasSubstr("networks:"));
  EXPECT_TRUE(fixture_.fake().server().received().empty());
}

TEST_P(HttpTargets, KeepsItsDeadline) {
  Target& target = fixture_.target();
  fixture_.clock().Advance(std::chrono::hours(1));
  const SecretValue value = SecretValue::Copy(kCanary);
  const auto result = target.Put({fixture_.delivery(), value, ""});
  ExpectFailure(result, FailureClass::kTransient);
  EXPECT_TRUE(fixture_.fake().server().received().empty());
}

// F25
TEST_P(HttpTargets, HonoursTheVersionThatWasExpected) {
  if (!Can().compares_version) return;
  fixture_.fake().Plant(kOld);
  const auto before = fixture_.Observe();
  ASSERT_TRUE(before);
  fixture_.fake().Plant("somebody_elses");
  const auto lost = fixture_.Put(kCanary, before->version);
  ExpectFailure(lost, FailureClass::kConflict);
  EXPECT_EQ(fixture_.fake().Holds(), "somebody_elses");
  const auto now = fixture_.Observe();
  ASSERT_TRUE(now);
  EXPECT_NE(now->version, before->version);
  EXPECT_TRUE(fixture_.Put(kCanary, now->version));
  EXPECT_EQ(fixture_.fake().Holds(), kCanary);
}

TEST_P(HttpTargets, RestoresAnEarlierVersion) {
  if (!Can().restores) return;
  fixture_.fake().Plant(kOld);
  const auto before = fixture_.Observe();
  ASSERT_TRUE(before);
  ASSERT_TRUE(fixture_.Put(kCanary));
  const auto restored =
      fixture_.target().Restore(fixture_.delivery(), before->version);
  ASSERT_TRUE(restored) << Words(restored);
  EXPECT_EQ(fixture_.fake().Holds(), kOld);
  const auto again =
      fixture_.target().Restore(fixture_.delivery(), before->version);
  EXPECT_TRUE(again) << Words(again);
  EXPECT_EQ(fixture_.fake().Holds(), kOld);
}

INSTANTIATE_TEST_SUITE_P(
    All, HttpTargets,
    ::testing::Values(
        Case{"vault", MakeFakeVault},
        Case{"vault_namespace", MakeFakeVaultNamespace},
        Case{"github", MakeFakeGithub},
        Case{"github_environment", MakeFakeGithubEnvironment},
        Case{"github_organization", MakeFakeGithubOrganization},
        Case{"webhook", MakeFakeWebhook},
        Case{"webhook_sealed", MakeFakeSealedWebhook},
        Case{"aws_secrets_manager", MakeFakeSecretsManager},
        Case{"aws_session", MakeFakeSecretsManagerSession},
        Case{"aws_parameter_store", MakeFakeParameterStore},
        Case{"kubernetes", MakeFakeKubernetes}, Case{"gitlab", MakeFakeGitlab},
        Case{"render", MakeFakeRender},
        Case{"render_group", MakeFakeRenderGroup}, Case{"flyio", MakeFakeFlyio},
        Case{"railway", MakeFakeRailway}, Case{"vercel", MakeFakeVercel},
        Case{"doppler", MakeFakeDoppler}),
    [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
}  // namespace writ::reconciler::testing
