#include "schema/report/excerpt.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <string_view>

#include "schema/utf8.h"
#include "tests/support/arbitrary_value.h"
#include "tests/support/hostile_texts.h"

namespace writ {
namespace {

constexpr std::size_t kWide = 100;

struct Case {
  std::string_view name;
  std::string line;
  std::uint32_t column;
  std::uint32_t length;
  std::string_view want_line;
  std::size_t want_indent;
  std::size_t want_carets;
};

TEST(Excerpt, PutsCaretsUnderWhatIsMarked) {
  for (const Case& c : {
           Case{"plain", "a: bcd", 4, 3, "a: bcd", 3, 3},
           Case{"first", "abc", 1, 1, "abc", 0, 1},
           Case{"no length", "abc", 2, 0, "abc", 1, 1},
           Case{"too long", "abc", 2, 99, "abc", 1, 2},
           Case{"just past the end", "abc", 4, 1, "abc", 3, 1},
           Case{"far past the end", "abc", 40, 5, "abc", 3, 1},
           Case{"no column", "abc", 0, 2, "abc", 0, 0},
           Case{"empty", "", 1, 1, "", 0, 1},
           Case{"accents", "é: ñañ", 4, 3, "é: ñañ", 3, 3},
           Case{"combining", "e\u0301x: y", 5, 1, "e\u0301x: y", 3, 1},
           Case{"wide before", "日本: x", 5, 1, "日本: x", 6, 1},
           Case{"wide marked", "a: 日本", 4, 2, "a: 日本", 3, 4},
           Case{"emoji", "😀 x", 3, 1, "😀 x", 3, 1},
           Case{"tab before", "\tx", 2, 1, "    x", 4, 1},
           Case{"tab to its stop", "ab\tx", 4, 1, "ab  x", 4, 1},
           Case{"tab marked", "a\tb", 2, 1, "a   b", 1, 3},
           Case{"escape before", "\x1bz", 2, 1, "\\u{1b}z", 6, 1},
           Case{"escape marked", "a\u202ez", 2, 1, "a\\u{202e}z", 1, 8},
           Case{"stray byte", "\xffz", 2, 1, "\\xffz", 4, 1},
       }) {
    SCOPED_TRACE(c.name);
    const Excerpt excerpt = MakeExcerpt(c.line, c.column, c.length, kWide);
    EXPECT_EQ(excerpt.line, c.want_line);
    EXPECT_EQ(excerpt.indent, c.want_indent);
    EXPECT_EQ(excerpt.carets, c.want_carets);
  }
}

TEST(Excerpt, CutsLongLinesAroundTheCarets) {
  const std::string line = std::string(50, 'a') + "XYZ" + std::string(50, 'b');
  struct Long {
    std::uint32_t column;
    std::uint32_t length;
    std::string_view want_line;
    std::size_t want_indent;
    std::size_t want_carets;
  };
  for (const Long& c : {
           Long{51, 3, "…aaaaaaXYZbbbbbbbbb…", 7, 3},
           Long{1, 2, "aaaaaaaaaaaaaaaaaa…", 0, 2},
           Long{103, 1, "…bbbbbbbbbbbbbbbbbb", 18, 1},
           Long{104, 1, "…bbbbbbbbbbbbbbbbbb", 19, 1},
           Long{2, 90, "…aaaaaaaaaaaaaaaaaa…", 1, 18},
           Long{0, 0, "aaaaaaaaaaaaaaaaaa…", 0, 0},
       }) {
    SCOPED_TRACE(c.column);
    const Excerpt excerpt = MakeExcerpt(line, c.column, c.length, 20);
    EXPECT_EQ(excerpt.line, c.want_line);
    EXPECT_EQ(excerpt.indent, c.want_indent);
    EXPECT_EQ(excerpt.carets, c.want_carets);
  }
}

// The blanks of what was cut out take no room; carets behind it go along.
TEST(Excerpt, ClosesTheGapOfWhatIsHidden) {
  const std::string gap(44, ' ');
  for (const Case& c : {
           Case{"at the end", "a: v_Zk3…" + gap + "(not shown)", 4, 5,
                "a: v_Zk3… (not shown)", 3, 5},
           Case{"the caret before", "a: v_Zk3…" + gap + "(not shown)", 1, 1,
                "a: v_Zk3… (not shown)", 0, 1},
           Case{"quoted", "{a: \"Zk3…" + gap + "\", b: 1} (not shown)", 57, 1,
                "{a: \"Zk3…\", b: 1} (not shown)", 12, 1},
           Case{"a word behind", "a: Zk3…" + gap + "  # why (not shown)", 54, 5,
                "a: Zk3… # why (not shown)", 8, 5},
           Case{"within", "a: Zk3…" + gap + "(not shown)", 20, 9,
                "a: Zk3… (not shown)", 7, 1},
           Case{"all of it", "a: Zk3…" + gap + "(not shown)", 4, 48,
                "a: Zk3… (not shown)", 3, 5},
           Case{"twice", "[Zk3…   , Ab3…  ] (not shown)", 11, 3,
                "[Zk3…, Ab3…] (not shown)", 7, 3},
           Case{"a user's own", "a: …    b", 9, 1, "a: …    b", 8, 1},
       }) {
    SCOPED_TRACE(c.name);
    const Excerpt excerpt = MakeExcerpt(c.line, c.column, c.length, kWide);
    EXPECT_EQ(excerpt.line, c.want_line);
    EXPECT_EQ(excerpt.indent, c.want_indent);
    EXPECT_EQ(excerpt.carets, c.want_carets);
  }
}

TEST(Excerpt, CutsALineWithAGapAtOneEllipsis) {
  const std::string line = "a: v_Zk3…" + std::string(44, ' ') + "(not shown)";
  EXPECT_EQ(MakeExcerpt(line, 4, 5, 20).line, "a: v_Zk3… (not sho…");
  EXPECT_EQ(MakeExcerpt(line, 4, 5, 11).line, "a: v_Zk3…");
}

// T-17
TEST(Excerpt, IsHarmlessForHostileLines) {
  for (const auto& [name, text] : testing::kHostileTexts) {
    SCOPED_TRACE(name);
    EXPECT_TRUE(testing::IsHarmless(MakeExcerpt(text, 1, 1, 20).line));
    EXPECT_TRUE(testing::IsHarmless(MakeExcerpt(text, 3, 2, kWide).line));
  }
}

RC_GTEST_PROP(Excerpt, FitsItsWidthAndTheCaretsStandInIt, ()) {
  const std::string line =
      *testing::ArbitraryText() + *testing::ArbitraryText();
  const auto column = *rc::gen::inRange<std::uint32_t>(0, 30);
  const auto length = *rc::gen::inRange<std::uint32_t>(0, 30);
  const auto width = *rc::gen::inRange<std::size_t>(12, 40);
  const Excerpt excerpt = MakeExcerpt(line, column, length, width);
  const std::size_t shown = DisplayWidth(excerpt.line);
  RC_ASSERT(shown <= width);
  RC_ASSERT((excerpt.carets == 0) == (column == 0));
  // One cell beyond the end is where something is missing.
  RC_ASSERT(excerpt.indent + excerpt.carets <= shown + 1);
}

}  // namespace
}  // namespace writ
