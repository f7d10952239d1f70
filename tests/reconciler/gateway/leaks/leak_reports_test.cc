// Signed reports of leaked tokens: T-23.
#include "reconciler/gateway/leaks/leak_reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/egress/encoding.h"
#include "reconciler/egress/signature_check.h"
#include "reconciler/gateway/leaks/leak_keys.h"
#include "schema/credential/token_format.h"
#include "schema/json.h"
#include "tests/reconciler/gateway/ask.h"
#include "tests/support/manual_clock.h"

namespace writ::reconciler::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Of a reporter: signs as GitHub does.
class Signer {
 public:
  explicit Signer(const char* curve = "P-256")
      : key_(EVP_EC_gen(curve), EVP_PKEY_free) {}

  std::string PublicKey() const {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()),
                                                        BIO_free);
    PEM_write_bio_PUBKEY(bio.get(), key_.get());
    char* text = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(size)};
  }
  std::string Sign(const std::string& body) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
        EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr,
                       key_.get());
    std::size_t size = 256;
    std::string signature(size, '\0');
    EVP_DigestSign(context.get(),
                   reinterpret_cast<unsigned char*>(signature.data()), &size,
                   reinterpret_cast<const unsigned char*>(body.data()),
                   body.size());
    signature.resize(size);
    return signature;
  }

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

// Publishes keys at the one URL there is.
class Publisher final : public HttpClient {
 public:
  HttpResult Send(const reconciler::HttpRequest& request) override {
    asked.push_back(request.url);
    if (fails) return tl::unexpected<HttpFailure>(HttpFailure{});
    Value::List list;
    for (const auto& [id, key] : keys) {
      Value item;
      item.Set("key_identifier", id);
      item.Set("key", key);
      list.push_back(std::move(item));
    }
    Value body;
    body.Set("public_keys", std::move(list));
    reconciler::HttpResponse response;
    response.status = 200;
    response.body = SecretValue::Copy(CompactJson(body));
    return response;
  }

  std::vector<std::pair<std::string, std::string>> keys;
  std::vector<std::string> asked;
  bool fails = false;
};

class LeakReportRoute : public ::testing::Test {
 protected:
  void SetUp() override {
    publisher_.keys = {{"k1", signer_.PublicKey()}};
    LeakReports::Options options;
    options.http = &publisher_;
    options.host = &host_;
    options.clock = &clock_;
    options.answer = [this](std::string_view text) {
      texts_.emplace_back(text);
      return answers_;
    };
    reports_.emplace(std::move(options));
    router_.emplace(*Router::Create(reports_->routes()));
  }

  gateway::HttpResponse Post(const std::string& body,
                             const std::string& signature,
                             const std::string& key = "k1") {
    gateway::HttpRequest request;
    request.method = "POST";
    request.path = "/v1/leak-reports";
    request.body = body;
    if (!key.empty()) {
      request.headers.push_back({"github-public-key-identifier", key});
    }
    if (!signature.empty()) {
      request.headers.push_back({"Github-Public-Key-Signature", signature});
    }
    return Ask(*router_, std::move(request));
  }
  gateway::HttpResponse PostSigned(const std::string& body,
                                   const std::string& key = "k1") {
    return Post(body, Base64(signer_.Sign(body)), key);
  }

  Signer signer_;
  Publisher publisher_;
  HostFile host_;
  testing::ManualClock clock_;
  std::vector<std::string> texts_;
  Result<std::vector<LeakAnswer>> answers_;
  std::optional<LeakReports> reports_;
  std::optional<Router> router_;
};

TEST_F(LeakReportRoute, SaysOfEachTokenWhetherItWasOne) {
  LeakAnswer ours;
  ours.outcome = LeakOutcome::kRevoked;
  ours.record.emplace();
  ours.record->digest = TokenDigest("vela_cs_ours");
  answers_ = std::vector<LeakAnswer>{ours};
  const auto response = PostSigned(
      R"([{"token":"vela_cs_ours","type":"vela","url":"https://x","source":)"
      R"("content"},{"token":"vela_cs_theirs","type":"vela","url":""}])");
  ASSERT_EQ(response.status, 200) << response.body;
  const auto body = ParseJson(response.body);
  ASSERT_TRUE(body);
  ASSERT_EQ(body->AsList().size(), 2U);
  EXPECT_EQ(body->AsList()[0].FindString("label"), "true_positive");
  EXPECT_EQ(body->AsList()[0].FindString("token_type"), "vela");
  EXPECT_EQ(body->AsList()[1].FindString("label"), "false_positive");
  EXPECT_EQ(body->AsList()[0].FindString("token_hash").size(), 44U);
  EXPECT_THAT(response.body, Not(HasSubstr("vela_cs_")));
  EXPECT_EQ(texts_, std::vector<std::string>{"vela_cs_ours\nvela_cs_theirs\n"});
  EXPECT_EQ(publisher_.asked,
            std::vector<std::string>{
                "https://api.github.com/meta/public_keys/secret_scanning"});
}

// T-23: nobody ends a token who can't sign.
TEST_F(LeakReportRoute, BelievesNobodyElse) {
  const std::string body = R"([{"token":"vela_cs_x","type":"t","url":""}])";
  const std::string good = Base64(signer_.Sign(body));
  EXPECT_EQ(Post(body, "").status, 400);
  EXPECT_EQ(Post(body, good, "").status, 400);
  EXPECT_EQ(Post(body, good, "k2").status, 403);
  EXPECT_EQ(Post(body + " ", good).status, 403);
  EXPECT_EQ(Post(body, "not base64!").status, 403);
  EXPECT_EQ(Post(body, Base64(Signer().Sign(body))).status, 403);
  EXPECT_EQ(Post(body, Base64("x")).status, 403);
  EXPECT_TRUE(texts_.empty());
  EXPECT_EQ(Post(body, good).status, 200);
}

TEST_F(LeakReportRoute, TakesNoKeyOfAnotherKind) {
  const Signer other("P-384");
  publisher_.keys = {{"k1", other.PublicKey()}, {"k2", "no PEM"}};
  const std::string body = "[]";
  EXPECT_EQ(Post(body, Base64(other.Sign(body))).status, 403);
  EXPECT_EQ(Post(body, Base64(other.Sign(body)), "k2").status, 403);
}

TEST_F(LeakReportRoute, RefusesWhatIsNoReport) {
  for (const char* body :
       {"", "{}", "no JSON", "[1]", R"([{"type":"t"}])",
        R"([{"token":"","type":"t"}])", R"([{"token":7,"type":"t"}])"}) {
    EXPECT_EQ(PostSigned(body).status, 400) << body;
  }
  std::string many = R"([{"token":"t"})";
  for (int i = 0; i < 1000; ++i) many += R"(,{"token":"t"})";
  EXPECT_EQ(PostSigned(many + "]").status, 400);
  EXPECT_TRUE(texts_.empty());
}

// Who invents ids doesn't make the gateway call out for each.
TEST_F(LeakReportRoute, AsksForKeysSeldom) {
  EXPECT_EQ(PostSigned("[]").status, 200);
  EXPECT_EQ(PostSigned("[]").status, 200);
  EXPECT_EQ(publisher_.asked.size(), 1U);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(PostSigned("[]", "k" + std::to_string(i + 2)).status, 403);
  }
  EXPECT_EQ(publisher_.asked.size(), 1U);
  clock_.Advance(kBetweenLeakKeyReads);
  publisher_.keys.push_back({"k9", signer_.PublicKey()});
  EXPECT_EQ(PostSigned("[]", "k9").status, 200);
  EXPECT_EQ(publisher_.asked.size(), 2U);
}

TEST_F(LeakReportRoute, GoesOnWithTheKeysItHasWhereTheyCantBeReadAgain) {
  EXPECT_EQ(PostSigned("[]").status, 200);
  publisher_.fails = true;
  clock_.Advance(kLeakKeysKept);
  EXPECT_EQ(PostSigned("[]").status, 200);
  EXPECT_EQ(publisher_.asked.size(), 2U);
}

TEST_F(LeakReportRoute, WaitsForKeysThatCantBeRead) {
  publisher_.fails = true;
  EXPECT_EQ(PostSigned("[]").status, 503);
  publisher_.fails = false;
  clock_.Advance(kBetweenLeakKeyReads);
  EXPECT_EQ(PostSigned("[]").status, 200);
}

TEST_F(LeakReportRoute, AsksWhereTheHostFileSays) {
  host_.hosts[kLeakReporter] = "https://ghe.example.org/api/v3";
  EXPECT_EQ(PostSigned("[]").status, 200);
  EXPECT_EQ(publisher_.asked[0],
            "https://ghe.example.org/api/v3/meta/public_keys/secret_scanning");
}

}  // namespace
}  // namespace writ::reconciler::gateway
