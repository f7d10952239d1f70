#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

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
  HttpResult Send(const HttpRequest&) override {
    ADD_FAILURE() << "a .env file calls nobody";
    return HttpResponse{};
  }
};

class Dotenv : public ::testing::Test {
 protected:
  Dotenv() {
    host_.path = "/etc/writ/host.yaml";
    host_.dotenv = {folder_.path()};
  }
  Result<std::unique_ptr<Target>> Make() {
    const Value spec = Value::Map{
        {"type", {}, "dotenv"},
        {"dotenv", {}, Value::Map{{"path", {}, path_}, {"mode", {}, mode_}}}};
    return MakeTarget({.spec = spec,
                       .secrets = {},
                       .host = host_,
                       .http = http_,
                       .clock = clock_,
                       .deadline = std::chrono::seconds(5),
                       .ca_file = ""});
  }
  TargetResult<Written> Put(const std::string& name, const std::string& value,
                            const std::string& version = {}) {
    auto target = Make();
    if (!target) return InvalidTarget(target.error());
    const SecretValue secret = SecretValue::Copy(value);
    auto result = (*target)->Put({{name, "rot-1", 1}, secret, version});
    if (!result) {
      EXPECT_THAT(Describe(result.error().error), Not(HasSubstr(kCanary)));
    }
    return result;
  }
  void WriteFile(const std::string& text, mode_t mode = 0600) {
    std::ofstream(path_) << text;
    chmod(path_.c_str(), mode);
  }
  std::string ReadFile() {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  mode_t ModeOf(const std::string& path) {
    struct stat facts = {};
    stat(path.c_str(), &facts);
    return facts.st_mode & 0777;
  }
  std::size_t FilesInFolder() {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder_.path()), {}));
  }

  testing::TempFolder folder_;
  std::string path_ = folder_ / ".env";
  std::string mode_ = "0600";
  HostFile host_;
  NoHttp http_;
  testing::ManualClock clock_;
};

TEST_F(Dotenv, MakesTheFileForItsOwnerAlone) {
  const mode_t before = umask(0);
  ASSERT_TRUE(Put("API_TOKEN", kCanary));
  umask(before);
  EXPECT_EQ(ReadFile(), std::string("API_TOKEN=") + kCanary + "\n");
  EXPECT_EQ(ModeOf(path_), 0600U);
  EXPECT_EQ(FilesInFolder(), 1U);
}

// S-06: a .env file.
TEST_F(Dotenv, ReplacesOneVariableAndKeepsTheRest) {
  WriteFile("# mine\nAPI_TOKEN=old # why\nOTHER='x y'\n");
  ASSERT_TRUE(Put("API_TOKEN", kCanary));
  EXPECT_EQ(ReadFile(), std::string("# mine\nAPI_TOKEN=") + kCanary +
                            " # why\nOTHER='x y'\n");
  EXPECT_EQ(FilesInFolder(), 1U);
}

TEST_F(Dotenv, ObservesWhatIsThere) {
  auto target = Make();
  ASSERT_TRUE(target);
  auto absent = (*target)->Observe("API_TOKEN");
  ASSERT_TRUE(absent);
  EXPECT_FALSE(absent->present);
  ASSERT_TRUE(Put("API_TOKEN", kCanary));
  auto present = (*target)->Observe("API_TOKEN");
  ASSERT_TRUE(present);
  EXPECT_EQ(present->value.Reveal(), kCanary);
  EXPECT_NE(present->version, absent->version);
}

TEST_F(Dotenv, WritesNothingWhereTheValueIsThere) {
  const auto first = Put("API_TOKEN", kCanary);
  const auto second = Put("API_TOKEN", kCanary);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->version, second->version);
}

// F25, F31
TEST_F(Dotenv, HonoursTheVersionThatWasExpected) {
  WriteFile("A=1\n");
  auto target = Make();
  const auto before = (*target)->Observe("A");
  ASSERT_TRUE(before);
  ASSERT_TRUE(Put("B", "2"));
  const auto lost = Put("A", kCanary, before->version);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().failure_class, FailureClass::kConflict);
  EXPECT_EQ(ReadFile(), "A=1\nB=2\n");
}

TEST_F(Dotenv, RemovesALineAndRemovesItAgain) {
  WriteFile("A=1\nB=2\n");
  auto target = Make();
  EXPECT_TRUE((*target)->Remove("A"));
  EXPECT_TRUE((*target)->Remove("A"));
  EXPECT_EQ(ReadFile(), "B=2\n");
}

// T-25
TEST_F(Dotenv, WritesNoNameThatChangesPrograms) {
  for (const char* name : {"LD_PRELOAD", "PATH", "BASH_ENV", "NODE_OPTIONS",
                           "WRIT_MASTER_KEY", "a b", "A=B", ""}) {
    EXPECT_FALSE(Put(name, kCanary)) << name;
  }
  EXPECT_FALSE(std::filesystem::exists(path_));
}

// T-01
TEST_F(Dotenv, WritesBelowGrantedRootsOnly) {
  host_.dotenv = {folder_ / "elsewhere"};
  const auto made = Make();
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kPermission);
  EXPECT_THAT(made.error().remedy, HasSubstr("dotenv:"));
}

// T-01: also when the link comes after the target was made.
TEST_F(Dotenv, FollowsNoLink) {
  auto target = Make();
  ASSERT_TRUE(target);
  std::ofstream(folder_ / "real") << "A=1\n";
  std::filesystem::create_symlink(folder_ / "real", path_);
  const SecretValue value = SecretValue::Copy(kCanary);
  const auto result = (*target)->Put({{"A", "rot-1", 1}, value, ""});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().failure_class, FailureClass::kInvalid);
  EXPECT_FALSE(Make());
}

TEST_F(Dotenv, RefusesFilesThatOthersMayRead) {
  for (const mode_t mode : {mode_t{0644}, mode_t{0660}, mode_t{0602}}) {
    WriteFile("A=1\n", mode);
    const auto result = Put("A", kCanary);
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().error.remedy, HasSubstr("chmod 0600"));
  }
  mode_ = "0640";
  WriteFile("A=1\n", 0640);
  EXPECT_TRUE(Put("A", kCanary));
  EXPECT_EQ(ModeOf(path_), 0640U);
}

TEST_F(Dotenv, RefusesAFileWithAnotherName) {
  WriteFile("A=1\n");
  std::filesystem::create_hard_link(path_, folder_ / "copy");
  EXPECT_FALSE(Put("A", kCanary));
}

// The value would be in the next commit.
TEST_F(Dotenv, RefusesFilesThatGitTracks) {
  WriteFile("A=1\n");
  const std::string in = "cd " + folder_.path() + " && git ";
  ASSERT_EQ(std::system((in + "init -q . && " + in + "add -f .env").c_str()),
            0);
  const auto result = Put("A", kCanary);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().error.message, HasSubstr("git tracks"));
  ASSERT_EQ(std::system((in + "rm -q --cached .env").c_str()), 0);
  EXPECT_TRUE(Put("A", kCanary));
}

TEST_F(Dotenv, WaitsForTheLockUntilItsDeadline) {
  const int held = open(folder_.path().c_str(), O_RDONLY | O_DIRECTORY);
  ASSERT_EQ(flock(held, LOCK_EX), 0);
  const auto result = Put("A", kCanary);
  close(held);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().failure_class, FailureClass::kTransient);
  EXPECT_GE(clock_.Monotonic(), std::chrono::seconds(5));
}

// F1 to F4: what a crash left behind goes with the next write.
TEST_F(Dotenv, TidiesUpAfterACrash) {
  std::ofstream(folder_ / "..env.writ-new") << "A=" << kCanary << "\n";
  ASSERT_TRUE(Put("A", "2"));
  EXPECT_EQ(FilesInFolder(), 1U);
  EXPECT_EQ(ReadFile(), "A=2\n");
}

TEST_F(Dotenv, RefusesWhatParsersReadDifferently) {
  WriteFile("A=1\nA=2\n");
  EXPECT_FALSE(Put("A", kCanary));
  WriteFile("A=1\n");
  EXPECT_FALSE(Put("A", std::string("it's ") + kCanary));
  EXPECT_EQ(ReadFile(), "A=1\n");
}

}  // namespace
}  // namespace writ::reconciler
