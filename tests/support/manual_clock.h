// A clock that moves only when told to, or when somebody sleeps on it.
#pragma once

#include <atomic>
#include <chrono>

#include "reconciler/clock.h"

namespace writ::testing {

class ManualClock final : public reconciler::Clock {
 public:
  Timestamp Now() const override {
    return start_ + std::chrono::microseconds(elapsed_us_.load());
  }
  std::chrono::nanoseconds Monotonic() const override {
    return std::chrono::microseconds(elapsed_us_.load());
  }
  void Sleep(std::chrono::milliseconds duration) const override {
    elapsed_us_ += std::chrono::microseconds(duration).count();
  }
  void Advance(std::chrono::microseconds duration) {
    elapsed_us_ += duration.count();
  }

 private:
  // 2026-12-01T00:00:00Z
  Timestamp start_{std::chrono::seconds(1796083200)};
  mutable std::atomic<std::int64_t> elapsed_us_{0};
};

}  // namespace writ::testing
