#include "reconciler/targets/git_index.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/temp_folder.h"

namespace writ::reconciler::targets {
namespace {

void Git(const testing::TempFolder& folder, const std::string& command) {
  const std::string line = "cd " + folder.path() +
                           " && git -c user.name=a -c user.email=a@b " +
                           command + " >/dev/null 2>&1";
  ASSERT_EQ(std::system(line.c_str()), 0) << command;
}

TEST(GitIndex, IsReadInEachVersion) {
  for (const char* version : {"2", "3", "4"}) {
    const testing::TempFolder folder;
    std::filesystem::create_directories(folder / "deep/er");
    for (const char* name : {".env", "a", "deep/.env", "deep/er/.env",
                             "deep/er/.env.example", "deep/er/untracked"}) {
      std::ofstream(folder / name) << "x";
    }
    Git(folder, "init -q");
    Git(folder, "add -f .env a deep/er/.env deep/er/.env.example");
    Git(folder, "update-index --skip-worktree a");
    Git(folder, std::string("update-index --index-version ") + version);
    const struct {
      const char* name;
      bool want;
    } cases[] = {{".env", true},
                 {"deep/.env", false},
                 {"deep/er/.env", true},
                 {"deep/er/.env.example", true},
                 {"deep/er/untracked", false},
                 {"deep/er/.en", false}};
    for (const auto& c : cases) {
      const auto tracked = IsTrackedByGit(folder / c.name);
      ASSERT_TRUE(tracked) << Describe(tracked.error());
      EXPECT_EQ(*tracked, c.want) << version << " " << c.name;
    }
  }
}

TEST(GitIndex, IsFoundFromLinkedWorkTrees) {
  const testing::TempFolder folder;
  Git(folder, "init -q");
  std::ofstream(folder / ".env") << "x";
  Git(folder, "add -f .env");
  Git(folder, "commit -q -m x");
  Git(folder, "worktree add -q linked");
  const auto tracked = IsTrackedByGit(folder / "linked/.env");
  ASSERT_TRUE(tracked);
  EXPECT_TRUE(*tracked);
}

TEST(GitIndex, IsNotThereOutsideOfWorkTrees) {
  const testing::TempFolder folder;
  EXPECT_EQ(IsTrackedByGit(folder / ".env"), false);
  Git(folder, "init -q");
  EXPECT_EQ(IsTrackedByGit(folder / ".env"), false);
}

// What can't be read isn't taken for "no".
TEST(GitIndex, IsNotGuessedAt) {
  for (const char* bytes :
       {"", "DIRC", "DIRC\0\0\0\7\0\0\0\1", "XXXXXXXXXXXX", "DIRCxxxxxxxx"}) {
    const testing::TempFolder folder;
    std::filesystem::create_directories(folder / ".git");
    std::ofstream(folder / ".git/index", std::ios::binary)
        << std::string(bytes, bytes[0] == 'D' ? 4 : 0) << bytes;
    EXPECT_FALSE(IsTrackedByGit(folder / ".env"));
  }
}

}  // namespace
}  // namespace writ::reconciler::targets
