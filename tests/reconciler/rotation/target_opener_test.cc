#include "reconciler/rotation/target_opener.h"

#include <gmock/gmock.h>

#include "tests/reconciler/rotation/rotation_fixture.h"

namespace writ::reconciler {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kProbed[] = "DeployTarget/acme/probed";
constexpr char kValue[] = "canary_7Hq2Xw9Lm4";

// Answers what it is told to, and keeps what was sent.
class OneAnswer final : public HttpClient {
 public:
  HttpResult Send(const HttpRequest& request) override {
    ++sent;
    for (const auto& [name, value] : request.headers) {
      const std::string line = name + ": " + std::string(value.Reveal());
      (name == "Authorization" ? authorization : agent) = line;
    }
    if (failure) return tl::unexpected<HttpFailure>(*failure);
    HttpResponse response;
    response.status = status;
    return response;
  }

  int status = 200;
  std::optional<HttpFailure> failure;
  int sent = 0;
  std::string authorization;
  std::string agent;
};

class LiveTargetsTest : public RotationTest {
 protected:
  void SetUp() override {
    RotationTest::SetUp();
    Declare(kProbed, "Workspace/acme",
            R"({"type":"dotenv","workspace":"acme",
                "dotenv":{"path":")" +
                (folder_ / ".env") + R"("},
                "probe":{"http":{"url":"https://shop.example.org/health",
                                 "expectStatus":204}},
                "consumer":{"networks":["10.0.4.0/24"],
                            "userAgent":"checkout/*"}})");
    host_.dotenv = {folder_.path()};
    host_.hosts = {{"probe", "https://shop.example.org"}};
  }

  OpenTarget Open() {
    LiveTargets targets(
        *store_,
        [](const ResourceId&, const ResourceId&) -> Result<SecretValue> {
          return Fail(ErrorCode::kNotFound, "no secret is wanted here");
        },
        host_, http_, clock_, {});
    auto opened = targets.Open(Id(kProbed));
    EXPECT_TRUE(opened) << Describe(opened.error());
    return opened ? *std::move(opened) : OpenTarget{};
  }
  TargetStatus Probed() {
    const OpenTarget open = Open();
    return open.probe->Run(SecretValue::Copy(kValue));
  }
  // What a probe is taken for that meets this status.
  std::string Meeting(int status) {
    http_.status = status;
    const TargetStatus probed = Probed();
    if (probed) return "passed";
    EXPECT_THAT(Describe(probed.error().error), Not(HasSubstr(kValue)));
    return std::string(Name(probed.error().failure_class));
  }

  testing::TempFolder folder_;
  HostFile host_;
  OneAnswer http_;
};

TEST_F(LiveTargetsTest, ProbesAsTheConsumerWould) {
  EXPECT_EQ(Meeting(204), "passed");
  EXPECT_EQ(http_.authorization,
            "Authorization: Bearer " + std::string(kValue));
  // T-09: a gateway that it reaches takes it for no consumer.
  EXPECT_TRUE(http_.agent.starts_with("User-Agent: writ-probe/"));
}

// F46: only who judges the value can say that it is bad.
TEST_F(LiveTargetsTest, AProbeThatIsDownSaysNothingOfTheValue) {
  EXPECT_EQ(Meeting(401), Name(FailureClass::kAuth));
  EXPECT_EQ(Meeting(403), Name(FailureClass::kAuth));
  for (const int status : {200, 301, 404, 429, 500, 503}) {
    EXPECT_EQ(Meeting(status), Name(FailureClass::kTransient)) << status;
  }
  for (const auto kind :
       {TransportFailure::kResolve, TransportFailure::kConnect,
        TransportFailure::kTls, TransportFailure::kTimeout,
        TransportFailure::kBroken}) {
    http_.failure = HttpFailure{kind, false, {}};
    EXPECT_EQ(Meeting(0), Name(FailureClass::kTransient));
  }
}

// T-02
TEST_F(LiveTargetsTest, AProbeGoesNowhereWithoutAGrant) {
  host_.hosts.clear();
  EXPECT_EQ(Meeting(204), Name(FailureClass::kInvalid));
  EXPECT_EQ(http_.sent, 0);
}

TEST_F(LiveTargetsTest, KnowsWhoseUseCounts) {
  const Consumer consumer = Open().consumer;
  EXPECT_TRUE(consumer.Matches("10.0.4.7", "checkout/2.1"));
  EXPECT_FALSE(consumer.Matches("10.0.5.7", "checkout/2.1"));
  EXPECT_FALSE(consumer.Matches("10.0.4.7", "curl/8.5"));
  EXPECT_FALSE(consumer.Matches("nowhere", "checkout/2.1"));
  EXPECT_TRUE(Consumer{}.Matches("nowhere", ""));
}

}  // namespace
}  // namespace writ::reconciler
