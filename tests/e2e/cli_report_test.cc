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

// The repository's writ.yaml lies in deploy/writ: hosts want files from the
// repository's root.
class ReportsFromAFolder : public Workbench {
 protected:
  void SetUp() override { WriteShop(kFolder); }

  void Slip() {
    Edit(kFolder / "manifests/orders.yaml", "retention: 90d", "retentoin: 90d");
    git_.Commit("Slip");
  }

  static inline const std::filesystem::path kFolder = "deploy/writ";
  static constexpr char kAnnotation[] =
      "::error file=deploy/writ/manifests/orders.yaml,line=6,";
};

TEST_F(ReportsFromAFolder, PointAtMistakesOfAPlan) {
  Slip();
  Ran ran = Expect(3, {"plan", "--source", "deploy/writ", "--report",
                       "github=-", "--report", "sarif=plan.sarif"});
  EXPECT_TRUE(Holds(ran.out, kAnnotation));
  const json sarif = json::parse(Read(repository() / "plan.sarif"));
  EXPECT_EQ(sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
                 ["artifactLocation"]["uri"],
            "deploy/writ/manifests/orders.yaml");
  ran = Expect(3, {"diff", "HEAD~1..HEAD", "--source", "deploy/writ",
                   "--report", "github=-"});
  EXPECT_TRUE(Holds(ran.out, kAnnotation));
  EXPECT_TRUE(Holds(ran.err, "--> manifests/orders.yaml:6:"))
      << "people stand where writ.yaml lies";
}

TEST_F(ReportsFromAFolder, PointAtMistakesOfFiles) {
  Slip();
  // A commit, the working tree, and where one stands makes no difference.
  for (const Arguments& more :
       {Arguments{"--ref", "HEAD"}, Arguments{}, Arguments{"--ref", "main"}}) {
    Arguments arguments = {"validate", "--format", "github", "--source",
                           "deploy/writ/manifests"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    EXPECT_TRUE(Holds(Expect(3, arguments).out, kAnnotation));
  }
}

TEST_F(ReportsFromAFolder, PointAtWhatAPlanFinds) {
  git_.Write(kFolder / "manifests/policy.yaml", R"(apiVersion: writ/v1
kind: Policy
metadata: {name: long-retention}
spec:
  match: {kinds: [App]}
  validations:
    - {name: a-year, expression: "resource.spec.retention == '365d'", message: "too short"}
)");
  git_.Commit("Ask for a year");
  const Ran ran = Expect(4, {"plan", "--source", "deploy/writ", "--out",
                             "plan.json", "--report", "github=-"});
  EXPECT_TRUE(Holds(ran.out, "::error file=deploy/writ/manifests/orders.yaml"));
  const json plan = json::parse(Read(repository() / "plan.json"));
  EXPECT_EQ(plan["context"]["source_folder"], "deploy/writ");
  EXPECT_TRUE(Lacks(Expect(4, {"plan", "--source", "deploy/writ"}).out,
                    "deploy/writ/manifests"));
}

}  // namespace
}  // namespace writ::e2e
