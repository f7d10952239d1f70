// The state's first law: a crash or a failure at any write leaves it as a whole
// number of transactions left it, and what was acknowledged is there. The Nth
// effect fails for N = 1, 2, … until a run sees no fault.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "reconciler/store/audit_chain.h"
#include "reconciler/store/generation_file.h"
#include "tests/fault/faulty_vfs.h"
#include "tests/fault/store_workload.h"

namespace writ::reconciler {
namespace {

namespace fs = std::filesystem;

struct Outcome {
  int code = -1;
  std::vector<std::string> steps;  // digests
  std::string trouble;             // a line that is no step
};

// A folder in memory where there is one: what is synced here is judged by the
// faulty file system, not by the disk.
class FastFolder {
 public:
  FastFolder() {
    std::string pattern = fs::is_directory("/dev/shm")
                              ? "/dev/shm/writ-fault-XXXXXX"
                              : fs::temp_directory_path() / "writ-fault-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~FastFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  FastFolder(const FastFolder&) = delete;
  FastFolder& operator=(const FastFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class StoreFault : public ::testing::TestWithParam<const char*> {
 protected:
  std::string StatePath() const { return folder_.path() + "/state"; }

  Outcome RunChild(const std::string& fault, int n) {
    fs::remove_all(StatePath());
    const std::string output = folder_.path() + "/output";
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    std::string program = WRIT_STORE_CRASH_CHILD;
    std::string path = StatePath();
    std::string name = fault;
    std::string number = std::to_string(n);
    char* arguments[] = {program.data(), path.data(), name.data(),
                         number.data(), nullptr};
    pid_t child = 0;
    EXPECT_EQ(::posix_spawn(&child, program.c_str(), &actions, nullptr,
                            arguments, environ),
              0);
    posix_spawn_file_actions_destroy(&actions);
    Outcome run;
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    if (WIFEXITED(status)) run.code = WEXITSTATUS(status);
    std::ifstream lines(output);
    for (std::string line; std::getline(lines, line);) {
      if (line.rfind("step\t", 0) == 0) {
        run.steps.push_back(line.substr(5));
      } else {
        run.trouble = line;
      }
    }
    return run;
  }

  // What is left is what some step left, not before what was acknowledged.
  void ExpectWhole(const Outcome& run, const std::vector<std::string>& wanted) {
    StoreWorkload workload(StatePath());
    const auto store = workload.Open();
    ASSERT_TRUE(store) << Describe(store.error());
    const auto dump = DumpState(**store);
    ASSERT_TRUE(dump) << Describe(dump.error());
    const std::string digest = Sha256(*dump).Hex();
    // Without a step that was acknowledged the state is as if just created.
    const std::size_t done = run.steps.empty() ? 0 : run.steps.size() - 1;
    const bool whole = digest == wanted[done] ||
                       (done + 1 < wanted.size() && digest == wanted[done + 1]);
    EXPECT_TRUE(whole) << "after " << done << " steps:\n" << *dump;
    const auto head = VerifyAuditChain(**store, std::nullopt);
    EXPECT_TRUE(head) << Describe(head.error());
    const auto wrong = (*store)->Verify();
    ASSERT_TRUE(wrong) << Describe(wrong.error());
    EXPECT_TRUE(wrong->empty()) << wrong->front();
    ExpectWritable(**store);
  }

  static void ExpectWritable(StateStore& store) {
    const auto write = store.BeginWrite("");
    ASSERT_TRUE(write) << Describe(write.error());
    EXPECT_TRUE((*write)->Put(MakeResource("App/after"), 0));
    EXPECT_TRUE((*write)->Commit());
    EXPECT_FALSE(IsGenerationOdd(store.folder()));
  }

  static bool IsGenerationOdd(const std::string& folder) {
    const auto generation = GenerationFile::Open(folder);
    EXPECT_TRUE(generation) << Describe(generation.error());
    return generation && GenerationFile::IsOdd(generation->Load());
  }

  FastFolder folder_;
};

TEST_P(StoreFault, AtAnyWriteLeavesWholeTransactions) {
  const std::string fault = GetParam();
  const bool crashes = fault != "error";
  const Outcome clean = RunChild("none", 0);
  ASSERT_EQ(clean.code, 0) << clean.trouble;
  constexpr int kMost = 2000;
  int n = 1;
  int left_odd = 0;
  for (; n < kMost && !HasFailure(); ++n) {
    SCOPED_TRACE(fault + " at effect " + std::to_string(n));
    const Outcome run = RunChild(fault, n);
    if (run.code == 0) break;
    EXPECT_EQ(run.code, crashes ? testing::kCrashed : 3) << run.trouble;
    if (!crashes) {
      EXPECT_EQ(run.steps, clean.steps) << run.trouble;
    }
    if (IsGenerationOdd(StatePath())) ++left_odd;
    ExpectWhole(run, clean.steps);
  }
  RecordProperty("effects", n - 1);
  // Only who is killed within a commit leaves it odd, until somebody writes.
  EXPECT_EQ(left_odd > 0, crashes) << left_odd;
  EXPECT_GT(n, 50) << "the workload has hardly any effects";
  EXPECT_LT(n, kMost);
}

INSTANTIATE_TEST_SUITE_P(EveryKind, StoreFault,
                         ::testing::Values("error", "exit", "cut", "torn"),
                         [](const auto& kind) {
                           return std::string(kind.param);
                         });

// A disk that is really full: what fits is kept, the rest is refused with what
// to do, and goes on when there is room again.
TEST(StoreDisk, FullIsSaidAndLeavesTheStateAsItWas) {
  FastFolder folder;
  const std::string disk = folder.path() + "/disk";
  fs::create_directory(disk);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=1m") != 0) {
    GTEST_SKIP() << "needs the right to mount";
  }
  {
    StoreWorkload workload(disk + "/state");
    const auto store = workload.Open();
    ASSERT_TRUE(store) << Describe(store.error());
    std::int64_t written = 0;
    Status status;
    while (status && written < 1000) {
      const auto write = (*store)->BeginWrite("");
      ASSERT_TRUE(write) << Describe(write.error());
      StoredResource large = MakeResource("App/a" + std::to_string(written));
      large.live.content = std::string(20000, 'x');
      status = (*write)->Put(large, 0);
      if (status) status = (*write)->Commit();
      if (status) ++written;
    }
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kIo);
    EXPECT_NE(status.error().message.find("full"), std::string::npos)
        << Describe(status.error());
    EXPECT_NE(status.error().remedy.find("space"), std::string::npos);
    EXPECT_GT(written, 3);
    EXPECT_EQ((*store)->ReadFacts()->resource_count, written);
    EXPECT_EQ((*store)->ReadAll(true)->resources.size(),
              static_cast<std::size_t>(written));
    ASSERT_EQ(::mount("tmpfs", disk.c_str(), "tmpfs", MS_REMOUNT, "size=8m"),
              0);
    const auto write = (*store)->BeginWrite("");
    ASSERT_TRUE(write) << Describe(write.error());
    EXPECT_TRUE((*write)->Put(MakeResource("App/more"), 0));
    EXPECT_TRUE((*write)->Commit());
    EXPECT_TRUE((*store)->Verify()->empty());
  }
  EXPECT_EQ(::umount(disk.c_str()), 0);
}

}  // namespace
}  // namespace writ::reconciler
