// The effects that decide nothing by themselves: time and chance. Injected by
// constructor, so that tests hold them.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

#include "schema/time.h"

namespace writ::reconciler {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp Now() const = 0;  // wall clock
  // Never goes back; for leases and deadlines.
  virtual std::chrono::nanoseconds Monotonic() const = 0;
  virtual void Sleep(std::chrono::milliseconds duration) const = 0;
};

// Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  virtual void Fill(std::span<std::uint8_t> bytes) = 0;
  // So many lower-case hexadecimal digits.
  std::string Hex(std::size_t digits);
};

class SystemClock final : public Clock {
 public:
  Timestamp Now() const override;
  std::chrono::nanoseconds Monotonic() const override;
  void Sleep(std::chrono::milliseconds duration) const override;
};

// From OpenSSL's generator.
class SystemRandom final : public Random {
 public:
  void Fill(std::span<std::uint8_t> bytes) override;
};

}  // namespace writ::reconciler
