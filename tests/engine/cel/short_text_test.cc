#include "engine/cel/short_text.h"

#include <gtest/gtest.h>

#include <string>

namespace writ::engine::cel {
namespace {

// Words overlap at some sizes, and differ in any of their bytes.
TEST(SameText, LooksAtEachByte) {
  for (std::size_t size = 0; size <= 80; ++size) {
    const std::string text(size, 'a');
    EXPECT_TRUE(SameText(text, std::string(size, 'a'))) << size;
    EXPECT_FALSE(SameText(text, std::string(size + 1, 'a'))) << size;
    for (std::size_t at = 0; at < size; ++at) {
      std::string other = text;
      other[at] = 'b';
      EXPECT_FALSE(SameText(text, other)) << size << " " << at;
    }
  }
}

TEST(CopyText, CopiesEachByteAndNoMore) {
  const std::string text =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    std::string room(size + 1, '!');
    char* end = CopyText(std::string_view(text).substr(0, size), room.data());
    EXPECT_EQ(room, text.substr(0, size) + "!");
    EXPECT_EQ(end, room.data() + size);
  }
}

TEST(FindEntry, FindsTheKeyAsAWhole) {
  writ::Value tree;
  tree.Set("name", writ::Value(1));
  tree.Set("names", writ::Value(2));
  tree.Set("", writ::Value(3));
  EXPECT_EQ(FindEntry(tree.AsMap(), "name"), tree.Find("name"));
  EXPECT_EQ(FindEntry(tree.AsMap(), ""), tree.Find(""));
  EXPECT_EQ(FindEntry(tree.AsMap(), "nam"), nullptr);
  EXPECT_EQ(FindEntry({}, "name"), nullptr);
}

}  // namespace
}  // namespace writ::engine::cel
