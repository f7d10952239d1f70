#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "reconciler/egress/encoding.h"
#include "reconciler/targets/make_target.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"

namespace writ::reconciler {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kCanary[] = "canary_7Hq2Xw9Lm4";

class NoHttp final : public HttpClient {
 public:
  HttpResult Send(const HttpRequest&) override { return HttpResponse{}; }
};

// A program that keeps a value in a file, and what it was asked beside it.
constexpr char kProgram[] = R"sh(#!/bin/sh
cd "$1"
read -r request
echo "$request" >> asked
env > environment
verb=$(printf '%s' "$request" | sed 's/.*"verb":"\([a-z]*\)".*/\1/')
case "$verb" in
  preflight)
    echo '{"can":["observe","readback","activate","health","remove"]}' ;;
  observe)
    if [ -f value ]; then
      echo '{"present":true,"version":"v1"}'
      cat value
    else
      echo '{"present":false}'
    fi ;;
  put) cat > value; echo '{"version":"v1"}' ;;
  health) echo '{"healthy":false}' ;;
  remove) rm -f value ;;
esac
[ -f "fail-$verb" ] && { . "./fail-$verb"; }
exit 0
)sh";

class Exec : public ::testing::Test {
 protected:
  Exec() {
    const std::string program = folder_ / "program";
    std::ofstream(program) << kProgram;
    chmod(program.c_str(), 0755);
    argv_ = {program, folder_.path()};
    host_.path = "/etc/writ/host.yaml";
    host_.exec = {argv_};
  }
  Result<std::unique_ptr<Target>> Make() {
    Value::List command(argv_.begin(), argv_.end());
    const Value spec = Value::Map{
        {"type", {}, "exec"},
        {"exec",
         {},
         Value::Map{{"command", {}, command}, {"timeout", {}, timeout_}}}};
    return MakeTarget({.spec = spec,
                       .secrets = {},
                       .host = host_,
                       .http = http_,
                       .clock = clock_,
                       .deadline = std::chrono::minutes(5),
                       .ca_file = ""});
  }
  Target& target() {
    if (target_ == nullptr) target_ = std::move(*Make());
    return *target_;
  }
  TargetResult<Written> Put() {
    const SecretValue value = SecretValue::Copy(kCanary);
    return target().Put({{"API_TOKEN", "rot-1", 3}, value, "v0"});
  }
  std::string Read(const std::string& name) {
    std::ifstream file(folder_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void FailAt(const std::string& verb, const std::string& script) {
    std::ofstream(folder_ / ("fail-" + verb)) << script;
  }

  testing::TempFolder folder_;
  std::vector<std::string> argv_;
  std::string timeout_ = "20s";
  HostFile host_;
  NoHttp http_;
  testing::ManualClock clock_;
  std::unique_ptr<Target> target_;
};

TEST_F(Exec, GivesTheValueOnStandardInputAlone) {
  const auto written = Put();
  ASSERT_TRUE(written) << Describe(written.error().error);
  EXPECT_EQ(written->version, "v1");
  EXPECT_EQ(Read("value"), kCanary);
  EXPECT_EQ(Read("asked"),
            R"({"version":1,"verb":"put","name":"API_TOKEN",)"
            R"("rotation":"rot-1","generation":3,"expectedVersion":"v0"})"
            "\n");
  EXPECT_THAT(Read("environment"), Not(HasSubstr("canary")));
}

TEST_F(Exec, DoesWhatTheProgramSaysItCan) {
  ASSERT_TRUE(target().Preflight("API_TOKEN"));
  const Capabilities can = target().capabilities();
  EXPECT_TRUE(can.reads_back && can.activates && can.reports_health &&
              can.removes);
  EXPECT_FALSE(can.compares_version || can.restores);
  auto absent = target().Observe("API_TOKEN");
  ASSERT_TRUE(absent);
  EXPECT_FALSE(absent->present);
  ASSERT_TRUE(Put());
  auto present = target().Observe("API_TOKEN");
  ASSERT_TRUE(present);
  EXPECT_TRUE(present->present && present->readable);
  EXPECT_EQ(present->value.Reveal(), kCanary);
  EXPECT_EQ(present->version, "v1");
  EXPECT_TRUE(target().Activate({"API_TOKEN", "rot-1", 3}));
  EXPECT_EQ(*target().CheckHealth({"API_TOKEN", "rot-1", 3}), Health::kPending);
  EXPECT_TRUE(target().Remove("API_TOKEN"));
  EXPECT_FALSE(target().Observe("API_TOKEN")->present);
}

// A rotation goes on in another process than its preflight.
TEST_F(Exec, ReadsBackWithoutHavingAskedWhatItCan) {
  ASSERT_TRUE(Put());
  target_.reset();
  const auto seen = target().Observe("API_TOKEN");
  ASSERT_TRUE(seen);
  EXPECT_TRUE(seen->readable);
  EXPECT_EQ(seen->value.Reveal(), kCanary);
}

TEST_F(Exec, JudgesByTheExitStatus) {
  timeout_ = "2s";
  const struct {
    const char* script;
    FailureClass want;
  } cases[] = {
      {"exit 75", FailureClass::kTransient},
      {"exit 77", FailureClass::kAuth},
      {"exit 1", FailureClass::kInvalid},
      {"kill -9 $$", FailureClass::kUnknown},
      {"sleep 600", FailureClass::kUnknown},
  };
  for (const auto& c : cases) {
    FailAt("put", c.script);
    const auto result = Put();
    ASSERT_FALSE(result) << c.script;
    EXPECT_EQ(Name(result.error().failure_class), Name(c.want)) << c.script;
  }
}

// F52: whatever the program prints about it.
TEST_F(Exec, RepeatsNoValueThatTheProgramPrints) {
  FailAt("put", "cat value >&2; base64 value >&2; exit 1");
  const auto result = Put();
  ASSERT_FALSE(result);
  const std::string words = Describe(result.error().error);
  EXPECT_THAT(words, HasSubstr("(not shown)"));
  EXPECT_THAT(words, Not(HasSubstr(kCanary)));
  EXPECT_THAT(words, Not(HasSubstr(Base64(kCanary).substr(0, 16))));
}

TEST_F(Exec, DoesNotKnowWhatNonsenseMeans) {
  argv_ = {"/bin/echo", "done"};
  host_.exec = {argv_};
  const auto put = Put();
  ASSERT_FALSE(put);
  EXPECT_EQ(Name(put.error().failure_class), Name(FailureClass::kUnknown));
  const auto seen = target().Observe("API_TOKEN");
  ASSERT_FALSE(seen);
  EXPECT_EQ(Name(seen.error().failure_class), Name(FailureClass::kInvalid));
}

TEST_F(Exec, StartsNothingBehindItsDeadline) {
  target();
  clock_.Advance(std::chrono::minutes(5));
  const auto result = Put();
  ASSERT_FALSE(result);
  EXPECT_EQ(Name(result.error().failure_class), Name(FailureClass::kTransient));
  EXPECT_EQ(Read("asked"), "");
}

// T-01
TEST_F(Exec, RunsWhatTheHostFileGrants) {
  host_.exec = {{argv_[0], "/another"}};
  const auto made = Make();
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kPermission);
  EXPECT_THAT(made.error().remedy, HasSubstr("exec:"));
}

TEST_F(Exec, NoticesThatAGrantIsGone) {
  target();
  host_.exec.clear();
  const auto result = Put();
  ASSERT_FALSE(result);
  EXPECT_EQ(Name(result.error().failure_class), Name(FailureClass::kInvalid));
  EXPECT_EQ(Read("asked"), "");
}

}  // namespace
}  // namespace writ::reconciler
