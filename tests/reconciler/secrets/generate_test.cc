#include "reconciler/secrets/generate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "reconciler/secrets/value_check.h"

namespace writ::reconciler {
namespace {

// Every byte in turn, so that what is drawn can be counted.
class CyclingRandom final : public Random {
 public:
  void Fill(std::span<std::uint8_t> bytes) override {
    for (std::uint8_t& byte : bytes) byte = next_++;
  }

 private:
  std::uint8_t next_ = 0;
};

// S-47
TEST(GenerateValue, DrawsEachCharacterAsOften) {
  for (const char* name :
       {"alphanumeric", "hex", "url-safe", "symbols", "digits"}) {
    const auto alphabet = ParseAlphabet(name);
    ASSERT_TRUE(alphabet) << name;
    CyclingRandom random;
    const auto value =
        GenerateValue(SecretType::kString, {4096, *alphabet}, random);
    ASSERT_TRUE(value);
    std::array<int, 256> counts{};
    for (const char c : value->Reveal())
      ++counts[static_cast<unsigned char>(c)];
    int least = 4096;
    int most = 0;
    for (const int count : counts) {
      if (count > 0) least = std::min(least, count);
      most = std::max(most, count);
    }
    // One pass over the bytes gives each character the same share.
    EXPECT_LE(most - least, 1) << name;
  }
  EXPECT_FALSE(ParseAlphabet("emoji"));
}

TEST(GenerateValue, NoTwoAreTheSame) {
  SystemRandom random;
  std::set<std::string> values;
  for (int i = 0; i < 200; ++i) {
    values.insert(
        std::string(GenerateValue(SecretType::kString, {}, random)->Reveal()));
  }
  EXPECT_EQ(values.size(), 200U);
  EXPECT_EQ(values.begin()->size(), 32U);
}

TEST(GenerateValue, NumbersAreNumbers) {
  SystemRandom random;
  for (int i = 0; i < 200; ++i) {
    const auto value = GenerateValue(SecretType::kNumber,
                                     {9, Alphabet::kAlphanumeric}, random);
    ASSERT_TRUE(value);
    EXPECT_EQ(value->size(), 9U);
    EXPECT_TRUE(CheckSecretValue(SecretType::kNumber, *value));
    EXPECT_TRUE(IsJsonNumber(value->Reveal()));
  }
}

TEST(GenerateValue, RefusesWhatIsNotStrong) {
  SystemRandom random;
  const Alphabet any = Alphabet::kAlphanumeric;
  EXPECT_FALSE(GenerateValue(SecretType::kString, {15, any}, random));
  EXPECT_TRUE(GenerateValue(SecretType::kString, {16, any}, random));
  EXPECT_FALSE(GenerateValue(SecretType::kString, {4097, any}, random));
  EXPECT_FALSE(GenerateValue(SecretType::kNumber, {16, any}, random));
  EXPECT_FALSE(GenerateValue(SecretType::kNumber, {5, any}, random));
  EXPECT_FALSE(GenerateValue(SecretType::kBoolean, {}, random));
  EXPECT_FALSE(GenerateValue(SecretType::kJson, {}, random));
}

}  // namespace
}  // namespace writ::reconciler
