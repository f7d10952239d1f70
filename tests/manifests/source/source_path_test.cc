#include "manifests/source/source_path.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace writ::manifests {
namespace {

// T-22
TEST(SourcePath, StaysInside) {
  struct Case {
    std::string_view input;
    std::optional<std::string> want;
  };
  const Case cases[] = {
      {"", ""},
      {".", ""},
      {"a/b.yaml", "a/b.yaml"},
      {"./a//b/", "a/b"},
      {"a/./b", "a/b"},
      {"..a/b..", "..a/b.."},
      {"..", std::nullopt},
      {"a/../b", std::nullopt},
      {"/etc/passwd", std::nullopt},
      {std::string_view("a\0b", 3), std::nullopt},
  };
  for (const Case& c : cases) {
    const auto got = NormalizePath(c.input);
    EXPECT_EQ(got.has_value(), c.want.has_value()) << c.input;
    if (got) {
      EXPECT_EQ(*got, c.want.value_or("refused"));
    } else {
      EXPECT_EQ(got.error().code, ErrorCode::kInvalidArgument);
    }
  }
}

TEST(SourcePath, KnowsYamlByItsName) {
  EXPECT_TRUE(IsYamlName("app.yaml"));
  EXPECT_TRUE(IsYamlName("app.yml"));
  EXPECT_FALSE(IsYamlName("app.yaml.bak"));
  EXPECT_FALSE(IsYamlName("app.YAML"));
  EXPECT_FALSE(IsYamlName(".yaml"));
}

TEST(SourcePath, LinksMatterWhenTheyMayHoldManifests) {
  EXPECT_TRUE(MayHoldManifests("manifests"));
  EXPECT_TRUE(MayHoldManifests("app.yaml"));
  EXPECT_TRUE(MayHoldManifests("v1.2"));
  EXPECT_TRUE(MayHoldManifests("odd."));
  EXPECT_FALSE(MayHoldManifests("README.md"));
}

TEST(SourcePath, MakesTextHarmless) {
  struct Case {
    std::string_view input;
    std::string_view want;
  };
  const Case cases[] = {
      {"plain é 漢", "plain é 漢"},
      {"\x1b[31mred", "\xEF\xBF\xBD[31mred"},
      {"two\nlines", "two\xEF\xBF\xBDlines"},
      {"latin \xE9", "latin \xEF\xBF\xBD"},
      {"c1 \xC2\x9B", "c1 \xEF\xBF\xBD"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Harmless(c.input), c.want);
    EXPECT_EQ(IsHarmless(c.input), c.input == c.want) << c.input;
  }
}

}  // namespace
}  // namespace writ::manifests
