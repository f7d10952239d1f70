#include "schema/digest.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace writ {
namespace {

// FIPS 180-4 examples.
constexpr std::string_view kEmpty =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view kAbc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::string_view kTwoBlocks =
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
constexpr std::string_view kMillionA =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Digest, AnswersTheStandardsVectors) {
  EXPECT_EQ(Sha256("").Hex(), kEmpty);
  EXPECT_EQ(Sha256("abc").Hex(), kAbc);
  EXPECT_EQ(
      Sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").Hex(),
      kTwoBlocks);
  EXPECT_EQ(Sha256(std::string(1'000'000, 'a')).Hex(), kMillionA);
}

TEST(Digest, ReadsBackHexInEitherCaseAndRawBytes) {
  const Digest digest = Sha256("abc");
  EXPECT_EQ(ParseDigestHex(digest.Hex()), digest);
  EXPECT_EQ(ParseDigestHex("BA7816BF8F01CFEA414140DE5DAE2223"
                           "B00361A396177A9CB410FF61F20015AD"),
            digest);
  EXPECT_EQ(DigestFromBytes(digest.Bytes()), digest);
  EXPECT_EQ(digest.Bytes().size(), Digest::kSize);
}

TEST(Digest, RefusesWhatIsNoDigest) {
  EXPECT_EQ(ParseDigestHex(""), std::nullopt);
  EXPECT_EQ(ParseDigestHex(kAbc.substr(1)), std::nullopt);
  EXPECT_EQ(ParseDigestHex(std::string(kAbc) + "0"), std::nullopt);
  EXPECT_EQ(ParseDigestHex("g" + std::string(kAbc.substr(1))), std::nullopt);
  EXPECT_EQ(DigestFromBytes("short"), std::nullopt);
  EXPECT_EQ(DigestFromBytes(std::string(33, 'x')), std::nullopt);
}

TEST(Digest, IsOrderedByItsBytes) {
  const Digest low = ParseDigestHex("00" + std::string(62, 'f')).value();
  const Digest high = ParseDigestHex("ff" + std::string(62, '0')).value();
  EXPECT_LT(low, high);
}

TEST(Sha256Stream, EqualsTheDigestOfTheWholeHoweverItIsCut) {
  const std::string text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmno";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Sha256Stream stream;
    stream.Update(std::string_view(text).substr(0, cut));
    stream.Update(std::string_view(text).substr(cut));
    EXPECT_EQ(stream.Finish(), Sha256(text)) << cut;
  }
}

TEST(Sha256Stream, StartsAnewAfterFinish) {
  Sha256Stream stream;
  stream.Update("abc");
  EXPECT_EQ(stream.Finish().Hex(), kAbc);
  EXPECT_EQ(stream.Finish().Hex(), kEmpty);
  stream.Update("abc");
  EXPECT_EQ(stream.Finish().Hex(), kAbc);
}

TEST(Sha256Stream, FramesTellWhereAPieceEnds) {
  const auto framed = [](const std::vector<std::string>& pieces) {
    Sha256Stream stream;
    for (const std::string& piece : pieces) stream.UpdateFramed(piece);
    return stream.Finish();
  };
  EXPECT_NE(framed({"a", "bc"}), framed({"ab", "c"}));
  EXPECT_NE(framed({"abc"}), framed({"abc", ""}));
  // Eight bytes of length, least significant first, then the bytes.
  EXPECT_EQ(framed({"abc"}), Sha256(std::string("\3\0\0\0\0\0\0\0abc", 11)));
}

TEST(Digest, IsTheSameFromManyThreads) {
  std::vector<Digest> digests(4);
  {
    std::vector<std::jthread> threads;
    for (Digest& digest : digests) {
      threads.emplace_back([&digest] {
        for (int i = 0; i < 100; ++i) digest = Sha256("abc");
      });
    }
  }
  for (const Digest& digest : digests) EXPECT_EQ(digest.Hex(), kAbc);
}

}  // namespace
}  // namespace writ
