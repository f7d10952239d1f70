#include "reconciler/cli/drift_patch.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/git_fixture.h"

namespace writ::reconciler {
namespace {

std::string Lines(int count, int changed_at = 0, const std::string& to = "") {
  std::string text;
  for (int i = 1; i <= count; ++i) {
    text += i == changed_at ? to + "\n" : "line " + std::to_string(i) + "\n";
  }
  return text;
}

TEST(UnifiedDiff, IsEmptyWhereNothingDiffers) {
  const std::string text = Lines(3);
  EXPECT_EQ(UnifiedDiff("a", &text, text), "");
}

TEST(UnifiedDiff, ShowsThreeLinesAround) {
  const std::string before = Lines(10);
  EXPECT_EQ(UnifiedDiff("a/b.yaml", &before, Lines(10, 5, "new")),
            "diff --git a/a/b.yaml b/a/b.yaml\n"
            "--- a/a/b.yaml\n"
            "+++ b/a/b.yaml\n"
            "@@ -2,7 +2,7 @@\n"
            " line 2\n line 3\n line 4\n-line 5\n+new\n line 6\n line 7\n"
            " line 8\n");
}

TEST(UnifiedDiff, MakesANewFile) {
  EXPECT_EQ(UnifiedDiff("n", nullptr, "a\nb\n"),
            "diff --git a/n b/n\nnew file mode 100644\n--- /dev/null\n"
            "+++ b/n\n@@ -0,0 +1,2 @@\n+a\n+b\n");
}

// Git itself makes the new file of the old one and the patch, wherever the
// changes are and however the file ends.
TEST(UnifiedDiff, AppliesWithGit) {
  testing::GitFixture git;
  int number = 0;
  for (const std::string end : {"", "last line without an end"}) {
    for (const int first : {1, 2, 8, 20}) {
      for (const int second : {1, 3, 9, 15, 20}) {
        const std::string name = "f" + std::to_string(++number);
        const std::string before = Lines(20) + end;
        std::string after = Lines(20, first, "new") + end;
        const std::string other = "line " + std::to_string(second) + "\n";
        if (const std::size_t at = after.find(other); at != std::string::npos) {
          after.replace(at, other.size(), "other\n");
        }
        git.Write(name, before);
        git.Write("p.patch", UnifiedDiff(name, &before, after));
        git.Git({"apply", "p.patch"});
        EXPECT_EQ(testing::GitFixture::ReadFile(git.repository() / name), after)
            << first << " " << second;
      }
    }
  }
}

}  // namespace
}  // namespace writ::reconciler
