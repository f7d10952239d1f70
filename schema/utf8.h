// UTF-8 as the readers and writers of text need it: is it well formed, how
// many code points has it, how many columns of a terminal does it take. Bytes
// that are not UTF-8 never fail here: each stands for itself, one code point
// and one column, so that a caret under hostile text still points somewhere.
//
// Well formed means RFC 3629: shortest encodings, no surrogates, at most
// U+10FFFF. Pure; safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace writ {

// One step of a walk over a text.
struct CodePoint {
  char32_t value = 0;     // the byte itself where it isn't valid
  std::uint8_t size = 1;  // bytes taken; 1 where it isn't valid
  bool valid = false;
};

// The code point at `offset`. REQUIRES: offset < text.size().
CodePoint DecodeUtf8(std::string_view text, std::size_t offset);

// Appends a code point. REQUIRES: a Unicode scalar value.
void AppendUtf8(char32_t value, std::string& text);

bool IsValidUtf8(std::string_view text);

// Code points; a byte that isn't valid counts as one.
std::size_t CountCodePoints(std::string_view text);

// Columns on a terminal: 2 for wide East Asian characters and emoji, 0 for
// combining marks, zero-width and control characters, 1 for all else. The
// ranges are a compact form of Unicode 15's EastAsianWidth W and F and of the
// general categories Mn, Me and Cf.
int DisplayWidth(char32_t value);
std::size_t DisplayWidth(std::string_view text);

// True for what a reader can't see or what changes how the rest is shown:
// control characters (C0, DEL, C1), line and paragraph separators, bidi
// controls and marks, zero-width and filler characters, tags and supplementary
// variation selectors. Names may not hold them and outputs show them escaped
// (T-17). Emoji's plain variation selectors are left alone.
bool IsInvisible(char32_t value);

}  // namespace writ
