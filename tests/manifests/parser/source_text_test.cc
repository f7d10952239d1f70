#include "manifests/source_text.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/manifests/parser/parsing.h"

namespace writ::manifests {
namespace {

TEST(SourceText, FindsLines) {
  const SourceText text("a\r\nbé\n\nd", 0);
  EXPECT_EQ(text.Line(0), "");
  EXPECT_EQ(text.Line(1), "a");
  EXPECT_EQ(text.Line(2), "bé");
  EXPECT_EQ(text.Line(3), "");
  EXPECT_EQ(text.Line(4), "d");
  EXPECT_EQ(text.Line(5), "");
}

TEST(SourceText, OffsetsAndPlacesAreInverse) {
  const std::string bytes = "aé\r\nüb日c\n";
  const SourceText text(bytes, 3);
  EXPECT_EQ(Place(text.At(0, 1)), "1:1+1");
  EXPECT_EQ(Place(text.At(1, 2)), "1:2+1");
  EXPECT_EQ(Place(text.At(7, 4)), "2:2+2");
  EXPECT_EQ(text.At(7, 4).file, 3u);
  EXPECT_EQ(text.OffsetOf(text.At(7, 4)), 7u);
  EXPECT_EQ(text.OffsetOf(text.At(11, 1)), 11u);
  EXPECT_EQ(text.OffsetOf({3, 9, 1, 0}), bytes.size());
}

TEST(SourceText, AnExtentEndsWithItsLine) {
  const SourceText text("abc\ndef\n", 0);
  EXPECT_EQ(Place(text.At(1, 100)), "1:2+2");
  EXPECT_EQ(Place(text.At(100, 1)), "3:1+0");
}

TEST(SourceText, HiddenBytesKeepTheirWidth) {
  SourceText text("a: sécrét, b: 1\nnext\n", 0);
  text.Hide(3, 8, 1);
  EXPECT_EQ(text.Excerpt(1), "a: s…    , b: 1 (not shown)");
  EXPECT_EQ(text.Excerpt(2), "next");
  EXPECT_TRUE(text.IsHidden(3));
  EXPECT_FALSE(text.IsHidden(11));
}

TEST(SourceText, HidesAcrossLines) {
  SourceText text("a begin\nmiddle\nend b\n", 0);
  text.Hide(2, 16, 2);
  EXPECT_EQ(text.Excerpt(1), "a be…  (not shown)");
  EXPECT_EQ(text.Excerpt(2), "…     (not shown)");
  EXPECT_EQ(text.Excerpt(3), "…   b (not shown)");
}

TEST(SourceText, ShowsNoLineThatIsTooLong) {
  EXPECT_EQ(SourceText(std::string(4096, 'x') + "\n", 0).Excerpt(1).size(),
            4096u);
  const std::string longer(4097, 'x');
  EXPECT_EQ(SourceText(longer, 0).Excerpt(1), "");
}

TEST(SourceText, AByteOrderMarkIsNoText) {
  EXPECT_EQ(WithoutByteOrderMark("\xEF\xBB\xBF"
                                 "a"),
            "a");
  EXPECT_EQ(WithoutByteOrderMark("a"), "a");
}

}  // namespace
}  // namespace writ::manifests
