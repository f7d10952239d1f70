#include "engine/cel/semantic_version.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace writ::engine::cel {
namespace {

TEST(SemanticVersion, PrintsWhatItRead) {
  for (const char* text :
       {"0.0.0", "1.2.3", "10.20.30", "1.0.0-alpha", "1.0.0-alpha.1",
        "1.0.0-0.3.7", "1.0.0-x-y-z.--", "1.0.0+20130313144700",
        "1.0.0-beta+exp.sha.5114f85", "1.0.0+21AF26D3---117B344092BD",
        "1.0.0+001", "1.0.0-0A", "1.2.3----R-S.12.9.1--.12+meta",
        "9223372036854775807.0.0"}) {
    const auto version = ParseSemanticVersion(text);
    ASSERT_TRUE(version) << text;
    EXPECT_EQ(version->ToText(), text);
  }
}

TEST(SemanticVersion, RefusesWhatIsNone) {
  for (const char* text :
       {"",          "1",          "1.2",
        "1.2.3.4",   "v1.2.3",     "01.2.3",
        "1.02.3",    "1.2.03",     "1.2.3-",
        "1.2.3+",    "1.2.3-+",    "1.2.3-a..b",
        "1.2.3-01",  "1.2.3-a.01", "1.2.3-ä",
        "1.2.3-a_b", "1.2.3+a+b",  "1.2.3+a..b",
        " 1.2.3",    "1.2.3 ",     "1..3",
        ".1.2",      "1.2.",       "-1.2.3",
        "+1.2.3",    "1.2.-3",     "a.b.c",
        "200K",      "1.2.3-a.",   "9223372036854775808.0.0"}) {
    EXPECT_FALSE(ParseSemanticVersion(text)) << text;
  }
}

TEST(SemanticVersion, IsReadLooselyToo) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"v1.2.3", "1.2.3"},
      {"1.2", "1.2.0"},
      {"v1", "1.0.0"},
      {"01.02.03", "1.2.3"},
      {"1.2.00", "1.2.0"},
      {"0", "0.0.0"},
      {"v01.0002.3-alpha.1+b", "1.2.3-alpha.1+b"},
      {"1.2.00-rc", "1.2.0-rc"},
      {"1.2.3-01", ""},
      {"1.2-alpha", ""},
      {"1+b", ""},
      {"vv1", ""},
      {"V1", ""},
      {"", ""},
      {"v", ""},
      {"1.", ""},
      {".", ""},
      {" 1.2.3", ""},
      {"1.2.3.4", ""},
  };
  for (const auto& [text, want] : cases) {
    const auto version = ParseLooseVersion(text);
    EXPECT_EQ(version ? version->ToText() : "", want) << text;
  }
}

// semver.org, section 11, and neighbours.
TEST(SemanticVersion, HasTheOrderOfTheSpecification) {
  const std::vector<std::string> rising = {
      "0.0.0-0",       "0.0.0",
      "0.0.1",         "0.1.0",
      "1.0.0-0",       "1.0.0-2",
      "1.0.0-11",      "1.0.0-alpha",
      "1.0.0-alpha.1", "1.0.0-alpha.beta",
      "1.0.0-beta",    "1.0.0-beta.2",
      "1.0.0-beta.11", "1.0.0-beta.99999999999999999999",
      "1.0.0-beta.a",  "1.0.0-rc.1",
      "1.0.0",         "1.9.0",
      "1.10.0",        "2.0.0",
  };
  for (std::size_t i = 0; i < rising.size(); ++i) {
    for (std::size_t j = 0; j < rising.size(); ++j) {
      EXPECT_EQ(ComparePrecedence(*ParseSemanticVersion(rising[i]),
                                  *ParseSemanticVersion(rising[j])),
                i <=> j)
          << rising[i] << " " << rising[j];
    }
  }
}

TEST(SemanticVersion, IsOrderedWithoutItsBuild) {
  EXPECT_EQ(ComparePrecedence(*ParseSemanticVersion("1.0.0+a"),
                              *ParseSemanticVersion("1.0.0+b")),
            std::strong_ordering::equal);
}

}  // namespace
}  // namespace writ::engine::cel
