#include "reconciler/events/event_ids.h"

#include <chrono>

namespace writ::reconciler {
namespace {

constexpr char kAlphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr int kTimeDigits = 10;
constexpr int kBitsPerDigit = 5;

void AppendTime(std::int64_t ms, std::string& id) {
  for (int digit = kTimeDigits - 1; digit >= 0; --digit) {
    id += kAlphabet[(ms >> (digit * kBitsPerDigit)) & 31];
  }
}

// Five bytes are eight digits.
void AppendBytes(const std::uint8_t* bytes, std::string& id) {
  std::uint64_t word = 0;
  for (int i = 0; i < 5; ++i) word = (word << 8U) | bytes[i];
  for (int digit = 7; digit >= 0; --digit) {
    id +=
        kAlphabet[(word >> static_cast<unsigned>(digit * kBitsPerDigit)) & 31U];
  }
}

}  // namespace

std::string EventIds::Next(Timestamp now) {
  const std::int64_t ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                              now.time_since_epoch())
                              .count();
  bool fresh = ms > last_ms_;
  if (!fresh) {
    std::size_t at = kRandomBytes;
    while (at > 0 && ++chance_[at - 1] == 0) --at;
    // All of a millisecond's are used up: take one of the next.
    fresh = at == 0;
    if (fresh) ++last_ms_;
  } else {
    last_ms_ = ms;
  }
  if (fresh) random_.Fill(chance_);
  std::string id = "evt_";
  AppendTime(last_ms_, id);
  AppendBytes(chance_.data(), id);
  AppendBytes(chance_.data() + 5, id);
  return id;
}

}  // namespace writ::reconciler
