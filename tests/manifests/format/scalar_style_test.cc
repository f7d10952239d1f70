#include "manifests/format/scalar_style.h"

#include <gtest/gtest.h>
// RapidCheck's bridge wants gtest first.
#include <rapidcheck/gtest.h>

#include <string>
#include <string_view>

#include "tests/manifests/format/yaml_meaning.h"

namespace writ::manifests::format {
namespace {

TEST(ScalarStyle, KnowsWhatSomeReaderTakesForATypedValue) {
  for (const char* text : {"",
                           "~",
                           "null",
                           "Null",
                           "y",
                           "N",
                           "yes",
                           "No",
                           "on",
                           "OFF",
                           "true",
                           "False",
                           "0",
                           "010",
                           "0o17",
                           "0x1F",
                           "1_000",
                           "12:30:45",
                           "1.5",
                           ".5",
                           "1e3",
                           "-7",
                           "+1",
                           ".inf",
                           "-.INF",
                           ".nan",
                           "2026-11-27",
                           "<<",
                           "=",
                           "0b101",
                           "1.",
                           "6.02e23",
                           "2026-11-27T00:00:00Z",
                           "2026-11-27 01:02:03 +1"}) {
    EXPECT_TRUE(MayBeTyped(text)) << text;
  }
  for (const char* text : {"nope", "onto", "a1", "order-service", "1/s",
                           "300/15m", "10.0.0.0/8", "nullable", "yes-man"}) {
    EXPECT_FALSE(MayBeTyped(text)) << text;
  }
}

TEST(ScalarStyle, PrefersThePlainFormThenDoubleQuotes) {
  struct Case {
    std::string_view input;
    std::string_view want;
  };
  const Case cases[] = {
      // Plain where it says the same to everybody.
      {"\"order-service\"", "order-service"},
      {"'Order Service'", "Order Service"},
      {"\"a/b.yaml\"", "a/b.yaml"},
      {"'10.0.0.0/8'", "10.0.0.0/8"},
      {"\"Zürich\"", "Zürich"},
      // Typed without quotes.
      {"\"no\"", "\"no\""},
      {"'010'", "\"010\""},
      {"'1.0'", "\"1.0\""},
      {"\"2026-11-27\"", "\"2026-11-27\""},
      {"''", "\"\""},
      {"'~'", "\"~\""},
      {"\"90d\"", "\"90d\""},
      // Signs that YAML knows, or that people quote by habit.
      {"'inbox:read'", "\"inbox:read\""},
      {"'**/*.yaml'", "\"**/*.yaml\""},
      {"'- a'", "\"- a\""},
      {"'#oncall'", "\"#oncall\""},
      {"'${vars.a}'", "\"${vars.a}\""},
      {"' a'", "\" a\""},
      {"'a '", "\"a \""},
      {"'it''s'", "\"it's\""},
      // Single quotes where double ones would want escapes.
      {R"('say "x"')", R"('say "x"')"},
      {R"('^\d+$')", R"('^\d+$')"},
      {"'a\tb'", "'a\tb'"},
      {"'a\xC2\x85'", "'a\xC2\x85'"},
      // Escapes are left alone.
      {R"("a\tb")", R"("a\tb")"},
      {R"("a\"b")", R"("a\"b")"},
  };
  for (const Case& c : cases) EXPECT_EQ(PreferredForm(c.input), c.want);
}

TEST(ScalarStyle, DecodesWhatHasNoEscapes) {
  EXPECT_EQ(DecodeQuoted("'it''s'"), "it's");
  EXPECT_EQ(DecodeQuoted("\"a b\""), "a b");
  EXPECT_EQ(DecodeQuoted("\"\""), "");
  EXPECT_EQ(DecodeQuoted(R"("a\n")"), std::nullopt);
}

// Whatever loses its quotes is a string to YAML 1.1 and 1.2.
RC_GTEST_PROP(ScalarStyle, NeverUnquotesATypedValue, ()) {
  const auto text = *rc::gen::container<std::string>(
      rc::gen::elementOf(std::string("0123456789abefnoxyTZ_.:-+ /~<=sulrt")));
  const std::string quoted = "'" + text + "'";
  const std::string preferred = PreferredForm(quoted);
  if (preferred == text) RC_ASSERT(!IsTyped(text));
  RC_ASSERT(MeaningOf(preferred, false) == MeaningOf(quoted, false));
  RC_ASSERT(PreferredForm(quoted) == preferred);
}

}  // namespace
}  // namespace writ::manifests::format
