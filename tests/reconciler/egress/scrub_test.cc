#include "reconciler/egress/scrub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "reconciler/egress/encoding.h"
#include "schema/json.h"

namespace writ::reconciler {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kCanary[] = "canary/\"x\"+y=z & ~1<2>";

// T-07, T-17: every form in which a server may say the value again.
TEST(Scrub, RemovesEveryForm) {
  const std::string value = kCanary;
  const SecretValue secret = SecretValue::Copy(value);
  const std::string quoted = QuoteJson(value);
  const struct {
    const char* name;
    std::string form;
  } cases[] = {
      {"plain", value},
      {"json", quoted.substr(1, quoted.size() - 2)},
      {"json with slashes", R"(canary\/\"x\"+y=z & ~1<2>)"},
      {"json in json", QuoteJson(quoted)},
      {"percent", PercentEncode(value)},
      {"percent, lower", "canary%2f%22x%22%2by%3dz%20%26%20~1%3c2%3e"},
      {"form", "canary%2F%22x%22%2By%3Dz+%26+~1%3C2%3E"},
      {"hex", HexLower(value)},
      {"html", "canary/&quot;x&quot;+y=z &amp; ~1&lt;2&gt;"},
  };
  for (const auto& c : cases) {
    const std::string shown = Scrub("<" + c.form + ">", {secret});
    EXPECT_THAT(shown, HasSubstr("(not shown)")) << c.name;
    EXPECT_THAT(shown, Not(HasSubstr("canary"))) << c.name;
    EXPECT_LT(shown.size(), 30U) << c.name << " " << shown;
  }
}

TEST(Scrub, RemovesEscapedLineEnds) {
  const SecretValue key = SecretValue::Copy("-begin-\nbytes\tof/key\r\n-end-");
  for (const char* form :
       {R"(-begin-\nbytes\tof/key\r\n-end-)",
        R"(-begin-\nbytes\tof\/key\r\n-end-)",
        R"(-begin-\u000abytes\u0009of/key\u000d\u000a-end-)"}) {
    EXPECT_EQ(Scrub(form, {key}), "(not shown)");
  }
}

TEST(Scrub, RemovesBase64AtEachAlignment) {
  const std::string value = "vela_live_0123456789abcdef";
  const SecretValue secret = SecretValue::Copy(value);
  for (const char* before : {"", "u", "us", "user:"}) {
    for (const char* after : {"", "x", "xy"}) {
      const std::string text = Base64(before + value + after);
      const std::string shown = Scrub(text, {secret});
      EXPECT_THAT(shown, HasSubstr("(not shown)")) << before << after;
      // Only what the neighbours share is left.
      EXPECT_LT(shown.size(), 30U) << shown;
    }
  }
}

TEST(Scrub, RemovesTheBeginningOfAValueWhereTheTextBreaksOff) {
  const SecretValue secret = SecretValue::Copy("canary-value-of-the-test");
  EXPECT_EQ(Scrub("said: canary-val", {secret}), "said: (not shown)");
  EXPECT_EQ(Scrub("said: cat", {secret}), "said: cat");
}

TEST(Scrub, TakesTheLongerOfTwoValuesFirst) {
  const SecretValue shorter = SecretValue::Copy("canary");
  const SecretValue longer = SecretValue::Copy("canary-and-more");
  EXPECT_EQ(Scrub("a canary-and-more b", {shorter, longer}), "a (not shown) b");
}

TEST(Scrub, LeavesTheRestAsItIs) {
  const SecretValue secret = SecretValue::Copy("canary");
  const SecretValue empty;
  EXPECT_EQ(Scrub("nothing to see", {secret, empty}), "nothing to see");
  EXPECT_EQ(Scrub("", {secret}), "");
}

RC_GTEST_PROP(Scrub, LeavesNoValueOfAnyBytes,
              (const std::string& before, const std::string& after)) {
  const std::string value = *rc::gen::nonEmpty<std::string>();
  RC_PRE(std::string("(not shown)").find(value) == std::string::npos);
  RC_PRE(before.find("(not") == std::string::npos);
  const SecretValue secret = SecretValue::Copy(value);
  const std::string shown = Scrub(before + value + after, {secret});
  RC_ASSERT(shown.find("(not shown)") != std::string::npos);
}

TEST(Excerpt, IsOnePlainShortLine) {
  const SecretValue secret = SecretValue::Copy("canary");
  EXPECT_EQ(Excerpt("  a\r\n\n b\x1b[31m canary \xe2\x80\xae", {secret}),
            "a b [31m (not shown)");
  const std::string cut = Excerpt(std::string(500, 'x'), {}, 10);
  EXPECT_EQ(cut, "xxxxxxxxxx…");
  // Cutting comes last, so that no half value passes.
  EXPECT_THAT(Excerpt("1234567canary", {secret}, 10), Not(HasSubstr("can")));
}

}  // namespace
}  // namespace writ::reconciler
