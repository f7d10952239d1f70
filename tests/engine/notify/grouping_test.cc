#include "engine/notify/grouping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "tests/engine/notify/notify_samples.h"

namespace writ::engine {
namespace {

using testing::At;
using ::testing::ElementsAre;
using testing::EventOf;
using ::testing::IsEmpty;
using testing::RuleOf;

constexpr const char* kGrouped =
    R"("event":"*","groupBy":["customer_id"],"groupWait":"30s",
       "groupInterval":"5m","repeatEvery":"1h")";

// One rule, and the notifications as "seconds:events", "w" for the whole.
class Driver {
 public:
  explicit Driver(const std::string& members, GroupLimits limits = {})
      : rule_(CompileRule(RuleOf("r", members))), grouping_(limits) {
    EXPECT_EQ(rule_.fault, "");
  }

  void Event(std::int64_t at, const std::string& customer = "c1") {
    RunTo(At(at) - std::chrono::microseconds(1));
    NotifyEvent event = EventOf("{}");
    event.id = "evt_" + std::to_string(++count_);
    event.customer_id = customer;
    event.taken_at = At(at);
    if (auto alone = grouping_.Add(rule_, event, At(at))) Note(*alone);
  }

  void RunTo(Timestamp until) {
    for (auto due = grouping_.NextDue(); due && *due <= until;
         due = grouping_.NextDue()) {
      for (const Notification& each : Advance(*due)) Note(each);
    }
  }

  std::vector<Notification> Advance(Timestamp now) {
    return grouping_.Advance(now, [&](std::string_view uid) {
      return known_ && uid == rule_.uid ? &rule_ : nullptr;
    });
  }

  std::vector<std::string> Finish() {
    RunTo(At(365LL * 24 * 3600));
    return said_;
  }

  void Note(const Notification& each) {
    const auto since = (each.at - At(0)) / std::chrono::seconds(1);
    said_.push_back(std::to_string(since) + ":" + std::to_string(each.events) +
                    (each.whole ? "w" : ""));
    told_.push_back(each);
  }

  Rule rule_;
  Grouping grouping_;
  bool known_ = true;
  std::vector<std::string> said_;
  std::vector<Notification> told_;
  int count_ = 0;
};

TEST(Grouping, TellsOfEachEventByItselfWithoutGroups) {
  Driver driver(R"("event":"*")");
  driver.Event(0);
  driver.Event(1);
  EXPECT_THAT(driver.Finish(), ElementsAre("0:1", "1:1"));
  EXPECT_NE(driver.told_[0].id, driver.told_[1].id);
  EXPECT_THAT(driver.told_[0].destinations, ElementsAre("slack"));
}

TEST(Grouping, PutsCriticalPastGroups) {
  Driver driver(std::string(kGrouped) + R"(,"priority":"critical")");
  driver.Event(0);
  driver.Event(1);
  EXPECT_THAT(driver.Finish(), ElementsAre("0:1", "1:1"));
  EXPECT_TRUE(driver.told_[0].critical);
}

TEST(Grouping, GathersForTheWait) {
  Driver driver(kGrouped);
  driver.Event(0);
  driver.Event(10);
  driver.Event(30);
  EXPECT_THAT(driver.Finish(), ElementsAre("30:3w"));
  EXPECT_EQ(driver.grouping_.size(), 0U);
}

TEST(Grouping, TellsWhatItGainedEachInterval) {
  Driver driver(kGrouped);
  driver.Event(0);
  driver.Event(31);
  driver.Event(329);
  driver.Event(700);
  EXPECT_THAT(driver.Finish(), ElementsAre("30:1w", "330:2", "930:1"));
}

TEST(Grouping, TellsTheWholeAgainWhileItGains) {
  Driver driver(kGrouped);
  for (std::int64_t at = 0; at <= 7200; at += 600) driver.Event(at);
  const auto said = driver.Finish();
  EXPECT_EQ(said.front(), "30:1w");
  // 6 events since the first: those at 600 … 3600.
  EXPECT_THAT(said, ::testing::Contains("3630:6w"));
  EXPECT_THAT(said, ::testing::Contains("7230:6w"));
  EXPECT_EQ(driver.grouping_.size(), 0U);
}

TEST(Grouping, KeepsCustomersApart) {
  Driver driver(kGrouped);
  driver.Event(0, "c1");
  driver.Event(5, "c2");
  driver.Event(6, "c1");
  EXPECT_THAT(driver.Finish(), ElementsAre("30:2w", "35:1w"));
  EXPECT_EQ(driver.told_[0].fields[0].value, "c1");
  EXPECT_NE(driver.told_[0].group, driver.told_[1].group);
}

TEST(Grouping, MakesUpMissedTicksByOne) {
  Driver driver(kGrouped);
  driver.Event(0);
  driver.RunTo(At(30));
  driver.Event(31);
  for (const Notification& each : driver.Advance(At(2000))) driver.Note(each);
  EXPECT_THAT(driver.said_, ElementsAre("30:1w", "2000:1"));
  driver.Event(2001);
  // Still on the grid of the first tick: 30 + 7 * 300.
  EXPECT_THAT(driver.Finish(), ElementsAre("30:1w", "2000:1", "2130:1"));
}

TEST(Grouping, EndsGroupsOfRulesThatAreGone) {
  Driver driver(kGrouped);
  driver.Event(0);
  driver.known_ = false;
  EXPECT_THAT(driver.Finish(), IsEmpty());
  EXPECT_EQ(driver.grouping_.size(), 0U);
}

TEST(Grouping, BeginsAnewWithAnotherIdAfterItClosed) {
  Driver driver(kGrouped);
  driver.Event(0);
  driver.Event(7200);
  EXPECT_THAT(driver.Finish(), ElementsAre("30:1w", "7230:1w"));
  EXPECT_EQ(driver.told_[0].group, driver.told_[1].group);
  EXPECT_NE(driver.told_[0].id, driver.told_[1].id);
}

// T-20: keys that callers make up don't fill memory, and no event is lost.
TEST(Grouping, PutsTheRestIntoOneGroup) {
  GroupLimits limits;
  limits.groups_of_rule = 10;
  Driver driver(kGrouped, limits);
  for (int i = 0; i < 1000; ++i) driver.Event(1, "c" + std::to_string(i));
  EXPECT_EQ(driver.grouping_.size(), 11U);
  driver.Finish();
  std::int64_t events = 0;
  bool overflow = false;
  for (const Notification& each : driver.told_) {
    events += each.events;
    overflow = overflow || (each.overflow && each.events == 990);
  }
  EXPECT_EQ(events, 1000);
  EXPECT_TRUE(overflow);
}

TEST(Grouping, KeepsFewAndSmallSamples) {
  GroupLimits limits;
  limits.samples = 2;
  limits.sample_bytes = 64;
  const Rule rule = CompileRule(RuleOf("r", kGrouped));
  Grouping grouping(limits);
  NotifyEvent large = EventOf(R"({"x":")" + std::string(100, 'a') + "\"}");
  for (int i = 0; i < 5; ++i) grouping.Add(rule, large, At(0));
  const Group* group = grouping.Find(*grouping.TakeChanges().begin());
  ASSERT_NE(group, nullptr);
  ASSERT_EQ(group->samples.size(), 2U);
  EXPECT_TRUE(group->samples[0].data.AsMap().empty());
  EXPECT_EQ(group->gained, 5);
}

TEST(Grouping, CutsWhatItShowsOfLongValues) {
  const Rule rule = CompileRule(RuleOf("r", kGrouped));
  Grouping grouping;
  NotifyEvent event = EventOf("{}");
  event.customer_id = std::string(300, 'a') + "1";
  grouping.Add(rule, event, At(0));
  event.customer_id.back() = '2';
  grouping.Add(rule, event, At(0));
  EXPECT_EQ(grouping.size(), 2U);
  EXPECT_EQ(
      grouping.Find(*grouping.TakeChanges().begin())->fields[0].value.size(),
      256U);
}

TEST(Grouping, TellsTypesAndAbsenceApart) {
  const Rule rule = CompileRule(RuleOf("r", R"("event":"*","groupBy":["k"])"));
  Grouping grouping;
  for (const char* data : {"{}", R"({"k":""})", R"({"k":1})", R"({"k":"1"})",
                           R"({"k":null})", R"({"k":{"a":[1]}})"}) {
    grouping.Add(rule, EventOf(data), At(0));
  }
  EXPECT_EQ(grouping.size(), 6U);
}

// Stopped and brought back anywhere, it says the same.
RC_GTEST_PROP(GroupingLaw, GoesOnAfterARestart, ()) {
  const auto gaps =
      *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 900));
  const auto cut = *rc::gen::inRange<std::size_t>(0, gaps.size() + 1);
  const auto run = [&](bool restarts) {
    Driver driver(kGrouped);
    std::int64_t at = 0;
    for (std::size_t i = 0; i < gaps.size(); ++i) {
      if (restarts && i == cut) {
        Grouping fresh;
        for (const std::string& id : driver.grouping_.TakeChanges()) {
          const Group* group = driver.grouping_.Find(id);
          if (group != nullptr) fresh.Restore(*group);
        }
        driver.grouping_ = std::move(fresh);
      }
      driver.Event(at += gaps[i], i % 3 == 0 ? "c1" : "c2");
    }
    driver.Finish();
    std::vector<std::pair<std::string, std::int64_t>> told;
    for (const auto& each : driver.told_)
      told.emplace_back(each.id, each.events);
    return told;
  };
  RC_ASSERT(run(false) == run(true));
}

// Every event is told of as a new one exactly once.
RC_GTEST_PROP(GroupingLaw, LosesNoEvent, ()) {
  const auto gaps =
      *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 2000));
  Driver driver(kGrouped);
  std::int64_t at = 0;
  for (const int gap : gaps) driver.Event(at += gap);
  driver.Finish();
  std::int64_t fresh = 0;
  for (const Notification& each : driver.told_) {
    RC_ASSERT(each.fresh > 0);
    RC_ASSERT(each.events >= each.fresh);
    fresh += each.fresh;
  }
  RC_ASSERT(fresh == static_cast<std::int64_t>(gaps.size()));
}

}  // namespace
}  // namespace writ::engine
