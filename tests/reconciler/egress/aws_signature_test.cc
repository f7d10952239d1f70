// The published vectors of the signature version 4 test suite: same keys, day,
// region and service in each.
#include "reconciler/egress/aws_signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace writ::reconciler {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Case {
  const char* name;
  const char* method;
  const char* path;
  Pairs query;
  Pairs headers;
  const char* body;
  const char* want;  // the signature
};

AwsSignature Sign(const Case& c) {
  AwsKeys keys;
  keys.access_key_id = "AKIDEXAMPLE";
  keys.secret_key =
      SecretValue::Copy("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
  Pairs headers = {{"Host", "example.amazonaws.com"}};
  headers.insert(headers.end(), c.headers.begin(), c.headers.end());
  return SignAws({.method = c.method,
                  .path = c.path,
                  .query = c.query,
                  .headers = std::move(headers),
                  .region = "us-east-1",
                  .service = "service"},
                 c.body, keys, *ParseTimestamp("2015-08-30T12:36:00Z"));
}

TEST(AwsSignature, MeetsThePublishedVectors) {
  const Case cases[] = {
      {"get-vanilla",
       "GET",
       "/",
       {},
       {},
       "",
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"get-vanilla-query-order-key-case",
       "GET",
       "/",
       {{"Param2", "value2"}, {"Param1", "value1"}},
       {},
       "",
       "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {"get-vanilla-utf8-query",
       "GET",
       "/",
       {{"\xe1\x88\xb4", "bar"}},
       {},
       "",
       "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
      {"get-header-value-trim",
       "GET",
       "/",
       {},
       {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
       "",
       "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
      {"post-vanilla",
       "POST",
       "/",
       {},
       {},
       "",
       "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
      {"post-vanilla-query",
       "POST",
       "/",
       {{"Param1", "value1"}},
       {},
       "",
       "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
      {"post-x-www-form-urlencoded",
       "POST",
       "/",
       {},
       {{"Content-Type", "application/x-www-form-urlencoded"}},
       "Param1=value1",
       "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
  };
  for (const Case& c : cases) {
    const AwsSignature signature = Sign(c);
    EXPECT_EQ(signature.date, "20150830T123600Z");
    EXPECT_THAT(signature.authorization, EndsWith(c.want)) << c.name;
    EXPECT_THAT(signature.authorization,
                HasSubstr("Credential=AKIDEXAMPLE/20150830/us-east-1/service/"
                          "aws4_request"));
  }
}

// The vector "post-sts-header-before": the session token is signed, too.
TEST(AwsSignature, SignsTheTokenOfASession) {
  AwsKeys keys;
  keys.access_key_id = "AKIDEXAMPLE";
  keys.secret_key =
      SecretValue::Copy("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
  keys.session_token = SecretValue::Copy(
      "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKW"
      "HGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4"
      "IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE"
      "8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yj"
      "c8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==");
  const AwsSignature signature =
      SignAws({.method = "POST",
               .headers = {{"Host", "example.amazonaws.com"}},
               .region = "us-east-1",
               .service = "service"},
              "", keys, *ParseTimestamp("2015-08-30T12:36:00Z"));
  EXPECT_THAT(signature.authorization,
              EndsWith("SignedHeaders=host;x-amz-date;x-amz-security-token, "
                       "Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba04"
                       "1836c64533a82be05ead"));
}

TEST(AwsSignature, DependsOnEverythingThatIsSent) {
  const Case base = {"", "POST", "/", {}, {{"X-Amz-Target", "a.B"}}, "{}", ""};
  const std::string before = Sign(base).authorization;
  EXPECT_EQ(Sign(base).authorization, before);
  Case other = base;
  other.body = "{ }";
  EXPECT_NE(Sign(other).authorization, before);
  other = base;
  other.headers[0].second = "a.C";
  EXPECT_NE(Sign(other).authorization, before);
  other = base;
  other.path = "/x";
  EXPECT_NE(Sign(other).authorization, before);
}

}  // namespace
}  // namespace writ::reconciler
