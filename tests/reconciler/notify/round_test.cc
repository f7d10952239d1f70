#include "reconciler/notify/round.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/reconciler/notify/notify_world.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"

namespace writ::reconciler {
namespace {

using engine::Answer;
using engine::AnswerKind;
using engine::DeliveryState;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::RuleSourceOf;
using ::testing::SizeIs;
using testing::SubjectsOf;

constexpr const char* kHook = "Destination/shop/hook";
constexpr const char* kEach = R"("actions":[{"destination":"hook"}])";
constexpr const char* kSpec =
    R"({"channel":"webhook","url":"https://h.example/x","rateLimit":"1000/s"})";

Sent SentWith(Answer answer) {
  Sent sent;
  sent.answer = answer;
  sent.attempt.outcome = engine::Name(answer.kind);
  return sent;
}

class Rounds : public ::testing::Test {
 protected:
  Rounds() { Restart(); }

  // As a new process: nothing in memory is left.
  void Restart() {
    round_.reset();
    outbox_.reset();
    database_ = testing::OpenEvents(folder_.path());
    outbox_ = std::make_unique<Outbox>(*database_);
    round_ = std::make_unique<Round>(
        *outbox_, clock_,
        [this](const ResourceId&,
               const ResourceId& secret) -> Result<SecretValue> {
          if (!secrets_) return Fail(ErrorCode::kNotFound, "no such value");
          return SecretValue::Copy(secret.address());
        });
    if (subjects_ != nullptr) round_->SetSubjects(subjects_);
    ASSERT_TRUE(round_->Reload());
  }

  void Live(std::vector<engine::RuleSource> rules,
            const std::vector<std::pair<std::string, std::string>>& to,
            const std::vector<engine::RuleSource>& silences = {}) {
    subjects_ = SubjectsOf(std::move(rules), to, silences);
    round_->SetSubjects(subjects_);
  }

  void Event(const std::string& customer = "c1") {
    testing::PutEvent(*database_, ++events_, clock_.Now(), customer);
  }

  void Evaluate() {
    while (true) {
      const auto more = round_->Evaluate();
      ASSERT_TRUE(more) << Describe(more.error());
      if (!*more) return;
    }
  }

  std::optional<SendJob> Job() {
    auto job = round_->NextJob();
    EXPECT_TRUE(job) << Describe(job.error());
    return job ? std::move(*job) : std::nullopt;
  }

  // Sends all that is due now; how many that were.
  int Drain(const Answer& answer) {
    int count = 0;
    while (auto job = Job()) {
      ++count;
      ++received_[job->delivery.standing.id];
      EXPECT_TRUE(round_->Settle(*job, SentWith(answer)));
    }
    return count;
  }

  std::vector<OutboxDelivery> All(std::optional<DeliveryState> state = {}) {
    DeliveryFilter filter;
    filter.state = state;
    filter.limit = 10'000;
    const auto list = outbox_->List(filter);
    EXPECT_TRUE(list);
    return *list;
  }

  testing::TempFolder folder_;
  testing::ManualClock clock_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Outbox> outbox_;
  std::unique_ptr<Round> round_;
  std::shared_ptr<const Subjects> subjects_;
  bool secrets_ = true;
  int events_ = 0;
  std::map<std::string, int> received_;
};

constexpr Answer kOk{AnswerKind::kDelivered, {}};
constexpr Answer kDown{AnswerKind::kFailed, {}};

TEST_F(Rounds, TellEachDestinationOnce) {
  Live({RuleSourceOf("r", R"("actions":[{"destination":"hook"},
         {"destination":"other"},{"destination":"off","enabled":false}])")},
       {{"hook", kSpec}, {"other", kSpec}, {"off", kSpec}});
  Event();
  Evaluate();
  EXPECT_EQ(Drain(kOk), 2);
  Evaluate();
  EXPECT_EQ(Drain(kOk), 0);
  EXPECT_THAT(All(DeliveryState::kDelivered), SizeIs(2));
}

// A page of events that no rule can mean moves the cursor all the same: what
// comes behind it is found, and a rule made later doesn't fire on the past.
TEST_F(Rounds, PassOverWhatNoRuleCanMean) {
  Live({RuleSourceOf("r", kEach, "order.made")}, {{"hook", kSpec}});
  for (int i = 0; i < 501; ++i) Event();
  testing::PutEvent(*database_, ++events_, clock_.Now(), "c1", "order.made");
  Evaluate();
  EXPECT_EQ(Drain(kOk), 1);
  Live({RuleSourceOf("r", kEach)}, {{"hook", kSpec}});
  Evaluate();
  EXPECT_EQ(Drain(kOk), 0);
  Event();
  Evaluate();
  EXPECT_EQ(Drain(kOk), 1);
}

TEST_F(Rounds, HoldBackWhatIsSilenced) {
  Live({RuleSourceOf("r", kEach)}, {{"hook", kSpec}},
       {{ResourceId("Silence", "shop", "s"), "",
         std::make_shared<const Value>(testing::Json(
             R"({"matchers":[{"field":"customer_id","operator":"equals",
                 "value":"c1"}],"endsAt":"2027-01-01T00:00:00Z"})"))}});
  Event("c1");
  Event("c2");
  Evaluate();
  EXPECT_EQ(Drain(kOk), 1);
}

TEST_F(Rounds, GiveTheJobAllThatAnAttemptNeeds) {
  Live({RuleSourceOf("r", kEach)}, {{"hook", R"({"channel":"webhook","url":
                     {"secretRef":{"project":"p","key":"URL"}}})"}});
  Event();
  Evaluate();
  const auto job = Job();
  ASSERT_TRUE(job);
  EXPECT_EQ(job->secrets.at("url").Reveal(), "Secret/p/URL");
  EXPECT_EQ(job->message.samples.at(0).id, "evt_1");
  EXPECT_EQ(job->delivery.destination, kHook);
  EXPECT_FALSE(Job()) << "one at a time to a destination";
}

TEST_F(Rounds, TryAgainWhereASecretIsMissing) {
  Live({RuleSourceOf("r", kEach)}, {{"hook", R"({"channel":"webhook","url":
                     {"secretRef":{"project":"p","key":"URL"}}})"}});
  secrets_ = false;
  Event();
  Evaluate();
  EXPECT_FALSE(Job());
  EXPECT_THAT(All(DeliveryState::kPending), SizeIs(1));
  secrets_ = true;
  clock_.Advance(minutes(1));
  EXPECT_EQ(Drain(kOk), 1);
  const auto attempts = outbox_->Attempts(received_.begin()->first);
  ASSERT_TRUE(attempts);
  EXPECT_EQ(attempts->at(0).outcome, "refused");
}

TEST_F(Rounds, KeepToTheRateOfADestination) {
  Live({RuleSourceOf("r", kEach)},
       {{"hook", R"({"channel":"slack","url":"https://hooks.slack.com/x"})"}});
  for (int i = 0; i < 8; ++i) Event();
  Evaluate();
  EXPECT_EQ(Drain(kOk), 5);
  EXPECT_EQ(round_->NextDue(), clock_.Now() + seconds(1));
  clock_.Advance(seconds(1));
  EXPECT_EQ(Drain(kOk), 1);
  clock_.Advance(seconds(2));
  EXPECT_EQ(Drain(kOk), 2);
}

TEST_F(Rounds, SendCriticalOnesFirst) {
  Live({RuleSourceOf("a", kEach),
        RuleSourceOf("b", std::string(kEach) + R"(,"priority":"critical")")},
       {{"hook", kSpec}});
  Event();
  Event();
  Evaluate();
  std::vector<std::string> rules;
  while (auto job = Job()) {
    rules.emplace_back(job->message.rule.name());
    EXPECT_TRUE(round_->Settle(*job, SentWith(kOk)));
  }
  EXPECT_THAT(rules, ElementsAre("b", "b", "a", "a"));
}

TEST_F(Rounds, LetOneDestinationWaitAndServeTheOthers) {
  Live({RuleSourceOf("r", R"("actions":[{"destination":"hook"},
                             {"destination":"other"}])")},
       {{"hook", kSpec}, {"other", kSpec}});
  for (int i = 0; i < 3; ++i) Event();
  Evaluate();
  int failed = 0;
  int sent = 0;
  while (auto job = Job()) {
    const bool down = job->delivery.destination == kHook;
    ++(down ? failed : sent);
    EXPECT_TRUE(round_->Settle(
        *job, SentWith({down ? AnswerKind::kThrottled : AnswerKind::kDelivered,
                        down ? std::optional<Duration>(seconds(600))
                             : std::nullopt})));
  }
  EXPECT_EQ(failed, 1) << "Retry-After holds the whole queue";
  EXPECT_EQ(sent, 3);
  clock_.Advance(seconds(599));
  EXPECT_EQ(Drain(kOk), 0);
  clock_.Advance(seconds(1));
  EXPECT_EQ(Drain(kOk), 3);
}

// A destination that is down for a day: nothing is lost, and each arrives under
// the id that it had at the first attempt.
TEST_F(Rounds, LoseNothingToADayWithoutTheDestination) {
  Live({RuleSourceOf("r", kEach)}, {{"hook", kSpec}});
  const Timestamp back = clock_.Now() + hours(24);
  std::set<std::string> arrived;
  int tries = 0;
  while (arrived.size() < 50) {
    if (events_ < 50) Event();
    Evaluate();
    const bool down = clock_.Now() < back;
    while (auto job = Job()) {
      ++tries;
      if (!down) arrived.insert(job->delivery.standing.id);
      ASSERT_TRUE(round_->Settle(*job, SentWith(down ? kDown : kOk)));
    }
    const auto due = round_->NextDue();
    if (events_ < 50) {
      clock_.Advance(minutes(20));
    } else if (due && *due > clock_.Now()) {
      clock_.Advance(*due - clock_.Now());
    }
    ASSERT_LT(tries, 10'000);
    ASSERT_TRUE(due || events_ < 50 || arrived.size() == 50)
        << arrived.size() << " arrived, " << All(DeliveryState::kDead).size()
        << " dead";
  }
  EXPECT_THAT(All(DeliveryState::kDelivered), SizeIs(50));
  EXPECT_LT(clock_.Now(), back + hours(24));
}

TEST_F(Rounds, MakeDeadLettersAfterTheLastAttempt) {
  Live({RuleSourceOf("r", kEach)}, {{"hook", kSpec}});
  Event();
  Evaluate();
  for (int i = 0; i < 20; ++i) {
    Drain(kDown);
    clock_.Advance(hours(29));
    // Another success in between, so that it isn't switched off.
    Event();
    Evaluate();
    while (auto job = Job()) {
      const bool first = job->message.samples.at(0).id == "evt_1";
      ASSERT_TRUE(round_->Settle(*job, SentWith(first ? kDown : kOk)));
    }
  }
  const auto dead = All(DeliveryState::kDead);
  ASSERT_THAT(dead, SizeIs(1));
  EXPECT_EQ(dead[0].reason, "failed at the last attempt");
  EXPECT_EQ(dead[0].standing.attempts, engine::kMaxAttempts);
}

TEST_F(Rounds, SwitchOffWhatIsGoneUntilItsSpecChanges) {
  Live({RuleSourceOf("r", kEach)}, {{"hook", kSpec}});
  for (int i = 0; i < 3; ++i) Event();
  Evaluate();
  EXPECT_EQ(Drain({AnswerKind::kGone, {}}), 1);
  EXPECT_THAT(All(DeliveryState::kDead), SizeIs(3));
  Event();
  Evaluate();
  Restart();
  EXPECT_EQ(Drain(kOk), 0);
  EXPECT_THAT(All(DeliveryState::kDead), SizeIs(4));
  EXPECT_THAT(All(DeliveryState::kDead)[0].reason,
              HasSubstr("it answered 410 Gone"));
  Live({RuleSourceOf("r", kEach)},
       {{"hook", R"({"channel":"webhook","url":"https://new.example/"})"}});
  Event();
  Evaluate();
  EXPECT_EQ(Drain(kOk), 1);
}

TEST_F(Rounds, SendDeadLettersAgainUnderTheSameId) {
  Live({RuleSourceOf("r", kEach)}, {{"hook", kSpec}});
  Event();
  Evaluate();
  EXPECT_EQ(Drain({AnswerKind::kGone, {}}), 1);
  const auto other = testing::OpenEvents(folder_.path());
  Outbox theirs(*other);
  DeliveryFilter filter;
  filter.state = DeliveryState::kDead;
  const auto refused = theirs.Replay(filter, false, clock_.Now());
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->disabled, 1);
  EXPECT_EQ(refused->replayed, 0);
  const auto before = outbox_->DataVersion();
  const auto replayed = theirs.Replay(filter, true, clock_.Now());
  ASSERT_TRUE(replayed);
  EXPECT_EQ(replayed->replayed, 1);
  EXPECT_NE(*outbox_->DataVersion(), *before);
  ASSERT_TRUE(round_->Reload());
  EXPECT_EQ(Drain(kOk), 1);
  EXPECT_THAT(received_, SizeIs(1));
  EXPECT_EQ(received_.begin()->second, 2);
}

TEST_F(Rounds, SendADeliveredOneAgainWhenItIsNamed) {
  Live({RuleSourceOf("r", kEach)}, {{"hook", kSpec}});
  Event();
  Event();
  Evaluate();
  EXPECT_EQ(Drain(kOk), 2);
  DeliveryFilter filter;
  filter.id = received_.begin()->first;
  ASSERT_TRUE(outbox_->Replay(filter, false, clock_.Now()));
  ASSERT_TRUE(round_->Reload());
  EXPECT_EQ(Drain(kOk), 1);
  EXPECT_EQ(received_.begin()->second, 2);
}

TEST_F(Rounds, MakeDeadLettersForDestinationsThatAreNotThere) {
  Live({RuleSourceOf("r", kEach)}, {});
  Event();
  Evaluate();
  EXPECT_EQ(Drain(kOk), 0);
  const auto dead = All(DeliveryState::kDead);
  ASSERT_THAT(dead, SizeIs(1));
  EXPECT_EQ(dead[0].reason, "there is no such destination");
}

TEST_F(Rounds, GatherGroupsAcrossRestarts) {
  Live(
      {RuleSourceOf("r", std::string(kEach) + R"(,"groupBy":["customer_id"])")},
      {{"hook", kSpec}});
  Event("c1");
  Event("c2");
  Evaluate();
  EXPECT_EQ(Drain(kOk), 0);
  EXPECT_EQ(round_->NextDue(), clock_.Now() + seconds(30));
  Restart();
  Event("c1");
  Evaluate();
  clock_.Advance(seconds(30));
  Evaluate();
  std::map<std::string, std::int64_t> told;
  while (auto job = Job()) {
    told[job->message.fields.at(0).value] = job->message.events;
    EXPECT_TRUE(round_->Settle(*job, SentWith(kOk)));
  }
  EXPECT_EQ(told, (std::map<std::string, std::int64_t>{{"c1", 2}, {"c2", 1}}));
  clock_.Advance(hours(5));
  Evaluate();
  EXPECT_EQ(database_->Integer("SELECT count(*) FROM notify_groups"), 0);
}

TEST_F(Rounds, ForgetOldOnesAndKeepWhatIsPending) {
  Live({RuleSourceOf("r", kEach)}, {{"hook", kSpec}});
  Event();
  Evaluate();
  EXPECT_EQ(Drain(kOk), 1);
  Event();
  Evaluate();
  const Timestamp later = clock_.Now() + hours(1);
  ASSERT_TRUE(outbox_->Prune(later, later));
  EXPECT_THAT(All(), SizeIs(1));
  EXPECT_EQ(database_->Integer("SELECT count(*) FROM notifications"), 1);
  EXPECT_EQ(database_->Integer("SELECT count(*) FROM delivery_attempts"), 0);
  EXPECT_EQ(Drain(kOk), 1);
}

// Ended between any two steps and begun anew, every event is told of, under ids
// that stay: `script` says after which steps the program ends.
TEST_F(Rounds, TellOfEveryEventWhereverTheyEnd) {
  const std::vector<engine::RuleSource> rules = {
      RuleSourceOf("each", kEach),
      RuleSourceOf("grouped",
                   std::string(kEach) + R"(,"groupBy":["customer_id"])")};
  for (int script = 0; script < 64; ++script) {
    SCOPED_TRACE(script);
    Live(rules, {{"hook", kSpec}});
    const std::size_t before = received_.size();
    auto ends = [&, step = 0]() mutable {
      if ((script >> (step++ % 6)) & 1) Restart();
    };
    for (int i = 0; i < 3; ++i) {
      Event("c" + std::to_string(script));
      ends();
      Evaluate();
      ends();
      if (auto job = Job()) {
        ends();
        // Sent, and perhaps nobody was left to keep that.
        ++received_[job->delivery.standing.id];
        if ((script >> i) & 1) {
          Restart();
        } else if (!((script >> ((3 + i * 4) % 6)) & 1)) {
          static_cast<void>(round_->Settle(*job, SentWith(kOk)));
        }
      }
    }
    Restart();
    clock_.Advance(seconds(31));
    Evaluate();
    Drain(kOk);
    // Three by themselves, one of the group.
    EXPECT_EQ(received_.size() - before, 4U);
    EXPECT_EQ(All(DeliveryState::kPending).size(), 0U);
    clock_.Advance(hours(5));
    Evaluate();
  }
}

}  // namespace
}  // namespace writ::reconciler
