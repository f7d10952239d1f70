// Plans as files and as JSON: written, shown, applied by the commit and the ref
// that they name, or refused (T-03).
#include <filesystem>
#include <string>

#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

class PlanFile : public Workbench {
 protected:
  void SetUp() override { WriteShop(); }

  std::filesystem::path WriteHostFile(const std::string& text) {
    const std::filesystem::path path = git_.root() / "host.yaml";
    std::ofstream(path) << text;
    std::filesystem::permissions(path, std::filesystem::perms(0644));
    return path;
  }
};

constexpr char kOnlyFromMain[] = R"(apiVersion: writ/v1
kind: Host
spec:
  environments: {staging: {applyFrom: refs/heads/main}}
)";

TEST_F(PlanFile, IsAppliedAsItWasReviewed) {
  const Ran plan = Expect(0, {"plan", "--out", "plan.json"});
  EXPECT_TRUE(Holds(plan.out, "Apply it: writ apply plan.json\n"));
  const Ran show = Expect(0, {"show", "plan.json"});
  EXPECT_TRUE(Holds(show.out, "+ App/order-service"));
  EXPECT_TRUE(Holds(show.out, "Plan: "));
  Expect(0, {"apply", "plan.json"});
  EXPECT_TRUE(Holds(Expect(0, {"plan"}).out, "No changes."));
}

TEST_F(PlanFile, SpeaksOfItsOwnCommitNotOfHead) {
  Expect(0, {"plan", "--out", "plan.json"});
  Edit("manifests/orders.yaml", "retention: 90d", "retention: 30d");
  git_.Commit("Move on");
  Expect(0, {"apply", "plan.json"});
  EXPECT_TRUE(Holds(Expect(0, {"plan"}).out, "90d → 30d"));
}

TEST_F(PlanFile, IsStaleOnceWhatItTouchesHasMoved) {
  Expect(0, {"apply", "--auto-approve"});
  Edit("manifests/orders.yaml", "retention: 90d", "retention: 30d");
  git_.Commit("Change");
  Expect(0, {"plan", "--out", "plan.json"});
  Edit("manifests/orders.yaml", "retention: 30d", "retention: 20d");
  Apply();
  const Ran apply = Expect(6, {"apply", "plan.json"});
  EXPECT_TRUE(Says(apply, "writ plan"));
  EXPECT_TRUE(Holds(Expect(0, {"plan"}).out, "No changes."));
}

// The serial moved, but nothing that the plan speaks of.
TEST_F(PlanFile, StandsWhenSomethingElseHasMoved) {
  Expect(0, {"apply", "--auto-approve"});
  git_.Git({"checkout", "--quiet", "-b", "feature"});
  git_.Write("manifests/refunds.yaml", AppText("refunds"));
  git_.Commit("Add refunds");
  Expect(0, {"plan", "--ref", "feature", "--target", "App/refunds", "--out",
             "plan.json"});
  Expect(0, {"state", "unprotect", "App/order-service", "--reason", "OPS-1"});
  git_.Git({"checkout", "--quiet", "main"});
  Edit("manifests/orders.yaml", "retention: 90d", "retention: 30d");
  Apply();
  Expect(0, {"apply", "plan.json"});
}

TEST_F(PlanFile, OfAnotherLineageIsStale) {
  Expect(0, {"apply", "--auto-approve"});
  git_.Write("manifests/refunds.yaml", AppText("refunds"));
  git_.Commit("Add refunds");
  Expect(0, {"plan", "--out", "plan.json"});
  Expect(0, {"state", "backup", "backup.db"});
  std::filesystem::remove_all(state("staging"));
  Expect(0, {"state", "restore", "backup.db"});
  Expect(0, {"state", "restore", "--accept"});
  Expect(6, {"apply", "plan.json"});
}

TEST_F(PlanFile, OfAForksCommitIsUntrusted) {
  Expect(0, {"apply", "--auto-approve"});
  git_.Git({"checkout", "--quiet", "-b", "fork"});
  Edit("manifests/orders.yaml", "retention: 90d", "retention: 1d");
  git_.Commit("Keep nothing");
  Expect(0, {"plan", "--out", "plan.json"});
  const std::string host = WriteHostFile(kOnlyFromMain).string();
  const Ran apply = Expect(9, {"apply", "plan.json", "--host-config", host});
  EXPECT_TRUE(Says(apply, "refs/heads/main"));
  EXPECT_TRUE(Says(apply, "merge it first"));
  // Nor by any other way than the ref that the host file names.
  Expect(9, {"apply", "--auto-approve", "--host-config", host});
  Expect(9,
         {"apply", "--auto-approve", "--working-tree", "--host-config", host});
  git_.Git({"checkout", "--quiet", "main"});
  Expect(9, {"apply", "plan.json", "--host-config", host});
  git_.Git({"merge", "--quiet", "--ff-only", "fork"});
  Expect(0, {"apply", "plan.json", "--host-config", host});
}

TEST_F(PlanFile, OfARefThatMovedAwayIsUntrusted) {
  Expect(0, {"plan", "--ref", "main", "--out", "plan.json"});
  git_.Git({"commit", "--quiet", "--amend", "--message", "Another root"});
  Expect(9, {"apply", "plan.json"});
}

TEST_F(PlanFile, ThatWasForgedIsRefused) {
  Expect(0, {"plan", "--out", "plan.json"});
  const std::string text = Read("plan.json");
  Edit("plan.json", "90d", "1d");
  const Ran forged = Writ({"apply", "plan.json"});
  // Either its own digest gives it away, or what it comes to now does.
  EXPECT_TRUE(forged.code == 6 || forged.code == 1 || forged.code == 0)
      << forged.all();
  if (forged.code == 0) {
    EXPECT_EQ(ExpectJson(0, {"state", "show", "App/order-service",
                             "--json"})["content"]["spec"]["retention"],
              "90d");
  }
  git_.Write("plan.json", text.substr(0, text.size() / 2));
  EXPECT_TRUE(Says(Expect(1, {"apply", "plan.json"}), "plan.json"));
  Expect(1, {"show", "plan.json"});
  git_.Write("plan.json", "[]");
  Expect(1, {"show", "plan.json"});
  git_.Write("plan.json", "");
  Expect(1, {"apply", "plan.json"});
  Expect(1, {"apply", "no-such-plan.json"});
}

TEST_F(PlanFile, OfAWorkingTreeIsNoPlanToApply) {
  Expect(0, {"plan", "--working-tree", "--out", "plan.json"});
  EXPECT_TRUE(Says(Expect(64, {"apply", "plan.json"}), "--working-tree"));
}

TEST_F(PlanFile, ExcludesADigest) {
  Expect(0, {"plan", "--out", "plan.json"});
  Expect(64, {"apply", "plan.json", "--digest", std::string(64, '0')});
  Expect(64, {"apply", "--digest", "9b1f"});
}

TEST_F(PlanFile, CarriesVersionExitCodeAndThreeParts) {
  json plan = ExpectJson(
      2, {"plan", "--json", "--detailed-exitcode", "--out", "plan.json"});
  EXPECT_TRUE(plan["format_version"].is_string());
  EXPECT_EQ(plan["exit_code"], 2);
  EXPECT_EQ(plan["digest"].get<std::string>().size(), 64U);
  EXPECT_TRUE(plan["decision"].is_object());
  EXPECT_TRUE(plan["context"].is_object());
  EXPECT_EQ(plan["decision"]["environment"], "staging");
  EXPECT_EQ(json::parse(Read("plan.json")), plan);
  EXPECT_EQ(ExpectJson(0, {"show", "plan.json", "--json"})["digest"],
            plan["digest"]);
}

TEST_F(PlanFile, OfNothingIsAppliedToNothing) {
  Expect(0, {"apply", "--auto-approve"});
  Expect(0, {"plan", "--out", "plan.json"});
  Expect(0, {"apply", "plan.json"});
  json applied = ExpectJson(0, {"apply", "--json", "--auto-approve"});
  EXPECT_EQ(applied["done"], 0);
  EXPECT_EQ(applied["exit_code"], 0);
}

TEST_F(PlanFile, ApplySpeaksJson) {
  json applied = ExpectJson(0, {"apply", "--json", "--auto-approve"});
  EXPECT_EQ(applied["outcome"], "complete");
  EXPECT_EQ(applied["failed"], 0);
  EXPECT_EQ(applied["done"], applied["changes"].size());
  EXPECT_GT(applied["serial_after"], applied["serial_before"]);
}

}  // namespace
}  // namespace writ::e2e
