#include "engine/cel/regex_table.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "engine/cel/regex.h"

namespace writ::engine::cel {
namespace {

// What RE2 says by itself.
bool MatchesByRe2(const std::string& pattern, const std::string& text) {
  std::string mistake;
  const auto regex = Regex::Compile(pattern, RegexUse::kOnce, mistake);
  EXPECT_NE(regex, nullptr) << pattern << ": " << mistake;
  return regex->Matches(text);
}

TEST(RegexTable, AgreesWithRe2) {
  const std::vector<std::string> patterns = {
      "",
      "a",
      "^a",
      "a$",
      "^$",
      "$^",
      "^a|b$",
      "a|b|",
      "(a|b)*c",
      "^(a*)*$",
      "^a+?b$",
      "a{2}",
      "^a{2,}$",
      "^a{1,3}$",
      "^(ab){0,2}$",
      "a{0}b",
      "(^a)+b",
      "(a$)*",
      "(?:a|^)b",
      ".",
      "^.$",
      "a.c",
      "[a-c]",
      "[^a-c]",
      "^[]a]$",
      "^[^]a]$",
      "[a-]",
      "[-a]",
      "^[\\da]+$",
      "\\d",
      "\\D",
      "\\w+$",
      "^\\W",
      "\\s",
      "^\\S+$",
      "\\.",
      "\\\\",
      "^[a\\]]$",
      "\\t|\\n",
      "()",
      "(a|)(b|)c",
      "((a))",
      "^[a-z][a-z0-9-]{2,4}$",
      "a(b$|c)",
      "a^b",
      "a$b",
      "(a|ab)(c|bcd)",
      "x*",
  };
  const std::vector<std::string> texts = {
      "",     "a",   "b",    "c",      "ab",   "ba",     "aa", "aaa",
      "aaaa", "abc", "abab", "ababab", "a\nc", "\n",     "\t", " ",
      "a-b",  "-",   "]",    "\\",     ".",    "1",      "a1", "_",
      "abcd", "a]",  "x",    "ABC",    "ac",   "abcde-", "\v",
  };
  for (const std::string& pattern : patterns) {
    const auto table = RegexTable::Make(pattern);
    ASSERT_TRUE(table) << pattern;
    for (const std::string& text : texts) {
      EXPECT_EQ(table->Matches(text), MatchesByRe2(pattern, text))
          << pattern << " on " << text;
    }
  }
}

TEST(RegexTable, LeavesToRe2WhatIsNotPlain) {
  for (const std::string pattern :
       {"(?i)a", "(?P<n>a)", "\\ba", "\\x41", "\\pL", "\\101", "[[:alpha:]]",
        "é", "[à-é]", "\\Qa.b\\E", "a{", "a}", "]", "(?s).", "[a-\\d]", "\\C",
        "\\z", "[\\a-z]"}) {
    EXPECT_FALSE(RegexTable::Make(pattern)) << pattern;
  }
  const auto table = RegexTable::Make("^a.b");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->Matches("a\xC3\xA9"
                           "b"),
            std::nullopt);
  // What comes behind the match, or behind what rules it out, is not looked at.
  EXPECT_EQ(table->Matches("axb\xC3\xA9"), true);
  EXPECT_EQ(table->Matches("bx\xC3\xA9"), false);
}

// Neither patterns that grow when copied nor those with many states take long.
TEST(RegexTable, StaysSmall) {
  EXPECT_FALSE(RegexTable::Make("a{1000}"));
  EXPECT_FALSE(RegexTable::Make("(a|b)*a(a|b){12}c"));
  EXPECT_FALSE(RegexTable::Make("((((){30}){30}){30}){30}"));
  std::string nested = "a";
  for (int i = 0; i < 100; ++i) nested = "(" + nested + "|b)*";
  EXPECT_FALSE(RegexTable::Make(nested));
}

std::string AnyPattern(int depth) {
  const auto one_of = [](const std::vector<std::string>& texts) {
    return *rc::gen::elementOf(texts);
  };
  const int kind = depth == 0 ? 0 : *rc::gen::inRange(0, 6);
  if (kind <= 1) {
    return one_of({"a", "b", ".", "^", "$", "[ab]", "[^a]", "\\d", "\\w", "-"});
  }
  if (kind == 2) {
    return "(" + AnyPattern(depth - 1) + "|" + AnyPattern(depth - 1) + ")";
  }
  if (kind == 3) {
    return "(" + AnyPattern(depth - 1) + ")" +
           one_of({"*", "+", "?", "{2}", "{0,2}", "{1,}", "*?"});
  }
  return AnyPattern(depth - 1) + AnyPattern(depth - 1);
}

RC_GTEST_PROP(RegexTable, AgreesWithRe2OnAnyPattern, ()) {
  const std::string pattern = AnyPattern(4);
  const auto table = RegexTable::Make(pattern);
  RC_PRE(table.has_value());
  for (int i = 0; i < 20; ++i) {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::element('a', 'b', '1', '-', '\n'));
    RC_ASSERT(table->Matches(text) == MatchesByRe2(pattern, text));
  }
}

}  // namespace
}  // namespace writ::engine::cel
