// What of a text stands in JSON as it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace writ {

// How much of `text`, from its beginning, is ASCII but '"', '\\' and what
// stands before the blank. Eight bytes at a time: an event's texts are looked
// at twice on its way.
inline std::size_t PlainPrefix(std::string_view text) {
  constexpr std::uint64_t kEach = ~std::uint64_t{0} / 255;
  constexpr std::uint64_t kHighBits = kEach * 0x80;
  std::size_t at = 0;
  for (; at + sizeof(std::uint64_t) <= text.size();
       at += sizeof(std::uint64_t)) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
    // Below 0x80 a byte less n has its high bit where it was below n. A borrow
    // reaches only beyond a byte that has its own.
    const std::uint64_t below_space = bytes - kEach * 0x20;
    const std::uint64_t quote = (bytes ^ (kEach * '"')) - kEach;
    const std::uint64_t backslash = (bytes ^ (kEach * '\\')) - kEach;
    if (((below_space | quote | backslash | bytes) & kHighBits) != 0) break;
  }
  for (; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\') break;
  }
  return at;
}

}  // namespace writ
