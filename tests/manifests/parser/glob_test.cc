#include "manifests/glob.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace writ::manifests {
namespace {

TEST(Glob, Matches) {
  const struct {
    std::string_view pattern;
    std::string_view path;
    bool want;
  } cases[] = {
      {"a.yaml", "a.yaml", true},
      {"a.yaml", "b/a.yaml", false},
      {"*.yaml", "a.yaml", true},
      {"*.yaml", "a.yml", false},
      {"*.yaml", "b/a.yaml", false},
      {"*", "a", true},
      {"*", "a/b", false},
      {"a*b*c", "a-b-b-c", true},
      {"a*b*c", "a-b-b-d", false},
      {"a**b", "axxb", true},
      {"a**b", "ax/xb", false},
      {"a?c", "abc", true},
      {"a?c", "aéc", true},
      {"a?c", "ac", false},
      {"a?c", "a/c", false},
      {"**", "a/b/c", true},
      {"**/c", "c", true},
      {"**/c", "a/b/c", true},
      {"**/c", "a/b/cc", false},
      {"a/**", "a/b", true},
      {"a/**", "a/b/c", true},
      {"a/**", "b/a", false},
      {"a/**/d", "a/d", true},
      {"a/**/d", "a/b/c/d", true},
      {"a/**/d", "a/b/c/e", false},
      {"**/b/**/d", "a/b/c/b/d", true},
      {"**/b/*/d", "b/b/c/d", true},
      {"manifests/**/*.yaml", "manifests/a.yaml", true},
      {"manifests/**/*.yaml", "manifests/x/y/a.yaml", true},
      {"manifests/**/*.yaml", "other/a.yaml", false},
      {"dir/", "dir/a/b", true},
      {"./dir/*", "dir/a", true},
      {"[abc].yaml", "b.yaml", true},
      {"[abc].yaml", "d.yaml", false},
      {"[a-c]x", "bx", true},
      {"[!a-c]x", "bx", false},
      {"[^a-c]x", "dx", true},
      {"[]]x", "]x", true},
      {"[a-]x", "-x", true},
      {"[à-ü]x", "éx", true},
      {"[abc", "[abc", true},
      {"[abc", "a", false},
      {"", "", true},
      {"", "a", false},
      // Hidden names are met by name only.
      {"*", ".a", false},
      {"?a", ".a", false},
      {"[.]a", ".a", false},
      {".*", ".a", true},
      {"**/*.yaml", ".github/ci.yaml", false},
      {"**/*.yaml", "a/.b/ci.yaml", false},
      {"**/*.yaml", "a/.ci.yaml", false},
      {".github/**", ".github/ci.yaml", true},
      {"**/.github/*", "a/.github/ci.yaml", true},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Glob(c.pattern).Matches(c.path), c.want)
        << c.pattern << " against " << c.path;
  }
}

// Backtracking that takes back more than the last star would never end here.
TEST(Glob, CostsAtMostTheProductOfTheLengths) {
  std::string pattern;
  std::string folders;
  for (int i = 0; i < 200; ++i) {
    pattern += "*a";
    folders += "**/a/";
  }
  EXPECT_FALSE(Glob(pattern + "b").Matches(std::string(5000, 'a')));
  std::string path;
  for (int i = 0; i < 1000; ++i) path += "a/";
  EXPECT_FALSE(Glob(folders + "b").Matches(path + "a"));
}

TEST(Glob, MatchesAnyIsFalseForNone) {
  EXPECT_FALSE(MatchesAny({}, "a"));
  EXPECT_TRUE(MatchesAny({Glob("b"), Glob("a")}, "a"));
}

}  // namespace
}  // namespace writ::manifests
