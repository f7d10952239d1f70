// Reports beside a plan and a diff.
#include <gtest/gtest.h>

#include <string>

#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

class Reports : public Workbench {
 protected:
  void SetUp() override { WriteShop(); }
};

TEST_F(Reports, ComeFromOnePlan) {
  const Ran ran = Expect(
      0, {"plan", "--report", "markdown=plan.md", "--report", "html=plan.html",
          "--report", "sarif=plan.sarif", "--report", "junit=plan.xml"});
  EXPECT_TRUE(Holds(ran.out, "Apply it: "));
  EXPECT_TRUE(Holds(Read(repository() / "plan.md"), "### writ plan · staging"));
  EXPECT_TRUE(Holds(Read(repository() / "plan.html"), "<!doctype html>"));
  EXPECT_TRUE(Holds(Read(repository() / "plan.xml"), "<testsuites"));
  const json sarif = json::parse(Read(repository() / "plan.sarif"));
  EXPECT_EQ(sarif["version"], "2.1.0");
}

TEST_F(Reports, TakeThePlaceOfTheTextOnStdout) {
  const Ran ran = Expect(0, {"plan", "--report", "markdown=-"});
  EXPECT_TRUE(Holds(ran.out, "### writ plan · staging"));
  EXPECT_TRUE(Lacks(ran.out, "Apply it: "));
  Expect(64, {"plan", "--report", "markdown=-", "--report", "html=-"});
  Expect(64, {"plan", "--json", "--report", "markdown=-"});
}

TEST_F(Reports, NameTheKindsThereAre) {
  for (const char* wrong : {"pdf=x", "markdown", "markdown=", "=x"}) {
    EXPECT_TRUE(Says(Expect(64, {"plan", "--report", wrong}), "sarif"))
        << wrong;
  }
}

TEST_F(Reports, TellWhatIsWrongWithManifests) {
  Edit("manifests/orders.yaml", "retention: 90d", "retentoin: 90d");
  git_.Commit("Slip");
  const Ran ran = Expect(
      3, {"plan", "--report", "github=-", "--report", "markdown=plan.md"});
  EXPECT_TRUE(Holds(ran.out, "::error file=manifests/orders.yaml,line="));
  EXPECT_TRUE(Holds(Read(repository() / "plan.md"), "Nothing was planned."));
}

// T-17: what must not be cut doesn't fit.
TEST_F(Reports, EndFiveWhenTooLargeToReview) {
  WriteManySchemas(200, "x");
  Apply();
  std::filesystem::remove_all(repository() / "manifests");
  git_.Write("manifests/workspace.yaml", kWorkspace);
  git_.Write("manifests/orders.yaml", kOrders);
  git_.Commit("Drop them");
  const Ran ran = Expect(5, {"plan", "--allow-deletes", "400", "--report",
                             "markdown=plan.md", "--report-limit", "5000"});
  EXPECT_TRUE(Holds(ran.err, "too large to be reviewed"));
  EXPECT_TRUE(Holds(Read(repository() / "plan.md"), "Too large to review"));
  Expect(0, {"plan", "--allow-deletes", "400", "--report", "markdown=plan.md"});
}

TEST_F(Reports, AreThereForADiffToo) {
  Edit("manifests/orders.yaml", "retention: 90d", "retention: 30d");
  git_.Commit("Shorten");
  const Ran ran = Expect(0, {"diff", "HEAD~1..HEAD", "--report", "markdown=-"});
  EXPECT_TRUE(Holds(ran.out, "### writ diff · staging"));
  EXPECT_TRUE(Holds(ran.out, "90d → 30d"));
  EXPECT_TRUE(Lacks(ran.out, "writ apply"));
}

}  // namespace
}  // namespace writ::e2e
