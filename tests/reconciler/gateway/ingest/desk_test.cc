// Work beside the server's threads.
#include "reconciler/gateway/ingest/desk.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>

namespace writ::reconciler::gateway {
namespace {

using std::chrono::hours;

TEST(Desk, RunsWorkInItsOrderAndAllOfItBeforeItEnds) {
  std::string order;
  {
    Desk desk([] {}, hours(1));
    for (int i = 0; i < 10; ++i) {
      EXPECT_TRUE(desk.Submit([&order, i] { order += std::to_string(i); }));
    }
  }
  EXPECT_EQ(order, "0123456789");
}

TEST(Desk, GoesItsRoundAtOnceAndAgain) {
  std::promise<void> third;
  int rounds = 0;
  Desk desk(
      [&] {
        if (++rounds == 3) third.set_value();
      },
      std::chrono::milliseconds(1));
  third.get_future().wait();
}

TEST(Desk, RefusesWhatItCannotHold) {
  std::promise<void> open;
  std::atomic<int> ran{0};
  {
    Desk desk([] {}, hours(1));
    std::promise<void> begun;
    ASSERT_TRUE(desk.Submit([&] {
      begun.set_value();
      open.get_future().wait();
    }));
    begun.get_future().wait();
    for (std::size_t i = 0; i < Desk::kMaxWork; ++i) {
      ASSERT_TRUE(desk.Submit([&ran] { ++ran; }));
    }
    EXPECT_FALSE(desk.Submit([&ran] { ++ran; }));
    open.set_value();
  }
  EXPECT_EQ(ran, static_cast<int>(Desk::kMaxWork));
}

}  // namespace
}  // namespace writ::reconciler::gateway
