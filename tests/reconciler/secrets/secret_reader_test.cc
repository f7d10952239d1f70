#include "reconciler/secrets/secret_reader.h"

#include <sys/stat.h>

#include <deque>
#include <fstream>
#include <utility>

#include "tests/reconciler/secrets/secrets_fixture.h"

namespace writ::reconciler {
namespace {

// Answers what it was told to, and keeps what was asked.
class ScriptedHttp final : public HttpClient {
 public:
  struct Answer {
    int status = 200;
    std::string body;
  };
  struct Asked {
    std::string method;
    std::string url;
    std::string origin;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;

    std::string Header(const std::string& name) const {
      for (const auto& [key, value] : headers) {
        if (key == name) return value;
      }
      return "";
    }
  };

  HttpResult Send(const HttpRequest& request) override {
    Asked one{request.method,
              request.url,
              request.credential_origin,
              std::string(request.body.Reveal()),
              {}};
    for (const HttpHeader& header : request.headers) {
      one.headers.emplace_back(header.name, header.value.Reveal());
    }
    asked.push_back(std::move(one));
    if (answers.empty()) {
      return tl::unexpected<HttpFailure>(
          {TransportFailure::kConnect,
           false,
           {ErrorCode::kIo, "nobody listens", "", {}}});
    }
    HttpResponse response;
    response.status = answers.front().status;
    response.body = SecretValue::Copy(answers.front().body);
    answers.pop_front();
    return response;
  }

  std::deque<Answer> answers;
  std::vector<Asked> asked;
};

class SecretReaderTest : public SecretsTest {
 protected:
  void SetUp() override {
    SecretsTest::SetUp();
    host_.path = "/etc/writ/host.yaml";
    managed_ =
        std::make_unique<ManagedSecrets>(*store_, *ring_, clock_, chance_);
    reader_ = std::make_unique<SecretReader>(
        *store_, managed_.get(),
        SourceAccess{host_, clock_, http_, [this](const char* name) {
                       const auto found = variables_.find(name);
                       return found == variables_.end()
                                  ? std::nullopt
                                  : std::optional(found->second);
                     }});
  }

  void DeclareSource(const std::string& source, const std::string& more = "") {
    Declare(kOutside.address(),
            R"({"project":"payments","source":)" + source + more + "}");
  }
  Result<SecretValue> Read() {
    return reader_->Read(*ReadSecret(*store_, kOutside), "prod");
  }
  std::string ReadText() {
    const auto value = Read();
    return value ? std::string(value->Reveal())
                 : std::string(Name(value.error().code));
  }
  void WriteFile(const std::string& name, const std::string& text,
                 mode_t mode = 0600) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    EXPECT_EQ(::chmod((folder_ / name).c_str(), mode), 0);
  }

  inline static const ResourceId kOutside{"Secret", "payments", "OUTSIDE"};
  HostFile host_;
  ScriptedHttp http_;
  std::map<std::string, std::string> variables_;
  std::unique_ptr<ManagedSecrets> managed_;
  std::unique_ptr<SecretReader> reader_;
};

TEST_F(SecretReaderTest, ReadsWhatWritKeeps) {
  ASSERT_TRUE(Set("prod", "kept"));
  const auto secret = ReadSecret(*store_, kKey);
  EXPECT_TRUE(reader_->Read(*secret, "prod")->Reveal() == "kept");
  // S-46: at once.
  ASSERT_TRUE(Set("prod", "newer"));
  EXPECT_TRUE(reader_->Read(*secret, "prod")->Reveal() == "newer");
  SecretReader keyless(*store_, nullptr,
                       SourceAccess{host_, clock_, http_, {}});
  EXPECT_EQ(keyless.Read(*secret, "prod").error().code, ErrorCode::kPermission);
}

// T-01
TEST_F(SecretReaderTest, ReadsAVariableThatIsGranted) {
  DeclareSource(R"({"env":{"name":"SLACK"}})");
  variables_["SLACK"] = "of the environment";
  const auto refused = Read();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kPermission);
  host_.env = {"SLACK"};
  EXPECT_EQ(ReadText(), "of the environment");
}

TEST_F(SecretReaderTest, SaysWhichVariableIsNotSet) {
  DeclareSource(R"({"env":{"name":"SLACK"}})");
  host_.env = {"SLACK"};
  const auto absent = Read();
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, ErrorCode::kNotFound);
  EXPECT_NE(Describe(absent.error()).find("SLACK"), std::string::npos);
  EXPECT_NE(Describe(absent.error()).find("from env"), std::string::npos);
}

// T-01
TEST_F(SecretReaderTest, ReadsAFileThatIsGranted) {
  WriteFile("value", "of a file\n");
  DeclareSource(R"({"file":{"path":")" + folder_ / "value" + R"("}})");
  EXPECT_EQ(ReadText(), "permission");
  host_.files = {folder_.path()};
  EXPECT_EQ(ReadText(), "of a file");
}

TEST_F(SecretReaderTest, ReadsNoFileThatIsTooLong) {
  WriteFile("value", std::string(70000, 'x'));
  DeclareSource(R"({"file":{"path":")" + folder_ / "value" + R"("}})");
  host_.files = {folder_.path()};
  EXPECT_EQ(ReadText(), "limit");
}

// T-01
TEST_F(SecretReaderTest, RunsAProgramThatIsGranted) {
  DeclareSource(R"({"exec":{"command":["/bin/echo","of a program"]}})");
  EXPECT_EQ(ReadText(), "permission");
  host_.exec = {{"/bin/echo", "*"}};
  EXPECT_EQ(ReadText(), "of a program");
}

TEST_F(SecretReaderTest, ToldFailuresHoldNothingOfWhatWasPrinted) {
  WriteFile("fails", "#!/bin/sh\necho canary; echo canary >&2; exit 3\n", 0700);
  const std::string program = folder_ / "fails";
  DeclareSource(R"({"exec":{"command":[")" + program + R"("]}})");
  host_.exec = {{program}};
  const auto failed = Read();
  ASSERT_FALSE(failed);
  const std::string text = Describe(failed.error());
  EXPECT_NE(text.find("ended 3"), std::string::npos) << text;
  EXPECT_NE(text.find("from exec"), std::string::npos) << text;
  EXPECT_EQ(text.find("canary"), std::string::npos) << text;
}

TEST_F(SecretReaderTest, AnOutsideValueIsOfItsType) {
  DeclareSource(R"({"env":{"name":"SLACK"}})", R"(,"type":"number")");
  host_.env = {"SLACK"};
  variables_["SLACK"] = "canary";
  const auto value = Read();
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Describe(value.error()).find("canary"), std::string::npos);
}

TEST_F(SecretReaderTest, KeepsAnOutsideValueForAsLongAsItSays) {
  DeclareSource(R"({"env":{"name":"SLACK"}})", R"(,"cacheFor":"60s")");
  host_.env = {"SLACK"};
  EXPECT_EQ(ReadText(), "not_found");
  variables_["SLACK"] = "one";  // a failure isn't kept
  EXPECT_EQ(ReadText(), "one");
  variables_["SLACK"] = "two";
  clock_.Advance(std::chrono::seconds(59));
  EXPECT_EQ(ReadText(), "one");
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_EQ(ReadText(), "two");
}

TEST_F(SecretReaderTest, KeepsNothingWhereCacheForIsZero) {
  DeclareSource(R"({"env":{"name":"SLACK"}})", R"(,"cacheFor":"0s")");
  host_.env = {"SLACK"};
  variables_["SLACK"] = "one";
  EXPECT_EQ(ReadText(), "one");
  variables_["SLACK"] = "two";
  EXPECT_EQ(ReadText(), "two");
}

class VaultSourceTest : public SecretReaderTest {
 protected:
  void SetUp() override {
    SecretReaderTest::SetUp();
    DeclareSource(
        R"({"vault":{"address":"https://vault.acme.example","mount":"kv",
            "path":"payments/slack","field":"url",
            "token":{"secretRef":{"project":"payments","key":"SLACK_URL"}}}})",
        R"(,"cacheFor":"0s")");
    ASSERT_TRUE(Set("prod", "the-token"));
    host_.hosts = {{"vault.acme.example", "https://vault.acme.example"}};
  }
};

TEST_F(VaultSourceTest, ReadsAFieldOfVersionTwo) {
  http_.answers = {{200, R"({"data":{"data":{"url":"of vault"}}})"},
                   {200, R"({"data":{"data":{"url":{"a":1}}}})"}};
  EXPECT_EQ(ReadText(), "of vault");
  ASSERT_EQ(http_.asked.size(), 1U);
  EXPECT_EQ(http_.asked[0].url,
            "https://vault.acme.example/v1/kv/data/payments/slack");
  EXPECT_EQ(http_.asked[0].Header("X-Vault-Token"), "the-token");
  EXPECT_EQ(http_.asked[0].origin, "https://vault.acme.example");
  EXPECT_EQ(ReadText(), R"({"a":1})");
}

TEST_F(SecretReaderTest, ReadsInANamespaceOfVault) {
  DeclareSource(
      R"({"vault":{"address":"https://vault.acme.example","mount":"kv",
          "namespace":"team-a/checkout","path":"payments/slack","field":"url",
          "token":{"secretRef":{"project":"payments","key":"SLACK_URL"}}}})",
      R"(,"cacheFor":"0s")");
  ASSERT_TRUE(Set("prod", "the-token"));
  host_.hosts = {{"vault.acme.example", "https://vault.acme.example"}};
  http_.answers = {{200, R"({"data":{"data":{"url":"of vault"}}})"}};
  EXPECT_EQ(ReadText(), "of vault");
  EXPECT_EQ(http_.asked.at(0).Header("X-Vault-Namespace"), "team-a/checkout");
}

// T-02: the token goes to a host that the operator bound, and to no other.
TEST_F(VaultSourceTest, SendsTheTokenNowhereElse) {
  host_.hosts.clear();
  EXPECT_EQ(ReadText(), "permission");
  EXPECT_TRUE(http_.asked.empty());
}

TEST_F(VaultSourceTest, TellsFailuresByTheirStatus) {
  struct Case {
    int status;
    const char* body;
    const char* want;
  };
  for (const Case& one :
       {Case{403, R"({"errors":["canary"]})", "permission"},
        Case{404, R"({"errors":[]})", "not_found"}, Case{500, "canary", "io"},
        Case{200, "canary", "io"},
        Case{200, R"({"data":{"data":{}}})", "not_found"},
        Case{200, R"({"data":{"data":null}})", "not_found"}}) {
    http_.answers = {{one.status, one.body}};
    const auto value = Read();
    ASSERT_FALSE(value) << one.status << one.body;
    EXPECT_EQ(Name(value.error().code), one.want) << one.status << one.body;
    EXPECT_EQ(Describe(value.error()).find("canary"), std::string::npos);
    EXPECT_NE(Describe(value.error()).find("from vault"), std::string::npos);
  }
  EXPECT_EQ(ReadText(), "io");  // nobody listens
}

// T-02: another project's token only where that says so.
TEST_F(SecretReaderTest, ASourcesCredentialServesItsOwnProject) {
  Declare("Secret/platform/VAULT", R"({"project":"platform"})");
  DeclareSource(
      R"({"vault":{"address":"https://vault.acme.example","mount":"kv",
          "path":"p","field":"f",
          "token":{"secretRef":{"project":"platform","key":"VAULT"}}}})");
  host_.hosts = {{"vault.acme.example", "https://vault.acme.example"}};
  const auto value = Read();
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, ErrorCode::kPermission);
  EXPECT_NE(value.error().message.find("may not use"), std::string::npos);
}

TEST_F(SecretReaderTest, ACircleOfSourcesEnds) {
  DeclareSource(
      R"({"vault":{"address":"https://vault.acme.example","mount":"kv",
          "path":"p","field":"f",
          "token":{"secretRef":{"project":"payments","key":"OUTSIDE"}}}})");
  host_.hosts = {{"vault.acme.example", "https://vault.acme.example"}};
  EXPECT_EQ(ReadText(), "limit");
}

class AwsSourceTest : public SecretReaderTest {
 protected:
  void DeclareAws(const std::string& source, const std::string& spec) {
    Declare("Secret/payments/ID", R"({"project":"payments"})");
    const auto set = secrets().Set({Id("Secret/payments/ID"), "prod"},
                                   SecretValue::Copy("AKIDEXAMPLE"), "ana");
    ASSERT_TRUE(set && Set("prod", "the-secret-key"));
    DeclareSource("{\"" + source + "\":{" + spec + R"(,
        "accessKey":{"secretRef":{"project":"payments","key":"ID"}},
        "secretKey":{"secretRef":{"project":"payments","key":"SLACK_URL"}}}})",
                  R"(,"cacheFor":"0s")");
  }
};

TEST_F(AwsSourceTest, ReadsSecretsManager) {
  DeclareAws(
      "awsSecretsManager",
      R"("region":"eu-central-1","secretId":"prod/slack","field":"url")");
  http_.answers = {{200, R"({"SecretString":"{\"url\":\"of aws\"}"})"},
                   {200, R"({"SecretString":"{\"other\":\"x\"}"})"},
                   {200, R"({"SecretString":"canary"})"}};
  EXPECT_EQ(ReadText(), "of aws");
  const ScriptedHttp::Asked& asked = http_.asked.at(0);
  EXPECT_EQ(asked.method, "POST");
  EXPECT_EQ(asked.url, "https://secretsmanager.eu-central-1.amazonaws.com/");
  EXPECT_EQ(asked.Header("x-amz-target"), "secretsmanager.GetSecretValue");
  EXPECT_EQ(asked.body, R"({"SecretId":"prod/slack"})");
  EXPECT_EQ(asked.Header("authorization")
                .find("AWS4-HMAC-SHA256 Credential="
                      "AKIDEXAMPLE/"),
            0U);
  EXPECT_EQ(asked.Header("authorization").find("the-secret-key"),
            std::string::npos);
  EXPECT_EQ(ReadText(), "not_found");
  EXPECT_EQ(ReadText(), "invalid_argument");
}

TEST_F(AwsSourceTest, ReadsParameterStore) {
  DeclareAws("awsParameterStore",
             R"("region":"eu-central-1","name":"/prod/slack")");
  http_.answers = {{200, R"({"Parameter":{"Value":"of ssm"}})"}};
  EXPECT_EQ(ReadText(), "of ssm");
  EXPECT_EQ(http_.asked.at(0).url, "https://ssm.eu-central-1.amazonaws.com/");
  EXPECT_EQ(http_.asked.at(0).body,
            R"({"Name":"/prod/slack","WithDecryption":true})");
}

TEST_F(AwsSourceTest, SignsWithTemporaryKeys) {
  DeclareAws("awsParameterStore",
             R"("region":"eu-central-1","name":"/prod/slack",
                "sessionToken":{"secretRef":{"project":"payments",
                                             "key":"ID"}})");
  http_.answers = {{200, R"({"Parameter":{"Value":"of ssm"}})"}};
  EXPECT_EQ(ReadText(), "of ssm");
  EXPECT_EQ(http_.asked.at(0).Header("x-amz-security-token"), "AKIDEXAMPLE");
  EXPECT_NE(http_.asked.at(0)
                .Header("authorization")
                .find("x-amz-date;x-amz-security-token;x-amz-target"),
            std::string::npos);
}

TEST_F(AwsSourceTest, ARegionIsNoHost) {
  DeclareAws("awsSecretsManager",
             R"("region":"x.evil.example/","secretId":"s")");
  EXPECT_EQ(ReadText(), "invalid_argument");
  EXPECT_TRUE(http_.asked.empty());
}

}  // namespace
}  // namespace writ::reconciler
