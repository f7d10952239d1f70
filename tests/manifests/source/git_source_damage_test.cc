// Objects that are damaged, swapped or gone, and more of them than the limits
// admit: errors, never an absence.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/manifests/source/git_source_fixture.h"

namespace writ::manifests {
namespace {

using ::testing::HasSubstr;

namespace fs = std::filesystem;

TEST_F(GitSource, ReportsADamagedFolderRatherThanAnEmptyOne) {
  git_.Write("a/x.yaml", "x: 1\n");
  git_.Commit("Add");
  const std::string tree = git_.Git({"rev-parse", "HEAD:a"});
  fs::remove(ObjectPath(tree));
  auto source = Open(At(git_.repository()));
  Diagnostics diagnostics;
  const auto got = source->ListBelow("a", diagnostics);
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().code, ErrorCode::kCorrupt);
}

// T-12: what can't be read is an error, never an absence.
TEST_F(GitSource, ReportsADamagedObject) {
  CommitSample();
  const fs::path object =
      ObjectPath(git_.Git({"rev-parse", "HEAD:manifests/a.yaml"}));
  fs::permissions(object, fs::perms(0644));
  std::ofstream(object, std::ios::trunc) << "garbage";
  auto source = Open(At(git_.repository()));
  EXPECT_EQ(Paths(*source).size(), 3u);
  const auto text = TryRead(*source, "manifests/a.yaml");
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(text.error().message, HasSubstr("manifests/a.yaml"));
  EXPECT_EQ(Read(*source, "manifests/deep/b.yml"), "b: 2\n");
}

TEST_F(GitSource, ReportsAnObjectSwappedForAnother) {
  CommitSample();
  const fs::path a =
      ObjectPath(git_.Git({"rev-parse", "HEAD:manifests/a.yaml"}));
  const fs::path b =
      ObjectPath(git_.Git({"rev-parse", "HEAD:manifests/deep/b.yml"}));
  fs::remove(a);
  fs::copy_file(b, a);
  auto source = Open(At(git_.repository()));
  const auto text = TryRead(*source, "manifests/a.yaml");
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().code, ErrorCode::kCorrupt);
}

TEST_F(GitSource, ReportsMissingObjects) {
  CommitSample();
  fs::remove(ObjectPath(git_.Git({"rev-parse", "HEAD:manifests/a.yaml"})));
  auto source = Open(At(git_.repository()));
  const auto text = TryRead(*source, "manifests/a.yaml");
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().code, ErrorCode::kCorrupt);

  fs::remove(ObjectPath(git_.Git({"rev-parse", "HEAD:manifests"})));
  auto again = Open(At(git_.repository()));
  Diagnostics diagnostics;
  EXPECT_EQ(again->List(diagnostics).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(again->Find("manifests/a.yaml").error().code, ErrorCode::kCorrupt);
}

// T-22: each cap has its own error.
TEST_F(GitSource, HoldsItsLimits) {
  CommitSample();
  struct Case {
    SourceLimits limits;
    std::string want;
  };
  Case cases[3];
  cases[0] = {{}, "more than 2 YAML files"};
  cases[0].limits.max_files = 2;
  cases[1] = {{}, "more than 1 folders deep"};
  cases[1].limits.max_depth = 1;
  cases[2] = {{}, "more than 3 files and folders"};
  cases[2].limits.max_entries = 3;
  for (const Case& c : cases) {
    SourceRequest request = At(git_.repository());
    request.limits = c.limits;
    Diagnostics diagnostics;
    const auto entries = Open(request)->List(diagnostics);
    ASSERT_FALSE(entries.has_value()) << c.want;
    EXPECT_EQ(entries.error().code, ErrorCode::kLimit);
    EXPECT_THAT(entries.error().message, HasSubstr(c.want));
  }
}

// T-22
TEST_F(GitSource, LimitsBytesOfAFileAndOfTheSource) {
  CommitSample();
  SourceRequest request = At(git_.repository());
  request.limits.max_file_bytes = 4;
  auto small = Open(request);
  EXPECT_EQ(TryRead(*small, "manifests/a.yaml").error().code,
            ErrorCode::kInvalidManifest);

  request.limits.max_file_bytes = 5;
  request.limits.max_total_bytes = 9;
  auto source = Open(request);
  EXPECT_EQ(Read(*source, "manifests/a.yaml"), "a: 1\n");
  // Another reader draws on the same budget.
  const auto second = TryRead(*source, "manifests/deep/b.yml");
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kLimit);
  EXPECT_THAT(second.error().message, HasSubstr("limit of a source"));
}

}  // namespace
}  // namespace writ::manifests
