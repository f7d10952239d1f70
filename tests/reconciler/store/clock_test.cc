#include "reconciler/clock.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace writ::reconciler {
namespace {

class FixedRandom final : public Random {
 public:
  void Fill(std::span<std::uint8_t> bytes) override {
    std::uint8_t next = 0x9a;
    for (std::uint8_t& byte : bytes) byte = next++;
  }
};

TEST(Random, WritesHexadecimalDigits) {
  FixedRandom random;
  EXPECT_EQ(random.Hex(0), "");
  EXPECT_EQ(random.Hex(1), "9");
  EXPECT_EQ(random.Hex(4), "9a9b");
  EXPECT_EQ(random.Hex(5), "9a9b9");
}

TEST(SystemRandom, NeverGivesTheSameTwice) {
  SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) seen.insert(random.Hex(32));
  EXPECT_EQ(seen.size(), 100U);
  random.Fill({});
}

TEST(SystemClock, GoesOn) {
  const SystemClock clock;
  const auto before = clock.Monotonic();
  const Timestamp now = clock.Now();
  clock.Sleep(std::chrono::milliseconds(1));
  EXPECT_GE(clock.Monotonic() - before, std::chrono::milliseconds(1));
  EXPECT_GE(now, Timestamp(std::chrono::seconds(1'700'000'000)));
}

}  // namespace
}  // namespace writ::reconciler
