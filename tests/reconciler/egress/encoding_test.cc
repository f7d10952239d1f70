#include "reconciler/egress/encoding.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace writ::reconciler {
namespace {

// RFC 4648, section 10.
TEST(Encoding, WritesBase64) {
  EXPECT_EQ(Base64(""), "");
  EXPECT_EQ(Base64("f"), "Zg==");
  EXPECT_EQ(Base64("fo"), "Zm8=");
  EXPECT_EQ(Base64("foo"), "Zm9v");
  EXPECT_EQ(Base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(Base64("\xff\xfe\xfd"), "//79");
}

TEST(Encoding, RefusesWhatIsNotBase64) {
  for (const char* text : {"Zg", "Zg=", "Z===", "Zh==", "Zm9=", "Zm 9", "=Zm9",
                           "Zg==Zg==", "-_-_", "===="}) {
    EXPECT_FALSE(ParseBase64(text)) << text;
  }
}

RC_GTEST_PROP(Encoding, ReadsTheBase64ItWrites, (const std::string& bytes)) {
  RC_ASSERT(ParseBase64(Base64(bytes)) == bytes);
}

TEST(Encoding, WritesHexAndPercents) {
  EXPECT_EQ(HexLower("\x01\xab"), "01ab");
  EXPECT_EQ(PercentEncode("aZ9-._~"), "aZ9-._~");
  EXPECT_EQ(PercentEncode("a/b c+d%\xc3\xa4"), "a%2Fb%20c%2Bd%25%C3%A4");
}

}  // namespace
}  // namespace writ::reconciler
