#include "reconciler/loop/watch.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/manual_clock.h"

namespace writ::reconciler {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// A loop on a clock that moves when somebody sleeps on it.
class WatchTest : public ::testing::Test {
 protected:
  struct Seen {
    std::string environment;
    std::int64_t at_s;

    bool operator==(const Seen&) const = default;
  };

  std::vector<Seen> RunFor(std::chrono::nanoseconds time, Watch& watch,
                           const Watch::RunOne& run) {
    std::vector<Seen> seen;
    const auto until = clock_.Monotonic() + time;
    watch.Run(
        [&](const std::string& environment) {
          seen.push_back({environment, std::chrono::duration_cast<seconds>(
                                           clock_.Monotonic())
                                           .count()});
          return run(environment);
        },
        [&] { return clock_.Monotonic() >= until; });
    return seen;
  }

  static QueueOptions Every(std::chrono::nanoseconds interval) {
    QueueOptions options;
    options.interval = interval;
    options.chance = [] { return 0.0; };
    return options;
  }

  testing::ManualClock clock_;
};

TEST_F(WatchTest, LooksAtEachEnvironmentEachInterval) {
  Watch watch({"production", "staging"}, Every(seconds(60)), clock_);
  const auto seen = RunFor(seconds(130), watch,
                           [](const std::string&) { return RunOutcome{}; });
  EXPECT_EQ(seen, (std::vector<Seen>{{"production", 0},
                                     {"staging", 0},
                                     {"production", 60},
                                     {"staging", 60},
                                     {"production", 120},
                                     {"staging", 120}}));
}

TEST_F(WatchTest, LooksAtOnceWhenPokedDuringARun) {
  Watch watch({"staging"}, Every(minutes(60)), clock_);
  int runs = 0;
  RunFor(seconds(10), watch, [&](const std::string&) {
    if (++runs == 1) watch.Poke();
    return RunOutcome{};
  });
  EXPECT_EQ(runs, 2);
}

// What is asked to stop finishes the run under way and begins no other.
TEST_F(WatchTest, EndsAfterTheRunUnderWay) {
  Watch watch({"a", "b"}, Every(seconds(60)), clock_);
  bool stop = false;
  std::vector<std::string> seen;
  watch.Run(
      [&](const std::string& environment) {
        seen.push_back(environment);
        stop = true;
        return RunOutcome{};
      },
      [&] { return stop; });
  EXPECT_EQ(seen, std::vector<std::string>{"a"});
}

TEST_F(WatchTest, RetriesAFailureBeforeTheInterval) {
  Watch watch({"a"}, Every(minutes(10)), clock_);
  const auto seen = RunFor(seconds(40), watch, [](const std::string&) {
    return RunOutcome{RunEnd::kRetry, {}};
  });
  EXPECT_EQ(seen,
            (std::vector<Seen>{{"a", 0}, {"a", 5}, {"a", 15}, {"a", 35}}));
}

}  // namespace
}  // namespace writ::reconciler
