#include "schema/credential/checksum.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "tests/support/credentials.h"

namespace writ {
namespace {

TEST(Checksum, Crc32IsTheUsualOne) {
  EXPECT_EQ(Crc32(""), 0U);
  // The check value of the CRC catalogue for CRC-32/ISO-HDLC.
  EXPECT_EQ(Crc32("123456789"), 0xcbf43926U);
  EXPECT_EQ(Crc32("The quick brown fox jumps over the lazy dog"), 0x414fa339U);
}

RC_GTEST_PROP(Checksum, AgreesWithTheBitwiseOne, (const std::string& bytes)) {
  RC_ASSERT(Crc32(bytes) == testing::BitwiseCrc32(bytes));
  RC_ASSERT(CredentialChecksum(bytes) == testing::BitwiseChecksum(bytes));
  RC_ASSERT(HasValidChecksum(bytes + CredentialChecksum(bytes)) ==
            !bytes.empty());
}

TEST(Checksum, IsPaddedAtTheLeft) {
  EXPECT_EQ(CredentialChecksum(""), "000000");
  EXPECT_EQ(CredentialChecksum("123456789").size(), kChecksumSize);
  int padded = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string checksum = CredentialChecksum(std::to_string(i));
    EXPECT_EQ(checksum.size(), kChecksumSize);
    EXPECT_EQ(checksum, testing::BitwiseChecksum(std::to_string(i)));
    if (checksum[0] == '0') ++padded;
  }
  EXPECT_GT(padded, 0);
}

// Any single character that differs is noticed: CRC-32 sees bursts of 32 bits.
TEST(Checksum, NoticesEveryTypo) {
  const std::string good = testing::MakeCredential("vela_live_", 1);
  ASSERT_TRUE(HasValidChecksum(good));
  int missed = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char c : testing::kBase62Alphabet) {
      std::string typo = good;
      typo[at] = c;
      if (typo != good && HasValidChecksum(typo)) ++missed;
    }
  }
  EXPECT_EQ(missed, 0);
}

TEST(Checksum, NeedsSomethingBeforeIt) {
  EXPECT_FALSE(HasValidChecksum(""));
  EXPECT_FALSE(HasValidChecksum("000000"));
}

}  // namespace
}  // namespace writ
