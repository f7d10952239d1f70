#include "engine/cel/source.h"

#include <gtest/gtest.h>

namespace writ::engine::cel {
namespace {

TEST(Source, CountsLinesAndCodePointsFromOne) {
  const Source source("a\n\xC3\xA9\xF0\x9F\x98\x80 b");
  EXPECT_EQ(source.PositionOf(0), (Position{1, 1}));
  EXPECT_EQ(source.PositionOf(1), (Position{1, 2}));
  EXPECT_EQ(source.PositionOf(2), (Position{2, 1}));
  EXPECT_EQ(source.PositionOf(4), (Position{2, 2}));
  EXPECT_EQ(source.PositionOf(9), (Position{2, 4}));
}

TEST(Source, PutsWhatLiesBehindTheEndAtTheEnd) {
  EXPECT_EQ(Source("ab").PositionOf(9), (Position{1, 3}));
}

TEST(Source, CutsTheTextOfASpan) {
  EXPECT_EQ(Source("a + bc").TextOf({4, 6, 4}), "bc");
}

}  // namespace
}  // namespace writ::engine::cel
