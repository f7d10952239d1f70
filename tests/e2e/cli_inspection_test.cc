// Commands that look and change nothing, and the formatter.
#include <string>

#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

class Inspection : public Workbench {
 protected:
  void SetUp() override { WriteShop(); }
};

TEST_F(Inspection, DiffComparesTwoCommitsWithoutAState) {
  git_.Git({"checkout", "--quiet", "-b", "feature"});
  Edit("manifests/orders.yaml", "retention: 90d", "retention: 30d");
  git_.Write("manifests/refunds.yaml", AppText("refunds"));
  git_.Commit("Feature");
  const Ran diff = Expect(2, {"diff", "main..feature", "--detailed-exitcode"});
  EXPECT_TRUE(Holds(diff.out, "+ App/refunds"));
  EXPECT_TRUE(Holds(diff.out, "90d → 30d"));
  EXPECT_TRUE(Holds(Expect(0, {"diff", "feature..main"}).out, "- App/refunds"));
  EXPECT_TRUE(Holds(Expect(0, {"diff", "main.."}).out, "+ App/refunds"));
  const Ran same = Expect(0, {"diff", "main..main", "--detailed-exitcode"});
  EXPECT_TRUE(Lacks(same.out, "App/"));
  EXPECT_EQ(ExpectJson(0, {"diff", "main..feature", "--json"})["exit_code"], 0);
  Expect(64, {"diff", "main"});
  EXPECT_TRUE(Says(Expect(1, {"diff", "main..featur"}), "feature"));
  EXPECT_FALSE(std::filesystem::exists(repository() / "state"));
}

TEST_F(Inspection, DiffReadsEachEnvironmentsOverlays) {
  git_.Git({"checkout", "--quiet", "-b", "feature"});
  Edit("environments/production/orders.yaml", "365d", "400d");
  git_.Commit("Longer");
  Expect(0, {"diff", "main..feature", "--detailed-exitcode"});
  const Ran production = Expect(
      2, {"diff", "main..feature", "--detailed-exitcode", "-e", "production"});
  EXPECT_TRUE(Holds(production.out, "365d → 400d"));
}

TEST_F(Inspection, DriftWithoutAStateIsAnError) {
  WriteShop();
  EXPECT_TRUE(Says(Expect(1, {"drift", "--state", "sqlite:nowhere"}),
                   "there is no state in "));
}

TEST_F(Inspection, DiffSpeaksOfTwoCommitsAlone) {
  WriteShop();
  const Ran same = Expect(0, {"diff", "HEAD..HEAD"});
  EXPECT_TRUE(Holds(same.out, "No differences between "));
  git_.Write("manifests/more.yaml", AppText("more-orders"));
  git_.Commit("Declare more");
  const Ran differs = Expect(0, {"diff", "HEAD~1..HEAD"});
  EXPECT_TRUE(Holds(differs.out, " · compared with "));
  EXPECT_TRUE(Lacks(differs.out, "Apply it"));
  EXPECT_TRUE(Lacks(differs.out, "no state"));
}

TEST_F(Inspection, DriftShowsWhatWasChangedOutsideOfGit) {
  Edit("manifests/orders.yaml", "spec:\n  workspace",
       "lifecycle: {protect: true}\nspec:\n  workspace");
  Apply();
  EXPECT_TRUE(
      Holds(Expect(0, {"drift", "--detailed-exitcode"}).out, "No drift"));
  Expect(0, {"state", "unprotect", "App/order-service", "--reason", "OPS-1"});
  const Ran drift = Expect(2, {"drift", "--detailed-exitcode"});
  EXPECT_TRUE(Holds(drift.out, "App/order-service"));
  EXPECT_TRUE(Holds(drift.out, "lifecycle.protect"));
  json as_json = ExpectJson(0, {"drift", "--json"});
  EXPECT_TRUE(as_json["unmanaged"].is_array());
  // What git says comes back, told apart from what git changed.
  EXPECT_TRUE(Holds(Expect(0, {"plan"}).out, "drift"));
  Expect(0, {"apply", "--auto-approve"});
  Expect(0, {"drift", "--detailed-exitcode"});
}

TEST_F(Inspection, ExplainSaysWhereAResourceComesFromAndWhoNeedsIt) {
  Expect(0, {"apply", "--auto-approve"});
  const Ran explain = Expect(0, {"explain", "App/order-service"});
  EXPECT_TRUE(Holds(explain.out, "manifests/orders.yaml:3:18"));
  EXPECT_TRUE(Holds(explain.out, "Open the shop"));
  EXPECT_TRUE(Holds(explain.out, "Ana Ruiz"));
  EXPECT_TRUE(Holds(explain.out, "Workspace/acme"));
  EXPECT_TRUE(Holds(explain.out, "EventSchema/order-service/order.placed"));
  EXPECT_TRUE(Holds(explain.out, "create (not live)"));
  json as_json = ExpectJson(0, {"explain", "App/order-service", "--json"});
  EXPECT_EQ(as_json["generation"], 1);
  EXPECT_EQ(as_json["owner"], "shop");
  EXPECT_TRUE(Says(Expect(1, {"explain", "App/nobody"}), "neither"));
  EXPECT_TRUE(Says(Expect(64, {"explain", "orders"}), "Kind/name"));
}

TEST_F(Inspection, GraphPrintsTreeDotAndJson) {
  EXPECT_TRUE(Holds(Expect(0, {"graph"}).out, "Workspace/acme"));
  const Ran dot = Expect(0, {"graph", "--format", "dot"});
  EXPECT_TRUE(Holds(dot.out, "digraph"));
  EXPECT_TRUE(
      Holds(Expect(0, {"graph", "--format", "mermaid"}).out, "flowchart LR"));
  EXPECT_TRUE(Holds(dot.out, "\"App/order-service\""));
  json as_json = ExpectJson(0, {"graph", "--json"});
  EXPECT_TRUE(as_json.is_object());
  git_.Write("manifests/refunds.yaml", AppText("refunds"));
  git_.Commit("Two apps");
  const Ran around = Expect(0, {"graph", "--around", "App/order-service"});
  EXPECT_TRUE(Holds(around.out, "order.placed"));
  EXPECT_TRUE(Lacks(around.out, "App/refunds"));
  Expect(1, {"graph", "--around", "App/nobody"});
  Expect(64, {"graph", "--around", "nobody"});
  Expect(64, {"graph", "--format", "svg"});
}

TEST_F(Inspection, SchemaIsDraft07) {
  json all = ExpectJson(0, {"schema"});
  EXPECT_TRUE(Holds(all["$schema"], "draft-07"));
  json app = ExpectJson(0, {"schema", "App"});
  EXPECT_TRUE(Holds(app["$schema"], "draft-07"));
  EXPECT_TRUE(Holds(app.dump(), "retention"));
  EXPECT_TRUE(Says(Expect(64, {"schema", "Ap"}), "App"));
}

TEST_F(Inspection, ExplainKindDocumentsKindsAndFields) {
  const Ran kinds = Expect(0, {"explain-kind"});
  for (const char* kind : {"Workspace", "App", "Patch", "Host", "RuleTest"}) {
    EXPECT_TRUE(Holds(kinds.out, kind));
  }
  EXPECT_TRUE(Holds(Expect(0, {"explain-kind", "Token"}).out, "rotation"));
  EXPECT_TRUE(Holds(Expect(0, {"explain-kind", "Token.rotation"}).out,
                    "RotationSchedule"));
  EXPECT_TRUE(Says(Expect(64, {"explain-kind", "Tokn"}), "Token"));
  EXPECT_TRUE(Says(Expect(64, {"explain-kind", "Token.rotatoin"}), "rotation"));
}

TEST_F(Inspection, VersionIsOneLineOrJson) {
  const Ran version = Expect(0, {"version"});
  EXPECT_TRUE(version.out.starts_with("writ "));
  EXPECT_EQ(Expect(0, {"--version"}).out, version.out);
  EXPECT_TRUE(ExpectJson(0, {"version", "--json"})["version"].is_string());
}

TEST_F(Inspection, DoctorLooksAtEverything) {
  const Ran before = Expect(0, {"doctor"});
  EXPECT_TRUE(Holds(before.out, "apply creates it"));
  Expect(0, {"apply", "--auto-approve"});
  json findings = ExpectJson(0, {"doctor", "--json"})["findings"];
  EXPECT_GE(findings.size(), 5U);
  for (const json& finding : findings) EXPECT_TRUE(finding["good"]);
  std::ofstream(state("staging") / "state.db") << "not a database";
  const Ran broken = Expect(1, {"doctor"});
  EXPECT_TRUE(Holds(broken.out, "✗ state"));
}

TEST_F(Inspection, FmtChecksWithoutWritingAndWritesOnce) {
  const std::string untidy =
      "apiVersion: writ/v1\nkind:   App   # the shop's\n"
      "metadata: { name: refunds }\nspec:\n    workspace:   acme\n";
  git_.Write("manifests/refunds.yaml", untidy);
  const Ran check = Expect(2, {"fmt", "--check"});
  EXPECT_EQ(check.out, "manifests/refunds.yaml\n");
  EXPECT_EQ(Read("manifests/refunds.yaml"), untidy);
  EXPECT_EQ(Expect(0, {"fmt"}).out, "manifests/refunds.yaml\n");
  EXPECT_TRUE(Holds(Read("manifests/refunds.yaml"), "# the shop's"));
  EXPECT_EQ(Expect(0, {"fmt", "--check"}).out, "");
  EXPECT_EQ(Expect(0, {"fmt"}).out, "");
  Expect(0, {"validate"});
}

TEST_F(Inspection, FmtTouchesOnlyTheFilesNamed) {
  const std::string untidy = "kind:   App\n";
  git_.Write("manifests/a.yaml", untidy);
  git_.Write("manifests/b.yaml", untidy);
  EXPECT_EQ(Expect(0, {"fmt", "manifests/a.yaml"}).out, "manifests/a.yaml\n");
  EXPECT_EQ(Read("manifests/b.yaml"), untidy);
  Expect(1, {"fmt", "manifests/none.yaml"});
}

TEST_F(Inspection, ValidateShowsEveryMistakeAtOnceWithItsPlace) {
  Edit("manifests/orders.yaml", "retention: 90d", "retenton: 90d");
  Edit("manifests/orders.yaml", "type: number, required: true",
       "type: number, requird: true");
  git_.Write("manifests/refunds.yaml", AppText("refunds"));
  Edit("manifests/refunds.yaml", "acme", "acne");
  const Ran text = Expect(3, {"validate"});
  EXPECT_TRUE(Holds(text.out, "--> manifests/orders.yaml:6:3"));
  EXPECT_TRUE(Holds(text.out, "did you mean \"retention\"?"));
  EXPECT_TRUE(Holds(text.out, "did you mean \"required\"?"));
  EXPECT_TRUE(Holds(text.out, "did you mean \"acme\""));
  EXPECT_TRUE(Holds(text.err, "3 errors in 2 of "));
  EXPECT_TRUE(Holds(text.err, "Nothing was planned."));
  json as_json = ExpectJson(3, {"validate", "--format", "json"});
  EXPECT_EQ(as_json["exit_code"], 3);
  EXPECT_TRUE(as_json["format_version"].is_string());
  EXPECT_EQ(as_json["diagnostics"].size(), 3U);
  const Ran github = Expect(3, {"validate", "--format", "github"});
  EXPECT_TRUE(Holds(github.out, "::error file=manifests/orders.yaml,line=6"));
  Expect(64, {"validate", "--format", "xml"});

  // So does a plan.
  git_.Commit("Mistake much");
  const Ran plan = Expect(3, {"plan"});
  for (const char* hint : {"\"retention\"?", "\"required\"?", "\"acme\""}) {
    EXPECT_TRUE(Holds(plan.err, std::string("did you mean ") + hint));
  }
}

TEST_F(Inspection, ExplainDoesNotGuessWhereManifestsCannotBeRead) {
  Apply();
  git_.Write("manifests/refunds.yaml", AppText("refunds", "nonsense: 1"));
  git_.Commit("Write nonsense");
  const Ran text = Expect(0, {"explain", "App/order-service"});
  EXPECT_TRUE(Holds(text.out, "declared at   not known: the manifests can't"));
  const json told = ExpectJson(0, {"explain", "App/order-service", "--json"});
  EXPECT_TRUE(told["declared_at"].is_null());
  EXPECT_TRUE(Holds(Expect(1, {"explain", "App/none"}).err,
                    "isn't live, and the manifests can't be read"));
}

TEST_F(Inspection, AReaderThatLeavesEarlyIsNoError) {
  Invocation call = Call({"-c", "{ \"$0\" manual; echo $? >&2; } | head -1",
                          testing::WritBinary().string()});
  call.program = "/bin/sh";
  const Ran ran = RunWrit(call);
  EXPECT_EQ(ran.err, "0\n");
}

}  // namespace
}  // namespace writ::e2e
