// Texts as expressions have them are short: they are compared and copied in
// line, eight bytes at a time, since a call costs more than that.
//
// Pure; safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "schema/value.h"

namespace writ::engine::cel {

template <typename Word>
bool SameWord(const char* a, const char* b) {
  Word left;
  Word right;
  std::memcpy(&left, a, sizeof left);
  std::memcpy(&right, b, sizeof right);
  return left == right;
}

inline constexpr std::size_t kWord = sizeof(std::uint64_t);
inline constexpr std::size_t kHalf = sizeof(std::uint32_t);
inline constexpr std::size_t kShort = 4 * kWord;

inline bool SameText(std::string_view a, std::string_view b) {
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  const char* left = a.data();
  const char* right = b.data();
  if (size > kShort) return std::memcmp(left, right, size) == 0;
  // The last word may overlap the one before it.
  if (size >= kWord) {
    const std::size_t last = size - kWord;
    for (std::size_t at = 0; at < last; at += kWord) {
      if (!SameWord<std::uint64_t>(left + at, right + at)) return false;
    }
    return SameWord<std::uint64_t>(left + last, right + last);
  }
  if (size >= kHalf) {
    const std::size_t last = size - kHalf;
    return SameWord<std::uint32_t>(left, right) &&
           SameWord<std::uint32_t>(left + last, right + last);
  }
  for (std::size_t at = 0; at < size; ++at) {
    if (left[at] != right[at]) return false;
  }
  return true;
}

// Copies the text to `room`. Returns what comes behind it.
inline char* CopyText(std::string_view text, char* room) {
  const std::size_t size = text.size();
  const char* from = text.data();
  if (size > kShort) {
    std::memcpy(room, from, size);
  } else if (size >= kWord) {
    const std::size_t last = size - kWord;
    for (std::size_t at = 0; at < last; at += kWord) {
      std::memcpy(room + at, from + at, kWord);
    }
    std::memcpy(room + last, from + last, kWord);
  } else if (size >= kHalf) {
    std::memcpy(room, from, kHalf);
    std::memcpy(room + size - kHalf, from + size - kHalf, kHalf);
  } else {
    for (std::size_t at = 0; at < size; ++at) room[at] = from[at];
  }
  return room + size;
}

// The value at `key`, or null.
inline const writ::Value* FindEntry(const writ::Value::Map& map,
                                    std::string_view key) {
  for (const writ::Value::Entry& entry : map) {
    if (SameText(entry.key, key)) return &entry.value;
  }
  return nullptr;
}

}  // namespace writ::engine::cel
