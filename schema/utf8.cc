#include "schema/utf8.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>

#include "schema/check.h"

namespace writ {
namespace {

std::uint32_t ByteAt(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

bool IsContinuation(std::uint32_t byte) { return (byte & 0xc0) == 0x80; }

// How many leading bytes are ASCII, eight at a time: manifests are mostly that.
std::size_t AsciiPrefix(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t block = 0;
    std::memcpy(&block, text.data() + at, 8);
    if ((block & kHighBits) != 0) break;
  }
  while (at < text.size() && ByteAt(text, at) < 0x80) ++at;
  return at;
}

struct Range {
  char32_t first;
  char32_t last;
};

constexpr std::array kWide = {
    Range{0x1100, 0x115f},   Range{0x231a, 0x231b},   Range{0x2329, 0x232a},
    Range{0x23e9, 0x23ec},   Range{0x23f0, 0x23f0},   Range{0x23f3, 0x23f3},
    Range{0x25fd, 0x25fe},   Range{0x2614, 0x2615},   Range{0x2648, 0x2653},
    Range{0x267f, 0x267f},   Range{0x2693, 0x2693},   Range{0x26a1, 0x26a1},
    Range{0x26aa, 0x26ab},   Range{0x26bd, 0x26be},   Range{0x26c4, 0x26c5},
    Range{0x26ce, 0x26ce},   Range{0x26d4, 0x26d4},   Range{0x26ea, 0x26ea},
    Range{0x26f2, 0x26f3},   Range{0x26f5, 0x26f5},   Range{0x26fa, 0x26fa},
    Range{0x26fd, 0x26fd},   Range{0x2705, 0x2705},   Range{0x270a, 0x270b},
    Range{0x2728, 0x2728},   Range{0x274c, 0x274c},   Range{0x274e, 0x274e},
    Range{0x2753, 0x2755},   Range{0x2757, 0x2757},   Range{0x2795, 0x2797},
    Range{0x27b0, 0x27b0},   Range{0x27bf, 0x27bf},   Range{0x2b1b, 0x2b1c},
    Range{0x2b50, 0x2b50},   Range{0x2b55, 0x2b55},   Range{0x2e80, 0x303e},
    Range{0x3041, 0x33ff},   Range{0x3400, 0x4dbf},   Range{0x4e00, 0xa4cf},
    Range{0xa960, 0xa97f},   Range{0xac00, 0xd7a3},   Range{0xf900, 0xfaff},
    Range{0xfe10, 0xfe19},   Range{0xfe30, 0xfe6f},   Range{0xff00, 0xff60},
    Range{0xffe0, 0xffe6},   Range{0x16fe0, 0x18cff}, Range{0x1aff0, 0x1b2ff},
    Range{0x1f004, 0x1f004}, Range{0x1f0cf, 0x1f0cf}, Range{0x1f18e, 0x1f18e},
    Range{0x1f191, 0x1f19a}, Range{0x1f200, 0x1f320}, Range{0x1f32d, 0x1f335},
    Range{0x1f337, 0x1f37c}, Range{0x1f37e, 0x1f393}, Range{0x1f3a0, 0x1f3ca},
    Range{0x1f3cf, 0x1f3d3}, Range{0x1f3e0, 0x1f3f0}, Range{0x1f3f4, 0x1f3f4},
    Range{0x1f3f8, 0x1f43e}, Range{0x1f440, 0x1f440}, Range{0x1f442, 0x1f4fc},
    Range{0x1f4ff, 0x1f53d}, Range{0x1f54b, 0x1f567}, Range{0x1f57a, 0x1f57a},
    Range{0x1f595, 0x1f596}, Range{0x1f5a4, 0x1f5a4}, Range{0x1f5fb, 0x1f64f},
    Range{0x1f680, 0x1f6c5}, Range{0x1f6cc, 0x1f6cc}, Range{0x1f6d0, 0x1f6d2},
    Range{0x1f6d5, 0x1f6df}, Range{0x1f6eb, 0x1f6ec}, Range{0x1f6f4, 0x1f6fc},
    Range{0x1f7e0, 0x1f7f0}, Range{0x1f90c, 0x1f93a}, Range{0x1f93c, 0x1f945},
    Range{0x1f947, 0x1f9ff}, Range{0x1fa70, 0x1faff}, Range{0x20000, 0x3fffd},
};

constexpr std::array kZero = {
    Range{0x0000, 0x001f},   Range{0x007f, 0x009f},   Range{0x00ad, 0x00ad},
    Range{0x0300, 0x036f},   Range{0x0483, 0x0489},   Range{0x0591, 0x05bd},
    Range{0x05bf, 0x05bf},   Range{0x05c1, 0x05c2},   Range{0x05c4, 0x05c5},
    Range{0x0600, 0x0605},   Range{0x0610, 0x061a},   Range{0x061c, 0x061c},
    Range{0x064b, 0x065f},   Range{0x0670, 0x0670},   Range{0x06d6, 0x06dc},
    Range{0x06df, 0x06e4},   Range{0x06e7, 0x06e8},   Range{0x06ea, 0x06ed},
    Range{0x0900, 0x0902},   Range{0x093a, 0x093a},   Range{0x093c, 0x093c},
    Range{0x0941, 0x0948},   Range{0x094d, 0x094d},   Range{0x0e31, 0x0e31},
    Range{0x0e34, 0x0e3a},   Range{0x0e47, 0x0e4e},   Range{0x1ab0, 0x1aff},
    Range{0x1dc0, 0x1dff},   Range{0x200b, 0x200f},   Range{0x2028, 0x202e},
    Range{0x2060, 0x206f},   Range{0x20d0, 0x20f0},   Range{0x302a, 0x302d},
    Range{0x3099, 0x309a},   Range{0xfe00, 0xfe0f},   Range{0xfe20, 0xfe2f},
    Range{0xfeff, 0xfeff},   Range{0xfff9, 0xfffb},   Range{0x1f3fb, 0x1f3ff},
    Range{0xe0001, 0xe007f}, Range{0xe0100, 0xe01ef},
};

constexpr std::array kInvisible = {
    Range{0x0000, 0x001f},   Range{0x007f, 0x009f},   Range{0x00ad, 0x00ad},
    Range{0x034f, 0x034f},   Range{0x061c, 0x061c},   Range{0x115f, 0x1160},
    Range{0x17b4, 0x17b5},   Range{0x180b, 0x180f},   Range{0x200b, 0x200f},
    Range{0x2028, 0x202e},   Range{0x2060, 0x206f},   Range{0x3164, 0x3164},
    Range{0xfeff, 0xfeff},   Range{0xffa0, 0xffa0},   Range{0xfff0, 0xfffb},
    Range{0x1d173, 0x1d17a}, Range{0xe0000, 0xe0fff},
};

template <std::size_t kSize>
bool Holds(const std::array<Range, kSize>& ranges, char32_t value) {
  const auto after = std::upper_bound(
      ranges.begin(), ranges.end(), value,
      [](char32_t v, const Range& range) { return v < range.first; });
  return after != ranges.begin() && value <= std::prev(after)->last;
}

}  // namespace

CodePoint DecodeUtf8(std::string_view text, std::size_t offset) {
  const std::uint32_t lead = ByteAt(text, offset);
  if (lead < 0x80) return {lead, 1, true};
  const CodePoint invalid{lead, 1, false};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() - offset < size) return invalid;
  std::uint32_t value = lead & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    const std::uint32_t byte = ByteAt(text, offset + i);
    if (!IsContinuation(byte)) return invalid;
    value = (value << 6) | (byte & 0x3fU);
  }
  constexpr std::array<std::uint32_t, 5> kSmallest = {0, 0, 0x80, 0x800,
                                                      0x10000};
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < kSmallest[size] || surrogate || value > 0x10ffff) return invalid;
  return {value, static_cast<std::uint8_t>(size), true};
}

void AppendUtf8(char32_t value, std::string& text) {
  CHECK(value <= 0x10ffff && (value < 0xd800 || value > 0xdfff));
  const auto put = [&](std::uint32_t byte) {
    text += static_cast<char>(static_cast<unsigned char>(byte));
  };
  const std::uint32_t v = value;
  if (v < 0x80) return put(v);
  if (v < 0x800) {
    put(0xc0 | (v >> 6));
  } else {
    if (v < 0x10000) {
      put(0xe0 | (v >> 12));
    } else {
      put(0xf0 | (v >> 18));
      put(0x80 | ((v >> 12) & 0x3f));
    }
    put(0x80 | ((v >> 6) & 0x3f));
  }
  put(0x80 | (v & 0x3f));
}

bool IsValidUtf8(std::string_view text) {
  std::size_t at = AsciiPrefix(text);
  while (at < text.size()) {
    const CodePoint point = DecodeUtf8(text, at);
    if (!point.valid) return false;
    at += point.size;
    at += AsciiPrefix(text.substr(at));
  }
  return true;
}

std::size_t CountCodePoints(std::string_view text) {
  std::size_t count = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t ascii = AsciiPrefix(text.substr(at));
    count += ascii;
    at += ascii;
    if (at == text.size()) break;
    at += DecodeUtf8(text, at).size;
    ++count;
  }
  return count;
}

int DisplayWidth(char32_t value) {
  if (value >= 0x20 && value < 0x7f) return 1;
  if (Holds(kZero, value)) return 0;
  return Holds(kWide, value) ? 2 : 1;
}

std::size_t DisplayWidth(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = DecodeUtf8(text, at);
    width +=
        point.valid ? static_cast<std::size_t>(DisplayWidth(point.value)) : 1;
    at += point.size;
  }
  return width;
}

bool IsInvisible(char32_t value) {
  if (value >= 0x20 && value < 0x7f) return false;
  return Holds(kInvisible, value);
}

}  // namespace writ
