#include "schema/format_check.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <cstddef>
#include <string>
#include <vector>

namespace writ {
namespace {

struct Case {
  Format format;
  std::vector<std::string> good;
  std::vector<std::string> bad;
};

const std::vector<Case> kCases = {
    {Format::kNone,
     {"", "a\nb\tc", "é", "👩‍👩‍👧"},
     {std::string("a\0b", 3), "\x1b[31m", "\xff", "a\xe2\x80\xae"}},
    {Format::kLine,
     {"", "a b", "#alerts"},
     {"a\nb", "a\tb", "\xe2\x80\x8b", "\xe2\x80\xa8", "\xc2\x85"}},
    {Format::kName,
     {"a", "a-b.c", "0", std::string(253, 'a')},
     {"", "A", "a_b", "-a", "a.", "a/b", std::string(254, 'a'), "é"}},
    {Format::kOwner, {"acme"}, {"Acme", ""}},
    {Format::kSecretKey,
     {"A", "A_1", std::string(128, 'A')},
     {"", "a", "1A", "_A", "A-B", std::string(129, 'A')}},
    {Format::kLabelKey,
     {"team", "example.org/Team", "a_b.c-d"},
     {"", "/a", "a/", "a/b/c", "Example.org/a", "-a", std::string(64, 'a')}},
    {Format::kLabelValue,
     {"", "a", "A_b.c-1"},
     {"a b", "-a", "a-", std::string(64, 'a')}},
    {Format::kTimeZone,
     {"UTC", "Europe/Zurich", "America/Argentina/Buenos_Aires"},
     {"", "CEST+2", "Europe/Nowhere", "../../etc/passwd", "europe/zurich"}},
    {Format::kRate,
     {"1/s", "300/15m", "9999999/1d"},
     {"", "1", "/s", "0/s", "01/s", "1/", "1/0s", "1/x", "-1/s", "1.5/s",
      "10000000/s"}},
    {Format::kRegex,
     {"", "^a+$", "[0-9]{1,3}"},
     {"(", "(?=a)", "\\1", "((((a{100}){100}){100}){100})",
      std::string(4097, 'a')}},
    {Format::kCel, {"", "a"}, {std::string(16385, 'a')}},
    {Format::kGlob,
     {"a/**/*.yaml", "*.yml", "**"},
     {"", "/a", "../a", "a//b", "./a", "a/**b", "a\\b"}},
    {Format::kRelativePath,
     {"a", "a/b", ".writ/signers", "a/"},
     {"", "/a", "..", "a/../b", "a//b", ".", "./a", "a\\b", "a\nb"}},
    {Format::kAbsolutePath,
     {"/a", "/a/b.c"},
     {"", "a", "/", "/a/../b", "//a", "/a\x01"}},
    {Format::kEventName,
     {"a.b", "a.*", "*", "*.failed"},
     {"", "A.b", ".a", "a/b"}},
    {Format::kFieldPath,
     {"a", "a.b", "metadata.trace-id", "$x.@y"},
     {"", "a..b", ".a", "a b", "a[0]"}},
    {Format::kResourcePath,
     {"spec", "spec.a", "spec.fields[a.b].required", "metadata.labels",
      "metadata.labels.example/a"},
     {"", "a", "lifecycle.protect", "spec.", "spec[a", "spec.a[]", "spec.a]",
      "spec.[a]", "spec.a[b]c"}},
    {Format::kAddress,
     {"App/a", "Token/acme/a", "Secret/p/KEY", "EventSchema/shop/a.b"},
     {"", "a", "App/a/b", "Token/a", "Secret/p/key", "Patch/a", "app/a",
      "App/A", "App/"}},
    {Format::kScope, {"inbox:read", "admin:all"}, {"inbox", "", "*"}},
    {Format::kHttpMethod, {"GET", "DELETE"}, {"get", "", "TRACE"}},
    {Format::kWorkspaceId,
     {"64f1a2b3c4d5e6f7a8b9c0d1"},
     {"", "64F1a2b3c4d5e6f7a8b9c0d1", "64f1a2b3c4d5e6f7a8b9c0d"}},
    {Format::kFileMode, {"0600", "0640"}, {"600", "0800", "", "00600"}},
    {Format::kEnvName, {"A", "_a1"}, {"", "1A", "A-B", "A=B"}},
    {Format::kIdentifier, {"a", "A_1"}, {"", "1", "a.b"}},
    {Format::kPolicyPack, {"rotation"}, {"", "rotations"}},
    {Format::kFieldName,
     {"a", "trace-id", "$a", "0"},
     {"", "a.b", "a b", std::string(129, 'a')}},
    {Format::kUrlPath,
     {"/", "/a/*/**", "/a:b"},
     {"", "a", "/a//b", "/../a", "/a*", "/a%2fb", "/a;b", "/a\\b", "/a?b"}},
    {Format::kCidr,
     {"10.0.0.0/8", "::1", "2001:db8::/32"},
     {"", "10.0.0.0/33", "10.0.0", "::1/129", "10.0.0.0/08"}},
    {Format::kHost,
     {"a", "a.example.org", "10.0.0.1", "::1"},
     {"", "a b", "https://a", "a:1", "-a"}},
    {Format::kUrl,
     {"https://a.example.org/b?c=d", "http://127.0.0.1:1"},
     {"", "a", "http://a.example.org", "ftp://a"}},
    {Format::kEmail, {"a.b+c@example.org"}, {"", "a", "@b", "a@", "a@b@c"}},
    {Format::kCron, {"0 3 * * *", "@daily"}, {"", "* * * *"}}};

TEST(FormatCheck, KnowsGoodFromBad) {
  for (const Case& item : kCases) {
    for (const std::string& text : item.good) {
      EXPECT_TRUE(MatchesFormat(item.format, text))
          << static_cast<int>(item.format) << ": " << text;
    }
    for (const std::string& text : item.bad) {
      EXPECT_FALSE(MatchesFormat(item.format, text))
          << static_cast<int>(item.format) << ": " << text;
    }
  }
}

TEST(FormatCheck, HasARowForEachFormat) {
  for (int i = 1; i <= static_cast<int>(Format::kUrlPath); ++i) {
    const FormatRow& row = RowOf(static_cast<Format>(i));
    EXPECT_FALSE(row.name.empty());
    EXPECT_FALSE(row.problem.empty());
    EXPECT_TRUE(!row.expectation.empty() || !ClosedSetOf(row.format).empty());
    EXPECT_NE(row.matches, nullptr);
  }
}

TEST(FormatCheck, TestsEachFormat) {
  EXPECT_EQ(kCases.size(), static_cast<std::size_t>(Format::kUrlPath) + 1);
}

// The pattern that editors get may let more through, never less.
TEST(FormatCheck, HasPatternsThatTakeWhatIsGood) {
  for (const Case& item : kCases) {
    if (item.format == Format::kNone) continue;
    const std::string_view pattern = RowOf(item.format).pattern;
    if (pattern.empty()) continue;
    for (const std::string& text : item.good) {
      EXPECT_TRUE(re2::RE2::PartialMatch(
          text, re2::StringPiece(pattern.data(), pattern.size())))
          << pattern << " " << text;
    }
  }
}

}  // namespace
}  // namespace writ
