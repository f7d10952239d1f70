#include "reconciler/keys/ciphers.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/reconciler/keys/bytes.h"

namespace writ::reconciler {
namespace {

// RFC 4231, test cases 1, 2, 3 and 6.
TEST(HmacSha256, AnswersAsTheRfc) {
  struct Case {
    const char* name;
    std::string key;
    std::string message;
    const char* want;
  };
  const Case cases[] = {
      {"1", std::string(20, '\x0b'), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"2", "Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {"3", std::string(20, '\xaa'), std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {"6", std::string(131, '\xaa'),
       "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(HmacSha256(one.key, one.message).Hex(), one.want) << one.name;
  }
}

// RFC 5869, appendix A.1 to A.3.
TEST(Hkdf, AnswersAsTheRfc) {
  struct Case {
    const char* name;
    std::string input;
    std::string salt;
    std::string purpose;
    const char* extracted;
    const char* expanded;
  };
  const Case cases[] = {
      {"A.1", std::string(22, '\x0b'), Range(0x00, 0x0c), Range(0xf0, 0xf9),
       "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
       "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf340072"
       "08d5b887185865"},
      {"A.2", Range(0x00, 0x4f), Range(0x60, 0xaf), Range(0xb0, 0xff),
       "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
       "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a"
       "99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec"
       "3e87c14c01d5c1f3434f1d87"},
      {"A.3", std::string(22, '\x0b'), "", "",
       "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
       "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d2013"
       "95faa4b61a96c8"},
  };
  for (const Case& one : cases) {
    const SecretValue key = HkdfExtract(one.salt, one.input);
    EXPECT_EQ(ToHex(key.Reveal()), one.extracted) << one.name;
    const std::size_t size = std::string(one.expanded).size() / 2;
    EXPECT_EQ(ToHex(HkdfExpand(key.Reveal(), one.purpose, size).Reveal()),
              one.expanded)
        << one.name;
  }
}

// The vectors of the GCM specification that NIST took up, cases 13, 14 and 16.
TEST(AesGcm, AnswersAsNist) {
  struct Case {
    const char* name;
    std::string key;
    std::string nonce;
    std::string associated;
    std::string plain;
    const char* want;  // ciphertext and tag
  };
  const std::string key = FromHex(
      "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
  const Case cases[] = {
      {"13", std::string(32, '\0'), std::string(12, '\0'), "", "",
       "530f8afbc74536b9a963b4f1c4cb738b"},
      {"14", std::string(32, '\0'), std::string(12, '\0'), "",
       std::string(16, '\0'),
       "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
      {"16", key, FromHex("cafebabefacedbaddecaf888"),
       FromHex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
       FromHex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a"
               "721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"),
       "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e"
       "48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf"
       "8853bb2d551b"},
  };
  for (const Case& one : cases) {
    const std::string sealed =
        SealBytesUnder(one.key, one.nonce, one.associated, one.plain);
    EXPECT_EQ(ToHex(sealed), ToHex(one.nonce) + one.want) << one.name;
    const Result<SecretValue> opened =
        OpenBytes(one.key, one.associated, sealed);
    ASSERT_TRUE(opened) << one.name;
    EXPECT_EQ(opened->Reveal(), one.plain) << one.name;
  }
}

// T-13
TEST(AesGcm, OpensNothingThatWasChanged) {
  SystemRandom random;
  const std::string key(32, 'k');
  const std::string sealed = SealBytes(key, "bound", "some value", random);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const auto opened = OpenBytes(key, "bound", changed);
    ASSERT_FALSE(opened) << i;
    EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_FALSE(OpenBytes(key, "bound", sealed.substr(0, size))) << size;
  }
  EXPECT_FALSE(OpenBytes(key, "bound", sealed + "x"));
  EXPECT_FALSE(OpenBytes(key, "Bound", sealed));
  EXPECT_FALSE(OpenBytes(std::string(32, 'l'), "bound", sealed));
  EXPECT_TRUE(OpenBytes(key, "bound", sealed));
}

TEST(AesGcm, SealsEachTimeUnderANonceOfItsOwn) {
  SystemRandom random;
  std::set<std::string> nonces;
  for (int i = 0; i < 100; ++i) {
    nonces.insert(
        SealBytes(std::string(32, 'k'), "", "x", random).substr(0, kNonceSize));
  }
  EXPECT_EQ(nonces.size(), 100U);
}

TEST(SameDigest, SeesEveryBit) {
  const Digest one = Sha256("one");
  EXPECT_TRUE(SameDigest(one, Sha256("one")));
  for (std::size_t i = 0; i < 8 * Digest::kSize; ++i) {
    Digest other = one;
    other.bytes[i / 8] =
        static_cast<std::uint8_t>(other.bytes[i / 8] ^ (1U << (i % 8)));
    EXPECT_FALSE(SameDigest(one, other)) << i;
  }
}

}  // namespace
}  // namespace writ::reconciler
