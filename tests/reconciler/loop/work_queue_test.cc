#include "reconciler/loop/work_queue.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include <string>
#include <vector>

namespace writ::reconciler {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using Moment = WorkQueue::Moment;

QueueOptions Exact() {
  QueueOptions options;
  options.chance = [] { return 0.0; };
  return options;
}

TEST(WorkQueue, BeginsWithEveryKey) {
  WorkQueue queue({"b", "a"}, Exact());
  EXPECT_EQ(queue.Take(Moment(0)), "a");
  EXPECT_EQ(queue.Take(Moment(0)), "b");
  EXPECT_EQ(queue.Take(Moment(0)), std::nullopt);
}

TEST(WorkQueue, ComesBackAfterTheInterval) {
  for (const RunEnd end : {RunEnd::kDone, RunEnd::kTerminal}) {
    WorkQueue queue({"a"}, Exact());
    queue.Take(Moment(0));
    queue.Finish("a", {end, {}}, seconds(2));
    EXPECT_EQ(queue.NextDue(), Moment(seconds(62)));
    EXPECT_EQ(queue.Take(seconds(61)), std::nullopt);
    EXPECT_EQ(queue.Take(seconds(62)), "a");
  }
}

TEST(WorkQueue, StretchesWaitsByAtMostItsJitter) {
  QueueOptions options = Exact();
  options.chance = [] { return 0.5; };
  WorkQueue queue({"a"}, options);
  queue.Take(Moment(0));
  queue.Finish("a", {}, Moment(0));
  EXPECT_EQ(queue.NextDue(), Moment(seconds(63)));
}

TEST(WorkQueue, WaitsLongerEachTimeItFails) {
  WorkQueue queue({"a"}, Exact());
  Moment now{0};
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 9; ++i) {
    queue.Take(now);
    queue.Finish("a", {RunEnd::kRetry, {}}, now);
    const Moment due = queue.NextDue().value();
    waits.push_back(std::chrono::duration_cast<seconds>(due - now).count());
    now = due;
  }
  EXPECT_EQ(waits,
            (std::vector<std::int64_t>{5, 10, 20, 40, 80, 160, 300, 300, 300}));
  queue.Take(now);
  queue.Finish("a", {}, now);
  EXPECT_EQ(queue.NextDue(), now + seconds(60));
  queue.Take(now + seconds(60));
  queue.Finish("a", {RunEnd::kRetry, {}}, now);
  EXPECT_EQ(queue.NextDue(), now + seconds(5)) << "a success starts anew";
}

TEST(WorkQueue, LooksAgainWhenAskedToButNotLaterThanTheInterval) {
  WorkQueue queue({"a"}, Exact());
  const auto due_after = [&](Moment after) {
    queue.Take(minutes(60));
    queue.Finish("a", {RunEnd::kRequeueAfter, after}, Moment(0));
    return queue.NextDue().value();
  };
  EXPECT_EQ(due_after(seconds(20)), Moment(seconds(20)));
  EXPECT_EQ(due_after(minutes(20)), Moment(seconds(60)));
  EXPECT_EQ(due_after(Moment(0)), Moment(seconds(1))) << "never spins";
  EXPECT_EQ(due_after(seconds(-5)), Moment(seconds(1)));
}

TEST(WorkQueue, TakesManyPokesForOne) {
  WorkQueue queue({"a", "b"}, Exact());
  queue.Take(Moment(0));
  queue.Take(Moment(0));
  queue.Finish("a", {}, Moment(0));
  queue.Finish("b", {}, Moment(0));
  for (int i = 0; i < 100; ++i) queue.Poke("a", seconds(1));
  queue.Poke("unknown", seconds(1));
  EXPECT_EQ(queue.Take(seconds(1)), "a");
  EXPECT_EQ(queue.Take(seconds(1)), std::nullopt);
  queue.Finish("a", {}, seconds(2));
  EXPECT_EQ(queue.Take(seconds(3)), std::nullopt);
}

// What a run that has begun may have missed is looked at after it.
TEST(WorkQueue, ComesBackAtOnceWherePokedMeanwhile) {
  WorkQueue queue({"a"}, Exact());
  queue.Take(Moment(0));
  queue.PokeAll(seconds(1));
  EXPECT_EQ(queue.Take(seconds(1)), std::nullopt) << "it is under way";
  queue.Finish("a", {}, seconds(2));
  EXPECT_EQ(queue.Take(seconds(2)), "a");
}

// Whatever happens: a key is never under way twice, and never forgotten.
RC_GTEST_PROP(WorkQueueLaws, EachKeyIsOnceUnderWayOrDue,
              (const std::vector<std::uint8_t>& script)) {
  WorkQueue queue({"a", "b", "c"}, Exact());
  std::vector<std::string> running;
  Moment now{0};
  for (const std::uint8_t step : script) {
    now += seconds(step % 7);
    if (step % 4 == 0) {
      if (const auto key = queue.Take(now)) {
        RC_ASSERT(std::count(running.begin(), running.end(), *key) == 0);
        running.push_back(*key);
      }
    } else if (step % 4 == 1 && !running.empty()) {
      queue.Finish(running.back(), {static_cast<RunEnd>(step / 4 % 4), now},
                   now);
      running.pop_back();
    } else if (step % 4 == 2) {
      queue.PokeAll(now);
    }
    RC_ASSERT(queue.NextDue().has_value() == (running.size() < 3));
  }
  for (const std::string& key : running) queue.Finish(key, {}, now);
  now += minutes(10);
  for (int i = 0; i < 3; ++i) RC_ASSERT(queue.Take(now).has_value());
}

}  // namespace
}  // namespace writ::reconciler
