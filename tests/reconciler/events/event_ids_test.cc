// S-12: ids that sort, and never come twice.
#include "reconciler/events/event_ids.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>

namespace writ::reconciler {
namespace {

class FixedRandom final : public Random {
 public:
  explicit FixedRandom(std::uint8_t byte) : byte_(byte) {}
  void Fill(std::span<std::uint8_t> bytes) override {
    std::fill(bytes.begin(), bytes.end(), byte_);
    ++calls;
  }
  int calls = 0;

 private:
  std::uint8_t byte_;
};

Timestamp AtMs(std::int64_t ms) {
  return Timestamp(std::chrono::milliseconds(ms));
}

TEST(EventIds, AreUlidsInLowerCase) {
  FixedRandom zeros(0);
  EventIds ids(zeros);
  // The time of the ULID specification's example.
  EXPECT_EQ(ids.Next(AtMs(1469918176385)), "evt_01aryz6s410000000000000000");
  FixedRandom ones(0xff);
  EventIds last(ones);
  EXPECT_EQ(last.Next(AtMs((std::int64_t{1} << 48) - 1)),
            "evt_7zzzzzzzzzzzzzzzzzzzzzzzzz");
}

TEST(EventIds, CountUpWithinAMillisecond) {
  FixedRandom random(0);
  EventIds ids(random);
  EXPECT_EQ(ids.Next(AtMs(1)), "evt_00000000010000000000000000");
  EXPECT_EQ(ids.Next(AtMs(1)), "evt_00000000010000000000000001");
  EXPECT_EQ(random.calls, 1);
}

TEST(EventIds, TakeTheNextMillisecondWhenOneIsUsedUp) {
  FixedRandom random(0xff);
  EventIds ids(random);
  const std::string first = ids.Next(AtMs(1));
  const std::string second = ids.Next(AtMs(1));
  EXPECT_EQ(second, "evt_0000000002zzzzzzzzzzzzzzzz");
  EXPECT_LT(first, second);
}

TEST(EventIds, GoOnWhenTheClockGoesBack) {
  SystemRandom random;
  EventIds ids(random);
  std::set<std::string> seen;
  std::string last;
  for (int i = 0; i < 10'000; ++i) {
    std::string id = ids.Next(AtMs(1'000'000 - i / 3));
    EXPECT_LT(last, id);
    EXPECT_TRUE(seen.insert(id).second);
    last = std::move(id);
  }
}

}  // namespace
}  // namespace writ::reconciler
