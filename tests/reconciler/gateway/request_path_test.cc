#include "reconciler/gateway/request_path.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace writ::reconciler::gateway {
namespace {

using Segments = std::vector<std::string>;

TEST(SplitPath, DecodesEachSegmentOnce) {
  EXPECT_EQ(SplitPath("/"), Segments{});
  EXPECT_EQ(SplitPath("/v1/apps"), (Segments{"v1", "apps"}));
  EXPECT_EQ(SplitPath("/v1/apps/"), (Segments{"v1", "apps", ""}));
  EXPECT_EQ(SplitPath("/a%20b/%C3%A9"), (Segments{"a b", "\u00e9"}));
  EXPECT_EQ(SplitPath("/a+b"), Segments{"a+b"});
  EXPECT_EQ(SplitPath("/..."), Segments{"..."});
  EXPECT_EQ(SplitPath("/.well-known"), Segments{".well-known"});
}

// T-08: what could be read in two ways is refused.
TEST(SplitPath, RefusesWhatCouldBeReadTwice) {
  const std::vector<std::string> paths = {
      "",
      "a",
      "*",
      "//",
      "//a",
      "/a//b",
      "/a//",
      "/.",
      "/..",
      "/a/../b",
      "/a/./b",
      "/%2e%2e/b",
      "/%2E%2e",
      "/.%2e/b",
      "/%2e",
      "/a%2fb",
      "/a%2Fb",
      "/a%5cb",
      "/a%5Cb",
      "/a\\b",
      "/a%00",
      "/%00",
      "/a%0a",
      "/a%0D%0Ab",
      "/a%7f",
      "/a%252fb",
      "/a%25",
      "/a;b",
      "/a%3bb",
      "/a%",
      "/a%2",
      "/a%zz",
      "/a%+1",
      "/a%c3",
      "/a%c0%af",
      "/a%ff",
      "/a%ed%a0%80",
      "/\u00e9",
      "/a b",
      "/a\tb",
      "/a?b",
      "/a#b",
      "/a%e0%80%af",
      "/a%f4%90%80%80",
  };
  for (const std::string& path : paths) {
    EXPECT_FALSE(SplitPath(path).has_value()) << path;
  }
  EXPECT_FALSE(SplitPath(std::string("/a\0b", 4)).has_value());
}

TEST(PercentDecode, TakesTwoDigitsOrNothing) {
  EXPECT_EQ(PercentDecode("a%2Fb%2f+"), "a/b/+");
  EXPECT_EQ(PercentDecode("%25"), "%");
  EXPECT_EQ(PercentDecode(""), "");
  EXPECT_EQ(PercentDecode("%"), std::nullopt);
  EXPECT_EQ(PercentDecode("%1"), std::nullopt);
  EXPECT_EQ(PercentDecode("%g0"), std::nullopt);
}

}  // namespace
}  // namespace writ::reconciler::gateway
