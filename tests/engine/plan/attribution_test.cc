#include "engine/plan/attribution.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/plan/next_step.h"
#include "engine/plan/render_json.h"

namespace writ::engine {
namespace {

Change Step(const std::string& address, Action action, const char* content) {
  Change change;
  change.id = ResourceId::Parse(address).value();
  change.action = action;
  change.desired_digest = Sha256(content);
  return change;
}

FieldChange Field(const char* path, int after) {
  FieldChange field;
  field.path = path;
  field.before = Value(1);
  field.after = Value(after);
  return field;
}

TEST(Attribution, TellsTheBranchFromWhatIsMergedAlready) {
  Plan before;
  before.changes = {Step("App/theirs", Action::kCreate, "a"),
                    Step("App/both", Action::kUpdate, "a"),
                    Step("App/gone", Action::kDelete, "")};
  before.changes[1].fields = {Field("spec.a", 2)};
  Plan merged = before;
  merged.changes[1] = Step("App/both", Action::kUpdate, "b");
  merged.changes[1].fields = {Field("spec.a", 2), Field("spec.b", 3)};
  merged.changes.push_back(Step("App/ours", Action::kCreate, "a"));
  merged.changes.push_back(Step("App/drifted", Action::kUpdate, "a"));
  merged.changes.back().cause = Cause::kDrift;
  merged.scheduled = {Step("Token/a/t", Action::kRotate, "a")};
  const Digest digest = PlanDigest(merged);
  AttributeChanges(&before, merged);
  merged.merged_with = "main";
  EXPECT_EQ(merged.changes[0].origin, Origin::kMerged);
  EXPECT_EQ(merged.changes[1].origin, Origin::kBranch) << "both changed it";
  EXPECT_EQ(merged.changes[2].origin, Origin::kMerged);
  EXPECT_EQ(merged.changes[3].origin, Origin::kBranch);
  EXPECT_EQ(merged.changes[4].origin, Origin::kDrift);
  EXPECT_EQ(merged.scheduled[0].origin, Origin::kSchedule);
  EXPECT_EQ(PlanDigest(merged), digest) << "no part of the decision";
  EXPECT_EQ(OriginsInWords(merged),
            "This branch: 2 changes. Already merged: 2. Drift: 1. Schedule: "
            "1.");
}

TEST(Attribution, OfWhatCannotBeToldIsTheBranch) {
  Plan merged;
  merged.changes = {Step("App/a", Action::kCreate, "a")};
  AttributeChanges(nullptr, merged);
  EXPECT_EQ(merged.changes[0].origin, Origin::kBranch);
}

TEST(Attribution, NamesAreReadBack) {
  for (const Origin origin :
       {Origin::kBranch, Origin::kMerged, Origin::kDrift, Origin::kSchedule}) {
    EXPECT_EQ(ParseOrigin(Name(origin)), origin);
  }
  EXPECT_EQ(ParseOrigin("luck"), std::nullopt);
}

}  // namespace
}  // namespace writ::engine
