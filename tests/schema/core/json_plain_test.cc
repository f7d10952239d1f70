#include "schema/json_plain.h"

#include <gtest/gtest.h>

#include <string>

namespace writ {
namespace {

bool IsPlain(int byte) {
  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

// Every byte at every place of texts that end within and between words.
TEST(PlainPrefix, EndsAtTheFirstByteThatIsNotPlain) {
  for (std::size_t size = 1; size <= 25; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, 'x');
        text[at] = static_cast<char>(byte);
        EXPECT_EQ(PlainPrefix(text), IsPlain(byte) ? size : at)
            << size << " bytes, " << byte << " at " << at;
      }
    }
  }
}

// One that isn't plain must not hide another before it.
TEST(PlainPrefix, EndsAtTheFirstOfTwo) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      std::string text(16, '~');
      text[3] = static_cast<char>(first);
      text[4] = static_cast<char>(second);
      const std::size_t expected =
          !IsPlain(first) ? 3U : (!IsPlain(second) ? 4U : 16U);
      ASSERT_EQ(PlainPrefix(text), expected) << first << ' ' << second;
    }
  }
}

TEST(PlainPrefix, OfNothingIsNothing) { EXPECT_EQ(PlainPrefix(""), 0U); }

}  // namespace
}  // namespace writ
