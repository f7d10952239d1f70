// The state's generation: moved by every commit, mended where a writer ended in
// the middle.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "reconciler/store/change_watch.h"
#include "reconciler/store/generation_file.h"
#include "tests/reconciler/store/store_fixture.h"

namespace writ::reconciler {
namespace {

class GenerationFileTest : public StoreTest {
 protected:
  std::string Folder() const { return folder_ / "state"; }
  std::string File() const { return GenerationFile::PathIn(Folder()); }
  GenerationFile OpenGeneration() {
    return std::move(GenerationFile::Open(Folder()).value());
  }
};

TEST_F(GenerationFileTest, LiesBesideTheStateForItsOwnerAlone) {
  const mode_t before = ::umask(0);
  const auto store = Open();
  ::umask(before);
  struct stat status {};
  ASSERT_EQ(::stat(File().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(GenerationFileTest, GoesOddAndThenEvenAndHigher) {
  const auto store = Open();
  GenerationFile generation = OpenGeneration();
  const std::uint64_t before = generation.Load();
  EXPECT_FALSE(GenerationFile::IsOdd(before));
  const std::uint64_t odd = generation.MakeOdd();
  EXPECT_TRUE(GenerationFile::IsOdd(generation.Load()));
  generation.MakeEven(odd);
  EXPECT_EQ(generation.Load(), before + 2);
}

TEST_F(GenerationFileTest, IsSeenByEveryoneWhoMapsIt) {
  const auto store = Open();
  GenerationFile mine = OpenGeneration();
  GenerationFile theirs = OpenGeneration();
  EXPECT_EQ(mine.identity(), theirs.identity());
  mine.MakeEven(mine.MakeOdd());
  EXPECT_EQ(theirs.Load(), mine.Load());
}

TEST_F(GenerationFileTest, LeavesTheMoveToWhoTookOver) {
  const auto store = Open();
  GenerationFile generation = OpenGeneration();
  const std::uint64_t first = generation.MakeOdd();
  const std::uint64_t second = generation.MakeOdd();
  EXPECT_GT(second, first);
  generation.MakeEven(first);
  EXPECT_TRUE(GenerationFile::IsOdd(generation.Load()));
  generation.MakeEven(second);
  EXPECT_FALSE(GenerationFile::IsOdd(generation.Load()));
}

TEST_F(GenerationFileTest, GivesNoNumberTwice) {
  const auto store = Open();
  constexpr int kThreads = 4;
  constexpr int kMoves = 2000;
  std::vector<std::vector<std::uint64_t>> given(kThreads);
  {
    std::vector<std::jthread> threads;
    for (auto& numbers : given) {
      threads.emplace_back([&] {
        GenerationFile generation = OpenGeneration();
        for (int i = 0; i < kMoves; ++i) {
          numbers.push_back(generation.MakeOdd());
          generation.MakeEven(numbers.back());
        }
      });
    }
  }
  std::vector<std::uint64_t> all;
  for (const auto& numbers : given) {
    all.insert(all.end(), numbers.begin(), numbers.end());
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
  EXPECT_FALSE(GenerationFile::IsOdd(OpenGeneration().Load()));
}

TEST_F(GenerationFileTest, MovesWithEachCommitAndNoRollback) {
  const auto store = Open();
  const GenerationFile generation = OpenGeneration();
  const std::uint64_t before = generation.Load();
  { const auto write = Begin(*store); }
  EXPECT_EQ(generation.Load(), before);
  PutAll(*store, {MakeResource("App/orders")});
  const std::uint64_t after = generation.Load();
  EXPECT_GT(after, before);
  EXPECT_FALSE(GenerationFile::IsOdd(after));
  ASSERT_TRUE(store->AcquireLease("ana", "apply", std::chrono::seconds(1),
                                  std::chrono::seconds(1)));
  EXPECT_GT(generation.Load(), after);
}

TEST_F(GenerationFileTest, IsNotMadeByReaders) {
  { const auto store = Open(); }
  ASSERT_TRUE(std::filesystem::remove(File()));
  const auto store = Open(OpenMode::kReadOnly);
  ASSERT_NE(store, nullptr);
  EXPECT_FALSE(std::filesystem::exists(File()));
}

TEST_F(GenerationFileTest, ComesBackWithTheNextWriter) {
  { const auto store = Open(); }
  ASSERT_TRUE(std::filesystem::remove(File()));
  const auto store = Open(OpenMode::kReadWrite);
  EXPECT_TRUE(std::filesystem::exists(File()));
}

TEST_F(GenerationFileTest, TakesAnEmptyOrLooseFileAsItsOwn) {
  { const auto store = Open(); }
  std::ofstream(File(), std::ios::trunc).close();
  ASSERT_EQ(::chmod(File().c_str(), 0666), 0);
  const auto store = Open(OpenMode::kReadWrite);
  ASSERT_NE(store, nullptr);
  PutAll(*store, {MakeResource("App/orders")});
  EXPECT_GT(OpenGeneration().Load(), 0U);
  struct stat status {};
  ASSERT_EQ(::stat(File().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

// T-15.
TEST_F(GenerationFileTest, RefusesALink) {
  { const auto store = Open(); }
  ASSERT_TRUE(std::filesystem::remove(File()));
  const std::string elsewhere = folder_ / "elsewhere";
  std::ofstream(elsewhere) << "mine";
  std::filesystem::create_symlink(elsewhere, File());
  EXPECT_EQ(OpenError(OpenMode::kReadWrite), ErrorCode::kPermission);
  EXPECT_EQ(std::filesystem::file_size(elsewhere), 4U);
}

// T-10: a gateway that has the old state open looks again.
TEST_F(GenerationFileTest, MovesWithARestore) {
  const std::string backup = folder_ / "backup";
  {
    const auto store = Open();
    ASSERT_TRUE(store->BackupTo(backup));
  }
  const GenerationFile generation = OpenGeneration();
  const std::uint64_t before = generation.Load();
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::filesystem::remove(DatabaseFile() + suffix);
  }
  ASSERT_TRUE(RestoreState(backup, Folder(), clock_, random_, "ana"));
  EXPECT_GT(generation.Load(), before);
  EXPECT_FALSE(GenerationFile::IsOdd(generation.Load()));
}

class ChangeWatchTest : public GenerationFileTest {
 protected:
  ChangeWatch Watch() { return std::move(ChangeWatch::Open(Folder()).value()); }
};

TEST_F(ChangeWatchTest, CountsCommitsOfOthers) {
  const auto store = Open();
  ChangeWatch watch = Watch();
  const auto before = watch.DataVersion().value();
  EXPECT_EQ(watch.DataVersion().value(), before);
  PutAll(*store, {MakeResource("App/orders")});
  EXPECT_NE(watch.DataVersion().value(), before);
}

// Every commit of writ's own moves the generation, or gateways would cry wolf.
TEST_F(ChangeWatchTest, FindsNoCommitThatTheGenerationLacks) {
  auto store = Open();
  ChangeWatch watch = Watch();
  const GenerationFile generation = OpenGeneration();
  std::uint64_t moved = generation.Load();
  auto version = watch.DataVersion().value();
  const auto expect_agreement = [&](const char* what) {
    const auto now = watch.DataVersion().value();
    if (now != version) {
      EXPECT_GT(generation.Load(), moved) << what;
    }
    moved = generation.Load();
    version = now;
  };
  PutAll(*store, {MakeResource("App/orders")});
  expect_agreement("a commit");
  ASSERT_TRUE(store->Checkpoint());
  expect_agreement("emptying the log");
  ASSERT_TRUE(store->BackupTo(folder_ / "backup"));
  expect_agreement("a backup");
  store.reset();
  expect_agreement("closing");
  store = Open(OpenMode::kReadWrite);
  expect_agreement("opening");
  PutAll(*store, {MakeResource("App/carts")});
  expect_agreement("a commit after that");
}

TEST_F(ChangeWatchTest, SeesThatAnotherFileHasTheName) {
  { const auto store = Open(); }
  const ChangeWatch watch = Watch();
  const GenerationFile generation = OpenGeneration();
  EXPECT_TRUE(watch.IsInPlace());
  EXPECT_TRUE(IsInPlace(generation, Folder()));
  std::filesystem::copy_file(DatabaseFile(), folder_ / "copy");
  std::filesystem::rename(folder_ / "copy", DatabaseFile());
  EXPECT_FALSE(watch.IsInPlace());
  EXPECT_TRUE(IsInPlace(generation, Folder()));
  std::filesystem::remove(File());
  EXPECT_FALSE(IsInPlace(generation, Folder()));
}

TEST_F(ChangeWatchTest, MendsWhatADeadWriterLeft) {
  const auto store = Open();
  GenerationFile generation = OpenGeneration();
  ChangeWatch watch = Watch();
  const std::uint64_t left = generation.MakeOdd();
  EXPECT_EQ(watch.Mend(generation).value(), true);
  EXPECT_FALSE(GenerationFile::IsOdd(generation.Load()));
  EXPECT_GT(generation.Load(), left);
  const std::uint64_t mended = generation.Load();
  EXPECT_EQ(watch.Mend(generation).value(), true);
  EXPECT_EQ(generation.Load(), mended);
  PutAll(*store, {MakeResource("App/orders")});
}

TEST_F(ChangeWatchTest, LeavesALivingWriterAlone) {
  const auto store = Open();
  GenerationFile generation = OpenGeneration();
  ChangeWatch watch = Watch();
  const auto write = Begin(*store);
  const std::uint64_t odd = generation.MakeOdd();
  EXPECT_EQ(watch.Mend(generation).value(), false);
  EXPECT_EQ(generation.Load(), odd);
}

}  // namespace
}  // namespace writ::reconciler
