#include "manifests/format/format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/manifests/format/yaml_meaning.h"

namespace writ::manifests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Case {
  std::string name;
  std::string input;
  std::string want;
};

// Formats, and holds the result against the laws: same meaning, nothing more to
// do, changes named.
void Expect(const Case& c) {
  SCOPED_TRACE(c.name);
  const auto result = FormatYaml(c.input);
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(result->text, c.want);
  EXPECT_THAT(result->untouched, IsEmpty());
  EXPECT_EQ(result->changes.empty(), c.input == c.want);
  EXPECT_EQ(MeaningOf(c.input, true), MeaningOf(c.want, true));
  EXPECT_EQ(FormatYaml(c.want).value().text, c.want);
}

TEST(FormatYaml, Indents) {
  const Case cases[] = {
      {"four spaces", "a:\n    b:\n        c: 1\n", "a:\n  b:\n    c: 1\n"},
      {"list beside its key", "a:\n- x\n- y\nb: 1\n",
       "a:\n  - x\n  - y\nb: 1\n"},
      {"list far below its key", "a:\n      - x\n", "a:\n  - x\n"},
      {"maps in a list", "a:\n-   b: 1\n    c: 2\n-   d: 3\n",
       "a:\n  - b: 1\n    c: 2\n  - d: 3\n"},
      {"a dash of its own", "a:\n  -\n      b: 1\n", "a:\n  -\n    b: 1\n"},
      {"lists in lists", "-   - a\n    -   - b\n", "- - a\n  - - b\n"},
      {"list in a map in a list", "- a:\n  - b\n  c: 1\n",
       "- a:\n    - b\n  c: 1\n"},
      {"the whole document", "  a: 1\n  b: 2\n", "a: 1\nb: 2\n"},
      {"an absent value", "a:\nb:\n    -\n    - x\n", "a:\nb:\n  -\n  - x\n"},
      {"a value on its own line", "a:\n        text\nb: 1\n",
       "a:\n  text\nb: 1\n"},
  };
  for (const Case& c : cases) Expect(c);
}

TEST(FormatYaml, Spaces) {
  const Case cases[] = {
      {"after the colon", "a:   1\nlonger:  2\n", "a: 1\nlonger: 2\n"},
      {"before the colon", "a : 1\n", "a: 1\n"},
      {"tabs between tokens", "a:\t1\t# c\n", "a: 1 # c\n"},
      {"trailing blanks", "a: 1  \nb:   \n  - x\t\n", "a: 1\nb:\n  - x\n"},
      {"brackets", "a: { b: 1,c :  [ x ,y ], d: [ ] , e: { } }\n",
       "a: {b: 1, c: [x, y], d: [], e: {}}\n"},
      {"like JSON",
       R"({"a":1,"b":[true,null]})"
       "\n",
       "{a: 1, b: [true, null]}\n"},
      {"a trailing comma", "[a, b , ]\n", "[a, b,]\n"},
      {"a pair in a list", "[a : 1,b: 2]\n", "[a: 1, b: 2]\n"},
      {"values that are absent", "{a: ,b:}\n", "{a:, b:}\n"},
      {"a URL in brackets", "[http://x/a,  b:c]\n", "[http://x/a, b:c]\n"},
      {"an alias as a key", "- &a x\n- {*a : 1}\n- *a : 2\n",
       "- &a x\n- {*a : 1}\n- *a : 2\n"},
      {"tags and anchors", "a:  !t   &x   1\nb:   *x\n", "a: !t &x 1\nb: *x\n"},
      {"the last line feed", "a: 1", "a: 1\n"},
      {"nothing", "", ""},
      {"blank lines only", "\n \n", ""},
  };
  for (const Case& c : cases) Expect(c);
}

TEST(FormatYaml, KeepsBracketsAcrossLines) {
  Expect({"moved with their collection",
          "a:\n    b: [\n        x,   # one\n\n\n        # two\n        y\n"
          "    ]\n",
          "a:\n  b: [\n      x,     # one\n\n      # two\n      y\n  ]\n"});
  Expect(
      {"at the top", "{\n  a: 1,\n    b: 2\n}\n", "{\n  a: 1,\n    b: 2\n}\n"});
}

TEST(FormatYaml, KeepsComments) {
  const Case cases[] = {
      {"their column where they are set off",
       "a: 1          # one\nlonger:    2  # two\n",
       "a: 1          # one\nlonger: 2     # two\n"},
      {"one space where they aren't", "a:   1 # one\n", "a: 1 # one\n"},
      {"with what follows", "a:\n# x\n    b: 1\n    # y\n    c: 2\n",
       "a:\n  # x\n  b: 1\n  # y\n  c: 2\n"},
      {"at the end of what they belong to",
       "a:\n    b: 1\n    # y\nc: 2\n# end\n",
       "a:\n  b: 1\n  # y\nc: 2\n# end\n"},
      {"going on below", "a:\n    type: x   # one\n              # two\n",
       "a:\n  type: x     # one\n              # two\n"},
      {"text untouched", "#no space\n#!  x   \na: 1\n",
       "#no space\n#!  x\na: 1\n"},
      {"only comments", "\n# a\n\n\n# b\n\n", "# a\n\n# b\n"},
      {"no comment at all", "a: x#y\nb: 'x # y'\n", "a: x#y\nb: \"x # y\"\n"},
  };
  for (const Case& c : cases) Expect(c);
}

TEST(FormatYaml, KeepsOneBlankLine) {
  Expect({"in a row", "\n\na: 1\n\n\n\nb: 2\n\n\n", "a: 1\n\nb: 2\n"});
  Expect({"between documents", "a: 1\n\n\n---\n\n\nb: 2\n",
          "a: 1\n\n---\n\nb: 2\n"});
}

TEST(FormatYaml, KeepsDocuments) {
  const Case cases[] = {
      {"markers", "--- # one\na:  1\n---\nb:  2\n...\n---\nc: 3\n",
       "--- # one\na: 1\n---\nb: 2\n...\n---\nc: 3\n"},
      {"empty ones", "---\n---\n\na: 1\n", "---\n---\n\na: 1\n"},
      {"content beside the marker", "---   text\n---  {a: 1}\n--- |\n x\n",
       "--- text\n--- {a: 1}\n--- |\n x\n"},
  };
  for (const Case& c : cases) Expect(c);
}

TEST(FormatYaml, MovesBlockScalarsAsTheyAre) {
  const Case cases[] = {
      {"literal",
       "a:\n    b: |\n            x\n              y  \n\n"
       "            z\n    c: 1\n",
       "a:\n  b: |\n    x\n      y  \n\n    z\n  c: 1\n"},
      {"folded, stripped", "a: >-  # c\n   x\n   y\n\n\nb: 1\n",
       "a: >-  # c\n  x\n  y\n\nb: 1\n"},
      {"kept blank lines", "a: |+\n   x\n\n\nb: 1\n", "a: |+\n  x\n\n\nb: 1\n"},
      {"kept to the end", "a: |+\n  x\n\n\n", "a: |+\n  x\n\n\n"},
      {"explicit indentation", "a:\n    b: |2\n         x\n        y\n",
       "a:\n  b: |2\n       x\n      y\n"},
      {"blanks that are text", "a: |\n    x\n      \n    y\n",
       "a: |\n  x\n    \n  y\n"},
      {"what looks like YAML", "a: |\n   - x:   'y'  # z\n   \ttab\n",
       "a: |\n  - x:   'y'  # z\n  \ttab\n"},
      {"empty", "a: |\nb: >-\n\nc: 1\n", "a: |\nb: >-\n\nc: 1\n"},
      {"in a list", "- |\n      x\n- - >\n      y\n",
       "- |\n  x\n- - >\n    y\n"},
  };
  for (const Case& c : cases) Expect(c);
}

TEST(FormatYaml, KeepsScalarsAcrossLines) {
  const Case cases[] = {
      {"plain", "a: one\n      two\n\n\n      - three # c\nb: 1\n",
       "a: one\n  two\n\n\n  - three # c\nb: 1\n"},
      {"double quoted", "a: \"one \\\n      two\n\n      \\ three\"\n",
       "a: \"one \\\n  two\n\n  \\ three\"\n"},
      {"single quoted", "- 'one''s\n      two'   # c\n",
       "- 'one''s\n  two'       # c\n"},
      {"below its key", "a:\n    one\n    two\n", "a:\n  one\n  two\n"},
  };
  for (const Case& c : cases) Expect(c);
}

TEST(FormatYaml, ChoosesQuotes) {
  const Case cases[] = {
      {"values", "a: 'x'\nb: \"no\"\nc: '010'\nd: 'a: b'\n",
       "a: x\nb: \"no\"\nc: \"010\"\nd: \"a: b\"\n"},
      {"keys", "'a': 1\n\"on\": 2\n", "a: 1\n\"on\": 2\n"},
      {"brackets", "[ 'x', 'a,b', \"y\" ]\n", "[x, \"a,b\", \"y\"]\n"},
      {"none under a tag", "a: !!str 'x'\nb: [!t 'y']\n",
       "a: !!str 'x'\nb: [!t 'y']\n"},
  };
  for (const Case& c : cases) Expect(c);
}

TEST(FormatYaml, OrdersTheTopOfAManifest) {
  const Case cases[] = {
      {"five keys",
       "spec: {x: 1}\nlifecycle:\n  protect: true\nkind: App\n"
       "metadata: {name: a} # m\napiVersion: writ/v1\n",
       "apiVersion: writ/v1\nkind: App\nmetadata: {name: a} # m\n"
       "lifecycle:\n  protect: true\nspec: {x: 1}\n"},
      {"blank lines stay where they are",
       "kind: App\n\napiVersion: writ/v1\nspec:\n  a: |\n    x\n",
       "apiVersion: writ/v1\n\nkind: App\nspec:\n  a: |\n    x\n"},
      {"others come last, as they were",
       "z: 1\nkind: App\na: 2\napiVersion: writ/v1\n",
       "apiVersion: writ/v1\nkind: App\nz: 1\na: 2\n"},
      {"a comment above all stays", "# top\nkind: A\napiVersion: v\n",
       "# top\napiVersion: v\nkind: A\n"},
      {"a comment between keeps the order", "kind: A\n# about\napiVersion: v\n",
       "kind: A\n# about\napiVersion: v\n"},
      {"an anchor keeps the order", "spec: &a 1\nkind: *a\napiVersion: v\n",
       "spec: &a 1\nkind: *a\napiVersion: v\n"},
      {"a key twice keeps the order", "kind: A\napiVersion: v\nkind: B\n",
       "kind: A\napiVersion: v\nkind: B\n"},
      {"other YAML keeps the order", "spec: 1\nkind: A\n",
       "spec: 1\nkind: A\n"},
      {"below the top nothing moves", "a:\n  kind: A\n  apiVersion: v\n",
       "a:\n  kind: A\n  apiVersion: v\n"},
      {"each document by itself",
       "kind: A\napiVersion: v\n---\nkind: B\napiVersion: v\n",
       "apiVersion: v\nkind: A\n---\napiVersion: v\nkind: B\n"},
  };
  for (const Case& c : cases) Expect(c);
}

TEST(FormatYaml, WritesLineFeeds) {
  Expect({"everywhere", "a: |\r\n  x\r\n  y\r\nb: 'p\r\n  q'\r\n",
          "a: |\n  x\n  y\nb: 'p\n  q'\n"});
  EXPECT_EQ(FormatYaml("\xEF\xBB\xBF"
                       "a: 1\n")
                .value()
                .text,
            "a: 1\n");
}

// The laws alone: texts with more than the tables above want to spell out.
TEST(FormatYaml, HoldsItsLawsForOddTexts) {
  const std::string texts[] = {
      "? a\n: b\n",
      "%YAML 1.2\n---\na:   1\n",
      "[a, [b, {c: d}], 'x\n  y']\n",
      "a: !!binary |\n  R0lG\n   \nb: !<tag:x,2:y> z\n",
      "a: [!<tag:x,2:y>   z]\n",
      "no\n  ---\n",
      "  --- a\n",
      "{a: 1}: 2\n",
      "a: - b\n",
      "a: b: c\n",
      "- a\n b\n",
      "- !t a\n    b\n",
      "a: 'x' y\n",
      "a:\n  &x\n  b: 1\n",
      "&x a: &y\n    b: 1\n",
      "a: \xE2\x80\xA8 b\n",
      "a: 1\rb: 2\n",
      "a\nb:\n",
      "{a?b: [x?, ?y]}\n",
      "{? a : b}\n",
      "[a\n  b]\n",
      "[-a, -1, :b]\n",
      "{a:[b]}\n",
      "- - - - a\n      - b\n",
      ": a\n",
      "a: |1\n  x\n",
      "a: |-2\n   x\n",
      "a: |\n\n\n   x\n  # c\n",
      "a: >\n\n   x\n\n     y\n # c\n",
      "|\nx\n",
      "a: @x\nb: `y`\n",
      "a: %x\n",
      "'a\n  b': 1\n",
      "a:\n\n\n  # c\n\n\n\n  b: 1\n",
  };
  for (const std::string& text : texts) {
    SCOPED_TRACE(text);
    const auto once = FormatYaml(text);
    ASSERT_TRUE(once.has_value()) << once.error().message;
    const auto before = MeaningOf(text, true);
    if (before) {
      EXPECT_EQ(MeaningOf(once->text, true), before);
    }
    EXPECT_EQ(FormatYaml(once->text).value().text, once->text);
    EXPECT_EQ(once->changes.empty(), once->text == text);
  }
}

TEST(FormatYaml, LeavesWhatItDoesNotKnowByteForByte) {
  const auto result = FormatYaml("a:   1\n---\n? x\n:    'y'\n---\nb:   2");
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->text, "a: 1\n---\n? x\n:    'y'\n---\nb: 2\n");
  EXPECT_THAT(result->untouched, ElementsAre(2));
  // A line feed would become part of the text.
  EXPECT_EQ(FormatYaml("a:   |\n    x").value().text, "a:   |\n    x");
}

TEST(FormatYaml, NamesWhatItChanged) {
  const auto result =
      FormatYaml("kind: 'App'\r\napiVersion:  v\n\n\nspec:\n    a: 1\n");
  ASSERT_TRUE(result.has_value());
  std::vector<std::string> changes;
  for (const FormatChange& change : result->changes) {
    changes.push_back(std::to_string(change.line) + " " +
                      std::string(Name(change.rule)));
  }
  EXPECT_THAT(changes,
              ElementsAre("1 quotes", "1 line ends", "2 spacing", "2 key order",
                          "4 blank lines", "6 indentation"));
}

TEST(FormatYaml, RefusesWhatNoReaderAccepts) {
  struct Refused {
    std::string input;
    std::string want;
  };
  const Refused cases[] = {
      {"a: 1\nb: \"x\n", "line 2: this quote is never closed"},
      {"a: [x,\n  y\n", "line 1: this bracket is never closed"},
      {"a: [x}\n", "line 1: expected \"]\""},
      {"a:\n\tb: 1\n", "line 2: a tab in the indentation"},
      {"a: \xFF\n", "not UTF-8"},
      {std::string("a: \0\n", 5), "not UTF-8"},
      {"a: 1\n---\nb: 'x\n---\n", "line 3: this quote is never closed"},
  };
  for (const Refused& c : cases) {
    const auto result = FormatYaml(c.input);
    ASSERT_FALSE(result.has_value()) << c.input;
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidManifest);
    EXPECT_THAT(result.error().message, HasSubstr(c.want));
  }
}

TEST(FormatYaml, BearsDeepNesting) {
  const std::string brackets(20'000, '[');
  EXPECT_THAT(FormatYaml(brackets).value().untouched, ElementsAre(1));
  std::string dashes;
  for (int i = 0; i < 20'000; ++i) dashes += "- ";
  EXPECT_THAT(FormatYaml(dashes + "a\n").value().untouched, ElementsAre(1));
}

}  // namespace
}  // namespace writ::manifests
