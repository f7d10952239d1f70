#include "reconciler/loop/watch.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace writ::reconciler {
namespace {

constexpr std::chrono::milliseconds kBetweenPolls{50};

}  // namespace

void Watch::Run(const RunOne& run_one, const std::function<bool()>& stop) {
  while (!stop()) {
    std::optional<std::string> key;
    {
      const std::lock_guard lock(mutex_);
      key = queue_.Take(clock_.Monotonic());
    }
    if (!key) {
      clock_.Sleep(kBetweenPolls);
      continue;
    }
    const RunOutcome outcome = run_one(*key);
    const std::lock_guard lock(mutex_);
    queue_.Finish(*key, outcome, clock_.Monotonic());
  }
}

void Watch::Poke() {
  const std::lock_guard lock(mutex_);
  queue_.PokeAll(clock_.Monotonic());
}

std::function<double()> ChanceOf(Random& random) {
  return [&random] {
    std::array<std::uint8_t, 2> bytes{};
    random.Fill(bytes);
    return (bytes[0] * 256 + bytes[1]) / 65536.0;
  };
}

}  // namespace writ::reconciler
