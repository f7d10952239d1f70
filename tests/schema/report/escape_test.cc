// T-17: one escape function per output, one hostile corpus for all.
#include "schema/report/escape.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <string_view>

#include "tests/support/hostile_texts.h"

namespace writ {
namespace {

using namespace std::string_view_literals;
using testing::IsHarmless;
using testing::kHostileTexts;

struct Case {
  std::string_view text;
  std::string_view want;
};

TEST(EscapeTerminal, ShowsWhatCannotBeSeen) {
  for (const Case& c : {
           Case{"plain ~!@ text", "plain ~!@ text"},
           Case{"é 日本 😀 →", "é 日本 😀 →"},
           Case{"\x1b[31m", "\\u{1b}[31m"},
           Case{"a\nb\r\tc", "a\\nb\\r\\tc"},
           Case{"\0"sv, "\\u{00}"},
           Case{"\x7f", "\\u{7f}"},
           Case{"\xc2\x9b", "\\u{9b}"},
           Case{"a\u202eb", "a\\u{202e}b"},
           Case{"\u200b", "\\u{200b}"},
           Case{"\U000e0041", "\\u{e0041}"},
           Case{"\xff\xc3(", "\\xff\\xc3("},
           Case{"❤\uFE0F", "❤\uFE0F"},
       }) {
    EXPECT_EQ(EscapeTerminal(c.text), c.want);
  }
}

TEST(EscapeTerminal, KeepsNewlinesAndTabsWhereAsked) {
  EXPECT_EQ(EscapeTerminal("a\n\tb\r", kKeepNewlines), "a\n\tb\\r");
  EXPECT_EQ(EscapeTerminal("a\n\tb", {true, false}), "a\n\\tb");
  EXPECT_EQ(EscapeTerminal("a\n\tb", {false, true}), "a\\n\tb");
}

TEST(EscapeGithubData, EncodesPercentAndNewlines) {
  EXPECT_EQ(EscapeGithubData("100% a:b,c\nnext"), "100%25 a:b,c%0Anext");
  EXPECT_EQ(EscapeGithubData("a\r\nb"), "a\\r%0Ab");
}

TEST(EscapeGithubProperty, EncodesItsSeparatorsToo) {
  EXPECT_EQ(EscapeGithubProperty("a:b,c%\nd"), "a%3Ab%2Cc%25\\nd");
}

TEST(EscapeMarkdown, LeavesPlainTextReadable) {
  EXPECT_EQ(EscapeMarkdown("Token/acme/production-ci: 90d, it's due."),
            "Token/acme/production-ci: 90d, it's due.");
}

TEST(EscapeMarkdown, TakesTheMeaningAway) {
  for (const Case& c : {
           Case{"[x](y)", "\\[x\\]\\(y\\)"},
           Case{"![x](y)", "!&#8203;\\[x\\]\\(y\\)"},
           Case{"**b** `c` ~~s~~", "\\*\\*b\\*\\* \\`c\\` \\~\\~s\\~\\~"},
           Case{"a|b", "a\\|b"},
           Case{"<b>&", "&lt;b&gt;&amp;"},
           Case{"# head", "\\# head"},
           Case{"- item", "\\- item"},
           Case{"+ item", "\\+ item"},
           Case{"12. item", "12\\. item"},
           Case{"1) item", "1\\) item"},
           Case{"=== x", "\\=== x"},
           Case{"/merge", "\\/merge"},
           Case{"    code", "&#32;   code"},
           Case{"@team", "@&#8203;team"},
           Case{"a@b.example", "a@&#8203;b.example"},
           Case{"see #12", "see #&#8203;12"},
           Case{"a/b!3", "a/b!&#8203;3"},
           Case{"https://x", "https\\://x"},
           Case{"www.x", "www\\.x"},
           Case{"a\nb", "a\\\\nb"},
           Case{"\\*", "\\\\\\*"},
       }) {
    EXPECT_EQ(EscapeMarkdown(c.text), c.want) << c.text;
  }
}

TEST(EscapeHtml, EncodesWhatTagsAndAttributesAreMadeOf) {
  EXPECT_EQ(EscapeHtml("<a href=\"x\" b='y'>&"),
            "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;");
  EXPECT_EQ(EscapeHtml("a\n\tb\r\x1b"), "a\n\tb\\r\\u{1b}");
}

TEST(Escapes, NoHostileTextKeepsItsPower) {
  for (const auto& [name, text] : kHostileTexts) {
    SCOPED_TRACE(name);
    EXPECT_TRUE(IsHarmless(EscapeTerminal(text)));
    EXPECT_TRUE(IsHarmless(EscapeTerminal(text, kKeepNewlines), "\n\t"));
    EXPECT_TRUE(IsHarmless(EscapeGithubData(text)));
    EXPECT_TRUE(IsHarmless(EscapeGithubProperty(text)));
    EXPECT_TRUE(IsHarmless(EscapeMarkdown(text)));
    EXPECT_TRUE(IsHarmless(EscapeHtml(text), "\n\t"));
  }
}

// Whatever the bytes: nothing of an output's own syntax is left.
RC_GTEST_PROP(Escapes, HoldForAnyBytes, (const std::string& bytes)) {
  RC_ASSERT(IsHarmless(EscapeTerminal(bytes)));
  const std::string property = EscapeGithubProperty(bytes);
  RC_ASSERT(property.find_first_of(":,\r\n") == std::string::npos);
  RC_ASSERT(EscapeGithubData(bytes).find_first_of("\r\n") == std::string::npos);
  const std::string html = EscapeHtml(bytes);
  RC_ASSERT(html.find_first_of("<>\"'\r") == std::string::npos);
  RC_ASSERT(IsHarmless(html, "\n\t"));
  const std::string markdown = EscapeMarkdown(bytes);
  RC_ASSERT(IsHarmless(markdown));
  RC_ASSERT(markdown.find_first_of("<>") == std::string::npos);
}

// No unescaped mark, read as CommonMark reads backslashes.
RC_GTEST_PROP(EscapeMarkdown, LeavesNoBareMark, ()) {
  const auto text = *rc::gen::container<std::string>(
      rc::gen::elementOf(std::string("a1 \\`*_{}[]()|~@#!-+./:")));
  const std::string markdown = EscapeMarkdown(text);
  for (std::size_t at = 0; at < markdown.size(); ++at) {
    if (markdown[at] == '\\') {
      ++at;
      RC_ASSERT(at < markdown.size());
    } else {
      RC_ASSERT("`*_{}[]()|~"sv.find(markdown[at]) == std::string_view::npos);
      if (markdown[at] == '@') {
        RC_ASSERT(markdown.compare(at + 1, 7, "&#8203;") == 0);
      }
    }
  }
}

}  // namespace
}  // namespace writ
