#include "manifests/text_places.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "manifests/manifest_set.h"
#include "tests/manifests/parser/parsing.h"
#include "tests/support/memory_source.h"

namespace writ::manifests {
namespace {

// "line:column" of the first byte of `part` in the text at the key `a`.
std::string PlaceOf(const std::string& yaml, const std::string& part) {
  const Parsed parsed = ParseText(yaml);
  EXPECT_TRUE(parsed.Lines().empty()) << yaml;
  const Value& text = parsed.at("a");
  const std::size_t offset = text.AsString().find(part);
  EXPECT_NE(offset, std::string::npos) << text.AsString();
  const SourceRange place =
      PlacesInText(yaml, text, {static_cast<std::uint32_t>(offset)}).front();
  return std::to_string(place.line) + ":" + std::to_string(place.column);
}

TEST(TextPlaces, FollowEveryStyleOfScalar) {
  struct Case {
    std::string yaml;
    std::string part;
    std::string want;
  };
  const std::vector<Case> cases = {
      {"a: x == y\n", "y", "1:9"},
      {"a: \"x == y\"\n", "y", "1:10"},
      {"a: !!str x == y\n", "y", "1:15"},
      {"a: &n x == y\n", "y", "1:12"},
      {"a: 'it''s y'\n", "y", "1:11"},
      {"a: 'it''s y'\n", "s", "1:9"},
      {R"(a: "q\"\u00e9\x41\n y")", "y", "1:21"},
      {R"(a: "q\"\u00e9\x41\n y")", "A", "1:14"},
      {"a: \"caf\u00e9 \u20ac y\"\n", "y", "1:12"},
      {"a: one\n  two\n\n  three\n", "two", "2:3"},
      {"a: one\n  two\n\n  three\n", "three", "4:3"},
      {"a: \"one  \n    two\\\n   three\"\n", "two", "2:5"},
      {"a: \"one  \n    two\\\n   three\"\n", "three", "3:4"},
      {"a: |\n  one\n\n    two\n  three\nb: 1\n", "two", "4:5"},
      {"a: |\n  one\n\n    two\n  three\n\n\nb: 1\n", "three", "5:3"},
      {"a: |-  # why\n\n   one\n   two", "two", "4:4"},
      {"a: |2+\n    one\n  two\n\n", "two", "3:3"},
      {"a: >\n  one\n  two\n\n  three\n    four\n  five\nb: 1\n", "two", "3:3"},
      {"a: >\n  one\n  two\n\n  three\n    four\n  five\nb: 1\n", "four",
       "6:5"},
      {"a: >-\n  one\n  two\n\n  three\n    four\n  five\nb: 1\n", "five",
       "7:3"},
      {"a: |\r\n  one\r\n  two\r\n", "two", "3:3"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(PlaceOf(c.yaml, c.part), c.want) << c.yaml << " " << c.part;
  }
}

TEST(TextPlaces, EndBehindTheText) {
  const std::string yaml = "a: x ==\n";
  const Parsed parsed = ParseText(yaml);
  const std::vector<SourceRange> places =
      PlacesInText(yaml, parsed.at("a"), {4, 99});
  EXPECT_EQ(places[0].column, 8U);
  EXPECT_EQ(places[1].column, 8U);
  EXPECT_EQ(places[1].length, 0U);
}

TEST(TextPlaces, SkipAByteOrderMark) {
  const std::string yaml =
      "\xEF\xBB\xBF"
      "a: 'x y'\n";
  EXPECT_EQ(PlaceOf(yaml, "y"), "1:7");
}

// A patch or a variable has made another text of it.
TEST(TextPlaces, AreTheScalarsOwnWhereTheTextIsAnother) {
  const std::string yaml = "a: x ${vars.y} z\n";
  const Parsed parsed = ParseText(yaml);
  Value text = "x 1 z";
  text.set_range(parsed.at("a").range());
  const std::vector<SourceRange> places = PlacesInText(yaml, text, {4});
  EXPECT_EQ(places.front(), text.range());
  EXPECT_EQ(PlacesInText("", text, {0}).front(), text.range());
  EXPECT_EQ(PlacesInText(yaml, Value(1), {0}).front(), SourceRange());
}

// Any text in any style: what a place points at is what stands there.
TEST(TextPlaces, PointAtTheByteThatWasRead) {
  const std::string words[] = {"a",    "(b",     "'", "\"", " ",  "  ",  "\n",
                               "\n\n", "\u00e9", ":", "#",  "\\", "c d", "\t"};
  std::uint32_t seed = 7;
  const auto next = [&](std::size_t limit) {
    seed = seed * 1664525U + 1013904223U;
    return (seed >> 8) % limit;
  };
  for (int round = 0; round < 2000; ++round) {
    std::string value;
    for (std::size_t i = next(8) + 1; i > 0; --i) value += words[next(14)];
    value = "x" + value + "y";
    std::string literal = "a: |-\n";
    for (const char c : "  " + value) {
      literal += c;
      if (c == '\n') literal += "  ";
    }
    const Parsed parsed = ParseText(literal + "\nb: 1\n");
    if (!parsed.Lines().empty() || parsed.at("a").AsString() != value) continue;
    std::vector<std::uint32_t> offsets;
    for (std::size_t i = 0; i < value.size(); ++i) {
      offsets.push_back(static_cast<std::uint32_t>(i));
    }
    const std::vector<SourceRange> places =
        PlacesInText(literal + "\nb: 1\n", parsed.at("a"), offsets);
    const SourceRange last = places.back();
    const auto lines = static_cast<std::uint32_t>(
        std::count(value.begin(), value.end(), '\n'));
    EXPECT_EQ(last.line, lines + 2) << literal;
  }
}

TEST(TextPlaces, AreFoundInTheFilesOfASource) {
  MemorySource source(MemorySource::Files{{"b.yaml", "a: |\n  one\n  two\n"}});
  const SourceFiles files = {"a.yaml", "b.yaml"};
  const SourcePlaces places = PlacesInSource(source, files);
  Value text = "one\ntwo\n";
  text.set_range({1, 1, 4, 1});
  EXPECT_EQ(places(text, {4}).front(), (SourceRange{1, 3, 3, 1}));
  for (const std::uint32_t unreadable : {0U, 2U}) {
    text.set_range({unreadable, 1, 4, 1});
    EXPECT_EQ(places(text, {4}).front(), text.range());
  }
}

}  // namespace
}  // namespace writ::manifests
