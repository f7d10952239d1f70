#include "reconciler/secrets/value_check.h"

#include <gtest/gtest.h>

#include <string>

namespace writ::reconciler {
namespace {

Status Check(SecretType type, std::string_view text) {
  return CheckSecretValue(type, SecretValue::Copy(text));
}

// S-41, S-44
TEST(SecretKey, IsRequiredAndUpperCase) {
  EXPECT_EQ(CheckSecretKey("").error().message, "Secret key is required");
  for (const char* good : {"A", "DATABASE_URL", "S3_KEY", "A1"}) {
    EXPECT_TRUE(CheckSecretKey(good)) << good;
  }
  EXPECT_TRUE(CheckSecretKey(std::string(128, 'A')));
  for (const char* bad : {"a", "Database_Url", "1A", "_A", "A-B", "A B", "Ä"}) {
    EXPECT_FALSE(CheckSecretKey(bad)) << bad;
  }
  EXPECT_FALSE(CheckSecretKey(std::string(129, 'A')));
}

// S-44
TEST(SecretValueCheck, AValueIsRequired) {
  for (const SecretType type : {SecretType::kString, SecretType::kBoolean,
                                SecretType::kNumber, SecretType::kJson}) {
    EXPECT_EQ(Check(type, "").error().message, "Secret value is required");
  }
}

TEST(SecretValueCheck, AValueIsOfItsType) {
  struct Case {
    SecretType type;
    std::string_view text;
    bool want;
  };
  const Case cases[] = {
      {SecretType::kString, "anything at all\nin lines", true},
      {SecretType::kBoolean, "true", true},
      {SecretType::kBoolean, "false", true},
      {SecretType::kBoolean, "True", false},
      {SecretType::kBoolean, "1", false},
      {SecretType::kBoolean, "true\n", false},
      {SecretType::kNumber, "42", true},
      {SecretType::kNumber, "-1.5e3", true},
      {SecretType::kNumber, "0", true},
      {SecretType::kNumber, "1E+9", true},
      {SecretType::kNumber, "042", false},
      {SecretType::kNumber, "1.", false},
      {SecretType::kNumber, ".5", false},
      {SecretType::kNumber, "+1", false},
      {SecretType::kNumber, "1e", false},
      {SecretType::kNumber, "0x1f", false},
      {SecretType::kNumber, "NaN", false},
      {SecretType::kNumber, " 1", false},
      {SecretType::kJson, "{}", true},
      {SecretType::kJson, " [1, \"a\", null, {\"b\": [true]}]\n", true},
      {SecretType::kJson, R"({"a":"\u00e9\"\\"})", true},
      {SecretType::kJson, "\"text\"", true},
      {SecretType::kJson, "{\"a\":}", false},
      {SecretType::kJson, "{\"a\" 1}", false},
      {SecretType::kJson, "{a:1}", false},
      {SecretType::kJson, "{\"a\":1,}", false},
      {SecretType::kJson, "[1,]", false},
      {SecretType::kJson, "[1", false},
      {SecretType::kJson, "\"a", false},
      {SecretType::kJson, "\"\\x\"", false},
      {SecretType::kJson, "\"\\u12g4\"", false},
      {SecretType::kJson, "\"a\nb\"", false},
      {SecretType::kJson, "1 2", false},
      {SecretType::kJson, "nul", false},
      {SecretType::kJson, "  ", false},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(Check(one.type, one.text).has_value(), one.want)
        << Name(one.type) << " " << one.text;
  }
}

TEST(SecretValueCheck, DepthIsBounded) {
  const std::string deep = std::string(64, '[') + std::string(64, ']');
  EXPECT_TRUE(Check(SecretType::kJson, deep));
  EXPECT_FALSE(Check(SecretType::kJson, std::string(60000, '[')));
}

TEST(SecretValueCheck, SizeAndBytesAreBounded) {
  EXPECT_TRUE(Check(SecretType::kString, std::string(kMaxSecretSize, 'a')));
  EXPECT_EQ(Check(SecretType::kString, std::string(kMaxSecretSize + 1, 'a'))
                .error()
                .code,
            ErrorCode::kLimit);
  EXPECT_FALSE(Check(SecretType::kString, std::string_view("a\0b", 3)));
  EXPECT_FALSE(Check(SecretType::kString, "\xff\xfe"));
}

// S-42: no error repeats a value.
TEST(SecretValueCheck, ErrorsHoldNoPartOfAValue) {
  for (const SecretType type :
       {SecretType::kBoolean, SecretType::kNumber, SecretType::kJson}) {
    const Status checked = Check(type, "canary");
    ASSERT_FALSE(checked);
    EXPECT_EQ(Describe(checked.error()).find("canary"), std::string::npos);
    EXPECT_EQ(checked.error().remedy.find("canary"), std::string::npos);
  }
}

}  // namespace
}  // namespace writ::reconciler
