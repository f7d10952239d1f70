#include "schema/utf8.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <string_view>

namespace writ {
namespace {

using namespace std::string_view_literals;

TEST(Utf8, AcceptsWhatRfc3629Accepts) {
  for (const std::string_view text :
       {""sv, "a"sv, "\0"sv, "\x7f"sv, "é"sv, "\xc2\x80"sv, "\xdf\xbf"sv,
        "\xe0\xa0\x80"sv, "\xed\x9f\xbf"sv, "\xee\x80\x80"sv, "\xef\xbf\xbf"sv,
        "\xf0\x90\x80\x80"sv, "\xf4\x8f\xbf\xbf"sv, "日本語 12345678 é"sv}) {
    EXPECT_TRUE(IsValidUtf8(text)) << text;
  }
}

TEST(Utf8, RefusesLongFormsSurrogatesAndTornSequences) {
  for (const std::string_view text :
       {"\x80"sv, "\xbf"sv, "\xc0\x80"sv, "\xc1\xbf"sv, "\xc3"sv, "\xc3("sv,
        "\xe0\x80\x80"sv, "\xe0\x9f\xbf"sv, "\xed\xa0\x80"sv, "\xed\xbf\xbf"sv,
        "\xe2\x82"sv, "\xe2(\xa1"sv, "\xf0\x8f\xbf\xbf"sv, "\xf4\x90\x80\x80"sv,
        "\xf5\x80\x80\x80"sv, "\xff"sv, "\xfe"sv, "12345678\xff"sv,
        "12345678\xf0\x9f\x98"sv}) {
    EXPECT_FALSE(IsValidUtf8(text));
  }
}

TEST(Utf8, CountsCodePointsAndEachStrayByteAsOne) {
  EXPECT_EQ(CountCodePoints(""), 0U);
  EXPECT_EQ(CountCodePoints("0123456789abcdef"), 16U);
  EXPECT_EQ(CountCodePoints("é日😀"), 3U);
  EXPECT_EQ(CountCodePoints("a\xff\xfe"
                            "b"),
            4U);
  EXPECT_EQ(CountCodePoints("\xe2\x82"), 2U);
  EXPECT_EQ(CountCodePoints("01234567é01234567é"), 18U);
}

TEST(Utf8, StrayBytesStandForThemselves) {
  const CodePoint point = DecodeUtf8("\xffz", 0);
  EXPECT_FALSE(point.valid);
  EXPECT_EQ(point.size, 1);
  EXPECT_EQ(point.value, U'\xff');
}

TEST(Utf8, WidthIsWhatATerminalTakes) {
  struct Case {
    std::string_view text;
    std::size_t want;
  };
  for (const Case& c : {
           Case{"", 0},
           Case{"plain", 5},
           Case{"é", 1},
           Case{"e\xcc\x81", 1},  // combining acute accent
           Case{"日本", 4},
           Case{"한글", 4},
           Case{"ａ", 2},  // full width
           Case{"ｱ", 1},   // half width
           Case{"😀", 2},
           Case{"→✓…·", 4},
           Case{"a\xe2\x80\x8b"
                "b",
                2},  // zero-width space
           Case{"a\xff"
                "b",
                3},
           Case{"\t", 0},
       }) {
    EXPECT_EQ(DisplayWidth(c.text), c.want) << c.text;
  }
}

// T-17: what names may not hold and outputs show escaped.
TEST(Utf8, KnowsWhatAReaderCannotSee) {
  for (const char32_t value :
       {U'\0',     U'\n',     U'\t',         U'\x1b',      U'\x7f',
        U'\u0080', U'\u009f', U'\u00ad',     U'\u061c',    U'\u200b',
        U'\u200d', U'\u200e', U'\u200f',     U'\u2028',    U'\u2029',
        U'\u202a', U'\u202e', U'\u2060',     U'\u2066',    U'\u2069',
        U'\u3164', U'\uFEFF', U'\U000e0041', U'\U000e0101'}) {
    EXPECT_TRUE(IsInvisible(value)) << static_cast<std::uint32_t>(value);
  }
  for (const char32_t value : {U' ', U'a', U'~', U'\u00a0', U'é', U'日',
                               U'\u0301', U'😀', U'\uFE0F', U'→'}) {
    EXPECT_FALSE(IsInvisible(value)) << static_cast<std::uint32_t>(value);
  }
}

// Every scalar value, one by one: it's small enough to be exhaustive.
TEST(Utf8, DecodesEveryScalarValueItEncodes) {
  for (char32_t value = 0; value <= 0x10ffff; ++value) {
    if (value == 0xd800) value = 0xe000;
    std::string text;
    AppendUtf8(value, text);
    const CodePoint point = DecodeUtf8(text, 0);
    ASSERT_TRUE(point.valid) << static_cast<std::uint32_t>(value);
    ASSERT_EQ(point.value, value);
    ASSERT_EQ(point.size, text.size());
  }
}

RC_GTEST_PROP(Utf8, AWalkCoversEveryByteOnce, (const std::string& text)) {
  std::size_t at = 0;
  std::size_t count = 0;
  bool valid = true;
  while (at < text.size()) {
    const CodePoint point = DecodeUtf8(text, at);
    valid = valid && point.valid;
    at += point.size;
    ++count;
  }
  RC_ASSERT(at == text.size());
  RC_ASSERT(count == CountCodePoints(text));
  RC_ASSERT(valid == IsValidUtf8(text));
}

}  // namespace
}  // namespace writ
