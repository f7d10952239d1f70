// An acknowledged event is there for good: whatever fails at whatever write,
// and wherever the process is killed. Batches are whole, totals are true.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "reconciler/events/event_reader.h"
#include "reconciler/events/event_store.h"
#include "tests/fault/faulty_vfs.h"

namespace writ::reconciler {
namespace {

namespace fs = std::filesystem;

// What the child prints, read as it comes.
class Child {
 public:
  Child(const std::string& folder, const std::string& fault, int n,
        int senders) {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::vector<std::string> words = {WRIT_EVENT_CRASH_CHILD, folder, fault,
                                      std::to_string(n)};
    if (senders > 0) words.push_back(std::to_string(senders));
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    EXPECT_EQ(::posix_spawn(&pid_, arguments[0], &actions, nullptr,
                            arguments.data(), environ),
              0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    output_ = ::fdopen(ends[0], "r");
  }
  ~Child() { std::fclose(output_); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // False at the end. A line without its end isn't one.
  bool ReadLine(std::string& line) {
    line.clear();
    for (int c = std::fgetc(output_); c != EOF; c = std::fgetc(output_)) {
      if (c == '\n') return true;
      line += static_cast<char>(c);
    }
    return false;
  }

  void Kill() const { ::kill(pid_, SIGKILL); }

  int Wait() {
    int status = 0;
    EXPECT_EQ(::waitpid(pid_, &status, 0), pid_);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
  FILE* output_ = nullptr;
};

class EventFault : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::string pattern = fs::is_directory("/dev/shm")
                              ? "/dev/shm/writ-fault-XXXXXX"
                              : fs::temp_directory_path() / "writ-fault-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }

  std::string Folder() const {
    const std::string folder = root_ + "/state";
    fs::remove_all(folder);
    fs::create_directory(folder);
    fs::permissions(folder, fs::perms::owner_all);
    return folder;
  }

  // All that was acknowledged is there, each batch as a whole.
  static void ExpectKept(const std::string& folder,
                         const std::vector<std::string>& acknowledged) {
    EventStoreOptions options;
    options.folder = folder;
    options.disk_reserve = 0;
    auto store = EventStore::Open(options);
    ASSERT_TRUE(store) << Describe(store.error());
    auto reader = EventReader::Open(folder);
    ASSERT_TRUE(reader) << Describe(reader.error());
    const auto events = (*reader)->Recent("uid-shop", 1'000'000);
    ASSERT_TRUE(events) << Describe(events.error());
    std::set<std::string> kept;
    std::map<std::string, int> batches;
    for (const StoredEvent& event : *events) {
      EXPECT_TRUE(kept.insert(*event.own_id).second);
      ++batches[event.own_id->substr(0, event.own_id->rfind('-'))];
    }
    for (const auto& [name, count] : batches) EXPECT_EQ(count, 3) << name;
    for (const std::string& line : acknowledged) {
      std::istringstream words(line);
      for (std::string id; std::getline(words, id, ',');) {
        EXPECT_TRUE(kept.contains(id)) << id << " was acknowledged";
      }
    }
    const auto totals = (*reader)->Totals();
    ASSERT_TRUE(totals);
    const std::int64_t total = totals->empty() ? 0 : totals->front().stored;
    EXPECT_EQ(total, static_cast<std::int64_t>(events->size()));
    ExpectWritable(**store);
  }

  static void ExpectWritable(EventStore& store) {
    NewBatch batch;
    batch.events.emplace_back();
    batch.events.back().own_id = "after";
    const auto appended = store.AppendAndWait(std::move(batch));
    EXPECT_TRUE(appended) << Describe(appended.error());
  }

  std::string root_;
};

TEST_P(EventFault, AtAnyWriteLosesNothingThatWasAcknowledged) {
  const std::string fault = GetParam();
  constexpr int kMost = 1000;
  int n = 1;
  for (; n < kMost && !HasFailure(); ++n) {
    SCOPED_TRACE(fault + " at effect " + std::to_string(n));
    const std::string folder = Folder();
    Child child(folder, fault, n, 0);
    std::vector<std::string> acknowledged;
    for (std::string line; child.ReadLine(line);) acknowledged.push_back(line);
    const int code = child.Wait();
    if (code == 0) break;
    EXPECT_EQ(code, fault == "error" ? 3 : testing::kCrashed);
    if (fault == "error") {
      EXPECT_EQ(acknowledged.size(), 12U);
    }
    ExpectKept(folder, acknowledged);
  }
  EXPECT_GT(n, 30) << "the workload has hardly any effects";
  EXPECT_LT(n, kMost);
}

INSTANTIATE_TEST_SUITE_P(EveryKind, EventFault,
                         ::testing::Values("error", "exit", "cut", "torn"),
                         [](const auto& kind) {
                           return std::string(kind.param);
                         });

using EventKill = EventFault;

// Wherever SIGKILL finds four senders and the writer.
TEST_P(EventKill, LosesNothingThatWasAcknowledged) {
  for (const int lines : {1, 2, 5, 13, 40, 90}) {
    SCOPED_TRACE(lines);
    const std::string folder = Folder();
    Child child(folder, "none", 0, 4);
    std::vector<std::string> acknowledged;
    std::string line;
    for (int i = 0; i < lines && child.ReadLine(line); ++i) {
      acknowledged.push_back(line);
    }
    child.Kill();
    while (child.ReadLine(line)) acknowledged.push_back(line);
    EXPECT_EQ(child.Wait(), -SIGKILL);
    EXPECT_GE(acknowledged.size(), static_cast<std::size_t>(lines));
    ExpectKept(folder, acknowledged);
  }
}

INSTANTIATE_TEST_SUITE_P(AtAnyTime, EventKill, ::testing::Values("kill"));

}  // namespace
}  // namespace writ::reconciler
