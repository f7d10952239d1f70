#include "manifests/yaml_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/manifests/parser/parsing.h"

namespace writ::manifests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Json(const Parsed& parsed) { return CompactJson(parsed.root()); }

TEST(YamlParser, ReadsEveryStyleOfScalar) {
  const Parsed parsed = ParseText(R"(plain: a b
single: 'it''s'
double: "a\tb\u00e9\x41"
literal: |
  one
  two
folded: >-
  one
  two
no: no
)");
  EXPECT_THAT(parsed.Lines(), IsEmpty());
  EXPECT_EQ(parsed.at("plain").AsString(), "a b");
  EXPECT_EQ(parsed.at("single").AsString(), "it's");
  EXPECT_EQ(parsed.at("double").AsString(),
            "a\tb\xC3\xA9"
            "A");
  EXPECT_EQ(parsed.at("literal").AsString(), "one\ntwo\n");
  EXPECT_EQ(parsed.at("folded").AsString(), "one two");
  EXPECT_EQ(parsed.at("no").AsString(), "no");
}

// yaml-cpp hands both over as one byte that is no UTF-8.
TEST(YamlParser, ReadsTheEscapesOfNextLineAndNoBreakSpace) {
  const Parsed parsed = ParseText("a: \"x\\_y\"\nb: \"\u00e9\\N\"\n");
  EXPECT_THAT(parsed.Lines(), IsEmpty());
  EXPECT_EQ(parsed.at("a").AsString(), "x\u00a0y");
  EXPECT_EQ(parsed.at("b").AsString(), "\u00e9\u0085");
}

TEST(YamlParser, QuotesMakeATextOfAnything) {
  EXPECT_EQ(Json(ParseText("[\"1\", 'true', \"null\", '', \"<<\"]")),
            R"(["1","true","null","","<<"])");
}

TEST(YamlParser, KeepsTheOrderOfKeys) {
  EXPECT_EQ(Json(ParseText("b: 1\na: {d: 2, c: 3}\n")),
            R"({"b":1,"a":{"d":2,"c":3}})");
}

TEST(YamlParser, ReadsSeveralDocuments) {
  const Parsed parsed =
      ParseText("# first\na: 1\n---\n# empty\n---\nb: 2\n...\n---\nc: 3\n");
  ASSERT_EQ(parsed.documents.size(), 4u);
  EXPECT_EQ(CompactJson(parsed.documents[0].root), R"({"a":1})");
  EXPECT_TRUE(parsed.documents[1].root.IsNull());
  EXPECT_FALSE(parsed.documents[1].broken);
  EXPECT_EQ(CompactJson(parsed.documents[2].root), R"({"b":2})");
  EXPECT_EQ(parsed.documents[2].line, 6u);
  EXPECT_EQ(CompactJson(parsed.documents[3].root), R"({"c":3})");
  EXPECT_TRUE(parsed.diagnostics.empty());
}

TEST(YamlParser, NothingIsNoDocument) {
  EXPECT_THAT(ParseText("").documents, IsEmpty());
  EXPECT_THAT(ParseText("# only a comment\n\n").documents, IsEmpty());
  EXPECT_THAT(ParseText("\xEF\xBB\xBF").documents, IsEmpty());
}

TEST(YamlParser, ReadsCrlfAsLf) {
  const Parsed parsed =
      ParseText("a: |\r\n  x\r\n  y\r\nb: p\r\n  q\r\nc: 1\r\n");
  EXPECT_EQ(Json(parsed), R"({"a":"x\u000ay\u000a","b":"p q","c":1})");
  EXPECT_EQ(Place(parsed.at("c").range()), "6:4+1");
}

TEST(YamlParser, ExpandsAliases) {
  const Parsed parsed = ParseText("a: &x {b: [1, &y two]}\nc: *x\nd: *y\n");
  EXPECT_EQ(Json(parsed), R"({"a":{"b":[1,"two"]},"c":{"b":[1,"two"]},)"
                          R"("d":"two"})");
  EXPECT_EQ(Place(parsed.at("c").range()), "2:4+2");
  EXPECT_EQ(Place(parsed.at("c.b").range()), "1:11+1");
}

TEST(YamlParser, AnchorsEndWithTheirDocument) {
  EXPECT_THAT(ParseText("a: &x 1\n---\nb: *x\n").Lines(),
              ElementsAre(HasSubstr("3:4+1 yaml-syntax: this alias")));
}

// Positions.

TEST(YamlParser, CountsColumnsInCodePoints) {
  const Parsed parsed =
      ParseText("é: {ü: 1, r: 'ä', 日本: [\"x\", y]}\nß:   z\n");
  EXPECT_THAT(parsed.Lines(), IsEmpty());
  EXPECT_EQ(Place(parsed.at("é").range()), "1:4+1");
  EXPECT_EQ(Place(parsed.at("é.ü").range()), "1:8+1");
  EXPECT_EQ(Place(parsed.at("é.r").range()), "1:14+3");
  EXPECT_EQ(Place(parsed.at("é.日本").AsList()[0].range()), "1:24+3");
  EXPECT_EQ(Place(parsed.at("é.日本").AsList()[1].range()), "1:29+1");
  EXPECT_EQ(Place(parsed.at("ß").range()), "2:6+1");
  EXPECT_EQ(Place(parsed.root().AsMap()[0].value.AsMap()[2].key_range),
            "1:19+2");
}

TEST(YamlParser, AByteOrderMarkTakesNoColumn) {
  const Parsed parsed = ParseText("\xEF\xBB\xBFkey: value\n");
  EXPECT_EQ(Place(parsed.root().AsMap()[0].key_range), "1:1+3");
  EXPECT_EQ(Place(parsed.at("key").range()), "1:6+5");
}

TEST(YamlParser, RangesCoverWhatIsWritten) {
  const Parsed parsed = ParseText(R"(plain: two words   # comment
quoted: "a \" b"
single: 'it''s'   # x
block: |-
  text
folded: one
  two
tagged: !!str 12
anchored: &a "x"
flow: {k: v, l: [1, 22]}
list:
  - first
absent:
nothing: ~
)");
  EXPECT_THAT(parsed.Lines(), IsEmpty());
  EXPECT_EQ(Place(parsed.at("plain").range()), "1:8+9");
  EXPECT_EQ(Place(parsed.at("quoted").range()), "2:9+8");
  EXPECT_EQ(Place(parsed.at("single").range()), "3:9+7");
  EXPECT_EQ(Place(parsed.at("block").range()), "4:8+2");
  EXPECT_EQ(Place(parsed.at("folded").range()), "6:9+3");
  EXPECT_EQ(Place(parsed.at("tagged").range()), "8:15+2");
  EXPECT_EQ(Place(parsed.at("anchored").range()), "9:14+3");
  EXPECT_EQ(Place(parsed.at("flow").range()), "10:7+1");
  EXPECT_EQ(Place(parsed.at("flow.k").range()), "10:11+1");
  EXPECT_EQ(Place(parsed.at("flow.l").AsList()[1].range()), "10:21+2");
  EXPECT_EQ(Place(parsed.at("list").range()), "12:3+1");
  // What isn't written is where its key is.
  EXPECT_EQ(Place(parsed.at("absent").range()), "13:1+6");
  EXPECT_EQ(Place(parsed.at("nothing").range()), "14:10+1");
}

TEST(YamlParser, RangesCarryTheFile) {
  Diagnostics diagnostics;
  const SourceFiles files{"a.yaml", "b.yaml"};
  Reporter reporter(files, {}, diagnostics);
  const auto documents = ParseYaml("a: 1\n", 1, YamlLimits(), reporter);
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].root.FindPath("a")->range().file, 1u);
  ParseYaml("a: [\n", 1, YamlLimits(), reporter);
  ASSERT_EQ(diagnostics.items().size(), 1u);
  EXPECT_EQ(diagnostics.items()[0].locations[0].file, "b.yaml");
}

// Strictness.

TEST(YamlParser, RefusesDuplicateKeysAtTheSecond) {
  const Parsed parsed = ParseText("a: 1\nb: 2\n\"a\": 3\n");
  EXPECT_THAT(parsed.Lines(),
              ElementsAre("3:1+3 duplicate-key: \"a\" is written twice, first "
                          "on line 1"));
  EXPECT_TRUE(parsed.documents[0].broken);
  EXPECT_EQ(Json(parsed), R"({"a":1,"b":2})");
}

TEST(YamlParser, FindsDuplicatesAmongManyKeys) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "k" + std::to_string(i) + ": 1\n";
  EXPECT_THAT(ParseText(text).Lines(), IsEmpty());
  text += "k3: 2\nk1999: 2\n";
  EXPECT_THAT(ParseText(text).Lines(),
              ElementsAre(HasSubstr("first on line 4"),
                          HasSubstr("first on line 2000")));
}

TEST(YamlParser, EqualKeysOfDifferentMapsAreFine) {
  EXPECT_THAT(ParseText("a: {x: 1}\nb: {x: 1}\nc: [{x: 1}, {x: 2}]\n").Lines(),
              IsEmpty());
}

TEST(YamlParser, RefusesMergeKeys) {
  const Parsed parsed = ParseText("a: &a {x: 1}\nb:\n  <<: *a\n  y: 2\n");
  EXPECT_THAT(parsed.Lines(),
              ElementsAre(HasSubstr("3:3+2 merge-key: merge keys (<<)")));
  EXPECT_EQ(CompactJson(parsed.at("b")), R"({"y":2})");
}

TEST(YamlParser, RefusesKeysThatAreNoText) {
  const struct {
    const char* text;
    const char* want;
  } cases[] = {
      {"404: x\n",
       "1:1+3 yaml-key: a key must be a string, and 404 is an "
       "integer"},
      {"true: x\n", "and true is a boolean"},
      {"1.5: x\n", "and 1.5 is a number"},
      {"~: x\n", "a key is missing"},
      {"{a: 1}: x\n", "not a map"},
      {"? [a, b]\n: x\n", "not a list"},
      {"a: &a x\n*a : y\n", "an alias can't be a key"},
  };
  for (const auto& c : cases) {
    const Parsed parsed = ParseText(c.text);
    EXPECT_THAT(parsed.Lines(), ElementsAre(HasSubstr(c.want))) << c.text;
    EXPECT_TRUE(parsed.documents[0].broken) << c.text;
  }
  // In quotes each is a text.
  EXPECT_EQ(Json(ParseText("{\"404\": x, 'true': y}")),
            R"({"404":"x","true":"y"})");
}

TEST(YamlParser, GoesOnBehindAKeyThatIsARefusedCollection) {
  const Parsed parsed = ParseText("? [a, b]\n: x\nc: 1\nd: 2\n");
  EXPECT_EQ(Json(parsed), R"({"c":1,"d":2})");
  EXPECT_EQ(parsed.diagnostics.error_count(), 1u);
}

TEST(YamlParser, RefusesUnknownTags) {
  EXPECT_THAT(ParseText("a: !secret x\n").Lines(),
              ElementsAre(HasSubstr("the tag !secret is not supported")));
  EXPECT_THAT(ParseText("a: !!binary aGk=\n").Lines(),
              ElementsAre(HasSubstr("the tag !!binary is not supported")));
  EXPECT_THAT(ParseText("a: !x {b: 1}\n").Lines(),
              ElementsAre(HasSubstr("the tag !x is not supported")));
  EXPECT_THAT(ParseText("!!map {a: !!seq [!!int 1]}\n").Lines(), IsEmpty());
}

TEST(YamlParser, RefusesNumbersThatCantBeHeld) {
  EXPECT_THAT(
      ParseText("a: 18446744073709551616\nb: .inf\nc: 1e999\n").Lines(),
      ElementsAre(HasSubstr("1:4+20 yaml-scalar: the integer is beyond"),
                  HasSubstr("2:4+4 yaml-scalar: infinity"),
                  HasSubstr("3:4+5 yaml-scalar: the number is beyond")));
}

TEST(YamlParser, RefusesAKeyWithoutColon) {
  EXPECT_THAT(
      ParseText("a: 1\nb\n").Lines(),
      ElementsAre("2:1+1 yaml-syntax: a colon is missing behind \"b\""));
}

TEST(YamlParser, RefusesASecondDocumentWithoutMarker) {
  EXPECT_THAT(ParseText("- a\nb: 1\n").Lines(),
              ElementsAre(HasSubstr("2:1+1 yaml-syntax: the document before "
                                    "has ended")));
  EXPECT_THAT(ParseText("\"a\":1\n").Lines(),
              ElementsAre(HasSubstr("the document before has ended")));
}

TEST(YamlParser, RefusesAnAliasInsideItsAnchor) {
  EXPECT_THAT(ParseText("a: &x [1, *x]\n").Lines(),
              ElementsAre(HasSubstr("1:11+2 yaml-alias")));
}

TEST(YamlParser, RefusesNulByEscape) {
  EXPECT_THAT(ParseText("a: \"x\\0y\"\n").Lines(),
              ElementsAre(HasSubstr("1:4+6 yaml-nul")));
}

// Syntax errors.

TEST(YamlParser, SaysSyntaxErrorsInPlainWordsAndAtTheirPlace) {
  const struct {
    const char* text;
    const char* want;
  } cases[] = {
      {"a: b: c\n", "1:5+1 yaml-syntax: a second \"key: value\""},
      {"a: 1\n  b: 2\n", "2:4+1 yaml-syntax: a second \"key: value\""},
      {"a: [1, 2\nb: 3\n", "1:4+1 yaml-syntax: this [ is never closed"},
      {"a: {b: 1\nc: 3\n", "1:4+1 yaml-syntax: this { is never closed"},
      {"a: 'x\n", "1:4+2 yaml-syntax: this quoted text is never closed"},
      {"a: 'x''\n", "1:4+4 yaml-syntax: this quoted text is never closed"},
      {"a: \"x\n", "1:4+2 yaml-syntax: this quoted text is never closed"},
      {"a: \"x", "yaml-syntax: a quoted text is never closed"},
      {"a: ]\n", "1:4+1 yaml-syntax: this bracket closes nothing"},
      {"a: @x\n", "1:4+1 yaml-syntax: no text can begin"},
      {"a: - b\n", "1:4+1 yaml-syntax: a list entry (-)"},
      {"a: *x\n", "1:4+1 yaml-syntax: this alias (*) names no anchor"},
      {"a: \"\\q\"\n", "yaml-syntax: YAML doesn't know this escape"},
      {"a: \"\\xzz\"\n", "yaml-syntax: the escape wants hexadecimal"},
      {"a:\n\t- b\n", "yaml-syntax: "},
      {"a: |x\n  b\n", "yaml-syntax: only an indentation"},
      {"é: [é, \"ü\", @]\n", "1:13+1 yaml-syntax: no text can begin"},
  };
  for (const auto& c : cases) {
    const Parsed parsed = ParseText(c.text);
    EXPECT_THAT(parsed.Lines(), ElementsAre(HasSubstr(c.want))) << c.text;
    for (const Diagnostic& diagnostic : parsed.diagnostics.items()) {
      EXPECT_THAT(diagnostic.summary, Not(HasSubstr("yaml-cpp")));
    }
    ASSERT_FALSE(parsed.documents.empty()) << c.text;
    EXPECT_TRUE(parsed.documents.back().broken) << c.text;
  }
}

TEST(YamlParser, GoesOnAtTheNextDocument) {
  const Parsed parsed =
      ParseText("a: 1\n---\nb: [\n---\nc: 1\n---\nd: }\n---\ne: 1\n");
  EXPECT_THAT(parsed.Lines(),
              ElementsAre(HasSubstr("3:4+1"), HasSubstr("7:4+1")));
  ASSERT_EQ(parsed.documents.size(), 5u);
  EXPECT_FALSE(parsed.documents[0].broken);
  EXPECT_TRUE(parsed.documents[1].broken);
  EXPECT_EQ(Place(parsed.documents[2].root.FindPath("c")->range()), "5:4+1");
  EXPECT_TRUE(parsed.documents[3].broken);
  EXPECT_EQ(parsed.documents[4].line, 9u);
}

// Bytes.

TEST(YamlParser, RefusesWhatIsNoUtf8Text) {
  using namespace std::string_literals;
  const struct {
    std::string bytes;
    const char* want;
  } cases[] = {
      {"\xFF\xFE"
       "a\0:\0"s,
       "UTF-16"},
      {"\xFE\xFF\0a\0:"s, "UTF-16"},
      {"a\0:\0 \0"s, "UTF-16"},
      {"\0\0\0a"s, "UTF-16 or UTF-32"},
      {"a: \xC3("s, "1:4+1 yaml-encoding: the file is not valid UTF-8"},
      {"a: 1\nb: \xED\xA0\x80"s, "2:4+1 yaml-encoding"},
      {"a: \xC0\xAF"s, "not valid UTF-8"},
      {"a: \xF4\x90\x80\x80"s, "not valid UTF-8"},
      {"a: x\0y"s, "NUL"},
      {"a: x\x1By"s, "U+001B"},
      {"a: x\x7Fy"s, "U+007F"},
      {"a: x\xC2\x9By"s, "U+009B"},
      {"a: 1\rb: 2"s, "1:5+1 yaml-encoding: a carriage return"},
      {"é\x01"s, "1:2+1 yaml-encoding: control character U+0001"},
  };
  for (const auto& c : cases) {
    const Parsed parsed = ParseText(c.bytes);
    EXPECT_THAT(parsed.Lines(), ElementsAre(HasSubstr(c.want))) << c.bytes;
    ASSERT_EQ(parsed.documents.size(), 1u);
    EXPECT_TRUE(parsed.documents[0].broken);
  }
}

TEST(YamlParser, TakesAnyOtherCharacter) {
  const Parsed parsed = ParseText("a: \"\xF0\x9F\x98\x80 \xC2\x85\t\"\n");
  EXPECT_THAT(parsed.Lines(), IsEmpty());
}

}  // namespace
}  // namespace writ::manifests
