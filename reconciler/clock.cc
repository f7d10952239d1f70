#include "reconciler/clock.h"

#include <openssl/rand.h>

#include <algorithm>
#include <limits>
#include <thread>
#include <vector>

#include "schema/check.h"

namespace writ::reconciler {

std::string Random::Hex(std::size_t digits) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::vector<std::uint8_t> bytes((digits + 1) / 2);
  Fill(bytes);
  std::string text;
  text.reserve(digits + 1);
  for (const std::uint8_t byte : bytes) {
    text.push_back(kDigits[byte >> 4U]);
    text.push_back(kDigits[byte & 0x0fU]);
  }
  text.resize(digits);
  return text;
}

Timestamp SystemClock::Now() const {
  return std::chrono::time_point_cast<Timestamp::duration>(
      std::chrono::system_clock::now());
}

std::chrono::nanoseconds SystemClock::Monotonic() const {
  return std::chrono::steady_clock::now().time_since_epoch();
}

void SystemClock::Sleep(std::chrono::milliseconds duration) const {
  std::this_thread::sleep_for(duration);
}

void SystemRandom::Fill(std::span<std::uint8_t> bytes) {
  constexpr std::size_t kStep = std::numeric_limits<int>::max();
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), kStep);
    // A generator that gives nothing is no input to answer: every lineage,
    // lease and token would be guessable.
    CHECK(RAND_bytes(bytes.data(), static_cast<int>(size)) == 1);
    bytes = bytes.subspan(size);
  }
}

}  // namespace writ::reconciler
