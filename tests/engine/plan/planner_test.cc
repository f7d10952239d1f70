// What goldens and laws don't say: limits to the figure, partial inputs by
// hand, odd live rows, moves in odd company.
#include "engine/plan/planner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/plan/address_index.h"
#include "tests/support/plan_case.h"
#include "tests/support/plan_model.h"

namespace writ::engine {
namespace {

using testing::Id;
using testing::Json;
using testing::PlanModel;
using testing::Shop;
using testing::World;

struct Made {
  std::optional<Plan> plan;
  Diagnostics diagnostics;

  const Change* Find(std::string_view address) const {
    if (!plan) return nullptr;
    for (const Change& change : plan->changes) {
      if (change.id.address() == address) return &change;
    }
    return nullptr;
  }
  std::vector<std::string> Codes() const {
    std::vector<std::string> codes;
    for (const Diagnostic& each : diagnostics.items()) {
      codes.push_back(each.code);
    }
    std::sort(codes.begin(), codes.end());
    return codes;
  }
};

Made Make(World& world, const Snapshot& live, PlanOptions options = {}) {
  if (options.now == Timestamp()) {
    options.now = ParseTimestamp("2026-11-21T12:00:00Z").value();
  }
  Made made;
  made.plan = MakePlan(world.Input(), live, options, made.diagnostics);
  return made;
}

std::vector<GuardKind> Kinds(const std::vector<Guard>& guards) {
  std::vector<GuardKind> kinds;
  for (const Guard& guard : guards) kinds.push_back(guard.kind);
  return kinds;
}

// A workspace with `apps` apps.
World Apps(int apps, const std::string& name = "x") {
  World world;
  world.Declare("Workspace/acme", R"({"displayName": "Acme"})");
  for (int i = 0; i < apps; ++i) {
    world.Declare("App/a" + std::to_string(i),
                  R"({"workspace": "acme", "displayName": ")" + name + "\"}");
  }
  return world;
}

struct LimitCase {
  int apps;  // with the workspace: apps + 1 exist
  int deletes;
  bool refused;
};

TEST(Safety, RefusesStrictlyMoreThanTheLimitOfTenOrMore) {
  const LimitCase cases[] = {{9, 3, false},   {9, 4, true},  {8, 8, false},
                             {19, 6, false},  {19, 7, true}, {9, 0, false},
                             {99, 30, false}, {99, 31, true}};
  for (const LimitCase& c : cases) {
    World world = Apps(c.apps);
    PlanModel model;
    model.Reach(world);
    for (int i = 0; i < c.deletes; ++i) {
      world.Remove("App/a" + std::to_string(i));
    }
    const Made made = Make(world, model.snapshot());
    ASSERT_TRUE(made.plan.has_value());
    EXPECT_EQ(made.plan->unsafe(), c.refused)
        << c.deletes << " of " << c.apps + 1;
    PlanOptions options;
    options.allow.deletes = c.deletes;
    EXPECT_FALSE(Make(world, model.snapshot(), options).plan->unsafe());
    options.allow.deletes = c.deletes - 1;
    EXPECT_EQ(Make(world, model.snapshot(), options).plan->unsafe(), c.refused);
  }
}

TEST(Safety, CountsUpdatesByThemselves) {
  World before = Apps(9, "x");
  PlanModel model;
  model.Reach(before);
  World after = Apps(9, "x");
  for (int i = 0; i < 3; ++i) {
    after.Declare("App/a" + std::to_string(i),
                  R"({"workspace": "acme", "displayName": "y"})");
  }
  for (int i = 3; i < 6; ++i) after.Remove("App/a" + std::to_string(i));
  EXPECT_FALSE(Make(after, model.snapshot()).plan->unsafe());
  PlanOptions options;
  options.safety.max_update_percent = 20;
  const Made made = Make(after, model.snapshot(), options);
  EXPECT_EQ(Kinds(made.plan->guards),
            std::vector<GuardKind>{GuardKind::kUpdatesOverLimit});
  EXPECT_EQ(made.plan->guards[0].flag, "--allow-updates 3");
}

struct LossCase {
  const char* name;
  const char* address;
  std::int64_t items;
  std::int64_t uses;
  const char* last_used;
  bool guarded;
};

// T-12
TEST(Safety, KnowsWhatWouldBeLost) {
  const LossCase cases[] = {
      {"an app with events", "App/cart", 1, 0, "", true},
      {"an app without", "App/cart", 0, 0, "", false},
      {"a secret with values", "Secret/pay/GITHUB", 2, 0, "", true},
      {"a project with values", "Project/pay", 2, 0, "", true},
      {"a token used this week", "Token/acme/zapier", 0, 1, "", true},
      {"a token used 6 days ago", "Token/acme/zapier", 0, 0,
       "2026-11-15T12:00:00Z", true},
      {"a token used 8 days ago", "Token/acme/zapier", 0, 0,
       "2026-11-13T11:00:00Z", false},
      {"a token never used", "Token/acme/zapier", 0, 0, "", false},
      {"a schedule with anything", "RotationSchedule/acme/monthly", 9, 9, "",
       false}};
  for (const LossCase& c : cases) {
    World world = Shop();
    PlanModel model;
    model.Reach(world);
    model.at(c.address).stored_items = c.items;
    model.at(c.address).usage = Usage{c.uses, ParseTimestamp(c.last_used)};
    PlanOptions options;
    options.mode = PlanMode::kDestroy;
    const Made made = Make(world, model.snapshot(), options);
    EXPECT_EQ(made.plan->unsafe(), c.guarded) << c.name;
    if (!c.guarded) continue;
    EXPECT_EQ(Kinds(made.Find(c.address)->guards),
              std::vector<GuardKind>{GuardKind::kDataLoss})
        << c.name;
    options.allow.data_loss_addresses = {c.address};
    EXPECT_FALSE(Make(world, model.snapshot(), options).plan->unsafe());
  }
}

TEST(Safety, ProtectionHoldsAgainstAReplacementThatDropsIt) {
  World world = Shop();
  world.Declare("Token/acme/t",
                R"({"workspace": "acme", "type": "clientSecret"})",
                R"({"protect": true})");
  PlanModel model;
  model.Reach(world);
  world.Declare("Token/acme/t",
                R"({"workspace": "acme", "type": "accountToken"})");
  const Made made = Make(world, model.snapshot());
  EXPECT_EQ(made.Find("Token/acme/t")->action, Action::kReplace);
  EXPECT_EQ(Kinds(made.Find("Token/acme/t")->guards),
            std::vector<GuardKind>{GuardKind::kProtected});
}

// A rotation ends the old one of a Token that is delivered; any other's ends at
// once, whoever uses it.
TEST(Safety, AReplacedTokenThatIsDeliveredNowhereBreaksItsUsers) {
  World world = Shop();
  world.Declare("Token/acme/t",
                R"({"workspace": "acme", "type": "clientSecret"})");
  PlanModel model;
  model.Reach(world);
  world.Declare("Token/acme/t",
                R"({"workspace": "acme", "type": "accountToken"})");
  EXPECT_FALSE(Make(world, model.snapshot()).plan->unsafe());
  model.at("Token/acme/t").stored_items = 2;
  model.at("Token/acme/t").usage = Usage{3, std::nullopt};
  const Made breaks = Make(world, model.snapshot());
  ASSERT_EQ(Kinds(breaks.Find("Token/acme/t")->guards),
            std::vector<GuardKind>{GuardKind::kDataLoss});
  EXPECT_EQ(breaks.Find("Token/acme/t")->guards[0].message,
            "Token/acme/t is replaced by one that is delivered nowhere, so "
            "that whoever uses its 2 credentials is refused from then on; it "
            "was used 3 times in 7 days");
  world.Declare("Token/acme/t",
                R"({"workspace": "acme", "type": "accountToken",
                    "deliverTo": [{"target": "ci", "name": "T"}]})");
  EXPECT_FALSE(Make(world, model.snapshot()).plan->unsafe());
}

TEST(Safety, ASuspendedChangeIsNotCounted) {
  World world = Apps(9);
  PlanModel model;
  model.Reach(world);
  for (int i = 0; i < 9; ++i) {
    world.Declare("App/a" + std::to_string(i),
                  R"({"workspace": "acme", "displayName": "y"})",
                  R"({"suspend": true})");
  }
  const Made made = Make(world, model.snapshot());
  EXPECT_FALSE(made.plan->unsafe());
  EXPECT_EQ(made.plan->counts().suspended, 9);
  EXPECT_EQ(made.plan->counts().update, 0);
}

TEST(Planner, LiveContentThatDoesNotParseIsWrittenAgain) {
  World world = Shop();
  PlanModel model;
  model.Reach(world);
  model.at("App/cart").content = "{broken";
  model.at("App/cart").content_digest = Sha256("{broken");
  const Made made = Make(world, model.snapshot());
  ASSERT_NE(made.Find("App/cart"), nullptr);
  EXPECT_EQ(*made.Find("App/cart")->after, *world.Find("App/cart")->content);
}

// A default that an older table didn't know is no difference.
TEST(Planner, OlderContentIsBroughtToThisTable) {
  World world = Shop();
  PlanModel model;
  model.Reach(world);
  LiveResource& live = model.at("App/cart");
  Value content = Json(live.content);
  ASSERT_TRUE(content.Find("spec")->Erase("managementWrites"));
  live.content = CanonicalJson(content);
  live.content_digest = Sha256(live.content);
  EXPECT_TRUE(Make(world, model.snapshot()).plan->changes.empty());
}

TEST(Planner, ContentsThatAreEqualNeedNotBeThere) {
  World world = Shop();
  PlanModel model;
  model.Reach(world);
  Snapshot live = model.snapshot();
  for (LiveResource& row : live.resources) {
    const Resource* desired = world.Find(row.id.address());
    if (row.content_digest == desired->digest) row.content.clear();
  }
  EXPECT_TRUE(Make(world, live).plan->changes.empty());
}

TEST(Planner, RecordsTheGenerationsItSpeaksOf) {
  World world = Shop();
  PlanModel model;
  model.Reach(world);
  model.at("Destination/cart/slack").generation = 17;
  world.Declare("NotificationRule/cart/large", R"({"app": "cart",
      "event": "order.placed", "enabled": false,
      "actions": [{"destination": "slack"}]})");
  const Made made = Make(world, model.snapshot());
  const Change& change = *made.Find("NotificationRule/cart/large");
  EXPECT_EQ(change.generation, 1);
  ASSERT_EQ(change.refers_to.size(), 3U);
  EXPECT_EQ(change.refers_to[0], (Touched{Id("App/cart"), 1}));
  EXPECT_EQ(change.refers_to[1], (Touched{Id("Destination/cart/slack"), 17}));
}

TEST(Planner, NamesTheFirstDependentsAndCountsAll) {
  World world = Apps(30);
  PlanModel model;
  model.Reach(world);
  world.Declare("Workspace/acme", R"({"displayName": "Other"})");
  const Made made = Make(world, model.snapshot());
  const Change& change = *made.Find("Workspace/acme");
  EXPECT_EQ(change.dependent_count, 30);
  ASSERT_EQ(change.dependents.size(), 20U);
  EXPECT_EQ(change.dependents[0], Id("App/a0"));
  EXPECT_EQ(change.dependents[1], Id("App/a1"));
  EXPECT_EQ(change.dependents[2], Id("App/a10"));
}

TEST(Planner, OneAddressUnderTwoKindsOfParentsIsAnError) {
  World world = Shop();
  world.Declare("App/pay", R"({"workspace": "acme", "displayName": "x"})");
  const Resource first =
      world.Declare("Token/pay/t", R"({"type": "apiKey", "app": "pay"})");
  world.Declare("Token/pay/t", R"({"type": "projectKey", "project": "pay"})");
  world.resources.push_back(first);
  std::sort(world.resources.begin(), world.resources.end(),
            [](const Resource& a, const Resource& b) { return a.id < b.id; });
  const Made made = Make(world, {});
  EXPECT_FALSE(made.plan.has_value());
  ASSERT_EQ(made.Codes(), std::vector<std::string>{"duplicate-address"});
  const Diagnostic& error = made.diagnostics.items()[0];
  EXPECT_EQ(error.locations.size(), 2U);
  EXPECT_NE(error.summary.find("App/pay"), std::string::npos);
  EXPECT_NE(error.summary.find("Project/pay"), std::string::npos);
}

TEST(Planner, AnotherOwnersResourceMayBeReferredTo) {
  World theirs = Shop();
  PlanModel model;
  model.Reach(theirs);
  for (const char* address : {"Workspace/acme", "App/cart"}) {
    model.at(address).owner = "platform";
  }
  World ours;
  ours.Declare("EventSchema/cart/mine", R"({"app": "cart", "fields": []})");
  PlanOptions options;
  options.prune = false;
  const Made made = Make(ours, model.snapshot(), options);
  ASSERT_TRUE(made.plan.has_value());
  EXPECT_EQ(made.plan->counts().create, 1);
}

// T-02: a live secret of another owner admits whom its own content names.
struct EvidenceCase {
  const char* schedule;
  bool refused;
};

// GitHub never shows a secret's value again; see schema/evidence.h.
TEST(Planner, ATargetThatCantGiveTheEvidenceAskedForIsAnError) {
  const EvidenceCase cases[] = {
      {R"("evidence": "usage")", false},
      {R"("evidence": "readback")", true},
      {R"("evidence": "probe")", true},
      {R"("evidence": "readback", "strategy": "immediate")", false},
  };
  for (const EvidenceCase& each : cases) {
    World world = Shop();
    world.Declare("RotationSchedule/acme/daily",
                  std::string(R"({"workspace": "acme", "every": "1d", )") +
                      each.schedule + "}");
    world.Declare("Token/acme/zap", R"({"workspace": "acme",
        "type": "workspaceToken", "scopes": ["inbox:read"],
        "rotation": "daily", "deliverTo": [{"target": "ci", "name": "Z"}]})");
    const Made made = Make(world, Snapshot());
    EXPECT_EQ(made.plan.has_value(), !each.refused) << each.schedule;
    if (!each.refused) continue;
    ASSERT_EQ(made.Codes(), std::vector<std::string>{"evidence-unavailable"});
    const Diagnostic& found = made.diagnostics.items()[0];
    EXPECT_EQ(found.summary.find("DeployTarget/acme/ci can't be "), 0u);
    EXPECT_NE(found.hint.find("RotationSchedule/acme/daily waits for "),
              std::string::npos);
  }
}

TEST(Planner, ALiveSecretAdmitsWhomItNames) {
  World theirs = Shop();
  PlanModel model;
  model.Reach(theirs);
  for (const Resource& resource : theirs.resources) {
    model.at(resource.id.address()).owner = "platform";
  }
  const char* spec = R"({"app": "cart", "channel": "slack",
      "url": {"secretRef": {"project": "pay", "key": "SLACK_URL"}}})";
  World ours;
  ours.Declare("Destination/cart/other", spec);
  EXPECT_EQ(Make(ours, model.snapshot()).Codes(),
            std::vector<std::string>{"secret-not-admitted"});
  // What isn't known admits nobody.
  model.at("Secret/pay/SLACK_URL").content.clear();
  EXPECT_EQ(Make(ours, model.snapshot()).Codes(),
            std::vector<std::string>{"secret-not-admitted"});
  World admitted = Shop();
  admitted.Declare("Secret/pay/SLACK_URL", R"({"project": "pay",
      "usableBy": ["Destination/cart/other"]})");
  model.at("Secret/pay/SLACK_URL").content =
      CanonicalJson(*admitted.Find("Secret/pay/SLACK_URL")->content);
  EXPECT_TRUE(Make(ours, model.snapshot()).plan.has_value());
}

TEST(Moves, TakeTheFormerAddressAsTheParentsMoveLeavesIt) {
  World world = Apps(1);
  world.Declare("Token/a0/t", R"({"type": "apiKey", "app": "a0"})");
  PlanModel model;
  model.Reach(world);
  const std::string uid = model.at("Token/a0/t").uid;
  world.Remove("Token/a0/t");
  world.Remove("App/a0");
  world.Declare("App/b", R"({"workspace": "acme", "displayName": "x"})",
                R"({"moved": ["App/a0"]})");
  world.Declare("Token/b/u", R"({"type": "apiKey", "app": "b"})",
                R"({"moved": ["Token/b/t"]})");
  const Plan plan = model.Reach(world);
  EXPECT_EQ(plan.counts().move, 2);
  EXPECT_EQ(model.at("Token/b/u").uid, uid);
  EXPECT_TRUE(model.Reach(world).changes.empty());
}

TEST(Moves, AreHistoryOnceTheResourceIsLive) {
  World world = Apps(2);
  PlanModel model;
  model.Reach(world);
  // a1 was a0 once, says its manifest; a0 is another one now.
  world.Declare("App/a1", R"({"workspace": "acme", "displayName": "x"})",
                R"({"moved": ["App/a0"]})");
  EXPECT_TRUE(Make(world, model.snapshot()).plan->changes.empty());
  // Where neither is live yet the two can't both be right.
  EXPECT_EQ(Make(world, {}).Codes(),
            std::vector<std::string>{"moved-still-declared"});
}

TEST(Moves, KeepTokensSecretsAndSchemasUnderTheirParent) {
  World world = Apps(2);
  world.Declare("EventSchema/a0/e", R"({"app": "a0", "fields": []})");
  PlanModel model;
  model.Reach(world);
  world.Remove("EventSchema/a0/e");
  world.Declare("EventSchema/a1/e", R"({"app": "a1", "fields": []})")
      .lifecycle.moved = {"EventSchema/a0/e"};
  EXPECT_EQ(Make(world, model.snapshot()).Codes(),
            std::vector<std::string>{"move-across-parents"});
}

TEST(Moves, LetOthersChangeTheirParent) {
  World world = Apps(2);
  const char* spec =
      R"("channel": "slack", "url": "https://hooks.slack.com/x"})";
  world.Declare("Destination/a0/d", std::string(R"({"app": "a0", )") + spec);
  PlanModel model;
  model.Reach(world);
  const std::string uid = model.at("Destination/a0/d").uid;
  world.Remove("Destination/a0/d");
  world.Declare("Destination/a1/d", std::string(R"({"app": "a1", )") + spec)
      .lifecycle.moved = {"Destination/a0/d"};
  const Plan plan = model.Reach(world);
  ASSERT_EQ(plan.changes.size(), 1U);
  EXPECT_EQ(plan.changes[0].action, Action::kMove);
  EXPECT_EQ(plan.changes[0].cause, Cause::kGit);
  EXPECT_EQ(model.at("Destination/a1/d").uid, uid);
  EXPECT_TRUE(model.Reach(world).changes.empty());
}

TEST(Moves, ReplaceACarriedChildWhereItIsCarriedTo) {
  World world = Apps(1);
  world.Declare("Project/a0", R"({"workspace": "acme"})");
  world.Declare("Token/a0/t", R"({"type": "projectKey", "project": "a0"})");
  PlanModel model;
  model.Reach(world);
  world.Remove("Project/a0");
  world.Remove("Token/a0/t");
  world.Declare("Project/b", R"({"workspace": "acme"})",
                R"({"moved": ["Project/a0"]})");
  world.Declare("App/b", R"({"workspace": "acme", "displayName": "x"})");
  const Made made = [&] {
    World wrong = world;
    wrong.Declare("Token/b/t", R"({"type": "apiKey", "app": "b"})");
    return Make(wrong, model.snapshot());
  }();
  // Under another parent of that name it is another token.
  ASSERT_TRUE(made.plan.has_value());
  EXPECT_EQ(made.Find("Token/b/t")->action, Action::kCreate);
  EXPECT_EQ(made.Find("Token/a0/t")->action, Action::kDelete);
  EXPECT_EQ(made.Find("Token/a0/t")->carried_to, Id("Token/b/t"));
}

TEST(Moves, RefuseAnotherKindAndTheirOwnAddress) {
  World world = Apps(1);
  world.Find("App/a0");
  world.Declare("App/b", R"({"workspace": "acme", "displayName": "x"})")
      .lifecycle.moved = {"Project/a0", "App/b", "nonsense"};
  EXPECT_EQ(Make(world, {}).Codes(),
            (std::vector<std::string>{"moved-kind", "moved-still-declared"}));
}

// A partial input by hand: a file lost its rule, nothing else was read.
TEST(PartialInput, DeletesOnlyWhatItSaysIsUndeclared) {
  World world = Shop();
  PlanModel model;
  model.Reach(world);
  Snapshot live = model.snapshot();
  World part;
  DesiredInput& input = part.Input();
  input.complete = false;
  input.desired_count = 10;
  input.undeclared = {Id("NotificationRule/cart/large")};
  Diagnostics diagnostics;
  const auto plan = MakePlan(input, live, {}, diagnostics);
  ASSERT_TRUE(plan.has_value());
  ASSERT_EQ(plan->changes.size(), 1U);
  EXPECT_EQ(plan->changes[0].action, Action::kDelete);
}

TEST(PartialInput, SeesWhoIsLeftBehind) {
  World world = Shop();
  PlanModel model;
  model.Reach(world);
  World part;
  DesiredInput& input = part.Input();
  input.complete = false;
  input.undeclared = {Id("Destination/cart/slack")};
  Diagnostics diagnostics;
  EXPECT_FALSE(MakePlan(input, model.snapshot(), {}, diagnostics).has_value());
  ASSERT_EQ(diagnostics.error_count(), 1U);
  EXPECT_EQ(diagnostics.items()[0].summary,
            "NotificationRule/cart/large refers to Destination/cart/slack, "
            "which isn't declared");
}

std::string FromVault(const std::string& key) {
  return R"({"project": "pay", "source": {"vault": {
      "address": "https://vault.example.org", "mount": "kv", "path": "a",
      "field": "b", "token": {"secretRef": {"project": "pay", "key": ")" +
         key + "\"}}}}}";
}

TEST(PartialInput, SeesACycleThroughWhatWasNotRead) {
  World world = Shop();
  world.Declare("Secret/pay/C", R"({"project": "pay"})");
  world.Declare("Secret/pay/B", FromVault("C"));
  world.Declare("Secret/pay/A", FromVault("B"));
  PlanModel model;
  model.Reach(world);
  World part;
  part.Declare("Secret/pay/C", FromVault("A"));
  DesiredInput& input = part.Input();
  input.complete = false;
  Diagnostics diagnostics;
  EXPECT_FALSE(MakePlan(input, model.snapshot(), {}, diagnostics).has_value());
  ASSERT_EQ(diagnostics.error_count(), 1U);
  const Diagnostic& cycle = diagnostics.items()[0];
  EXPECT_EQ(cycle.code, "dependency-cycle");
  ASSERT_EQ(cycle.locations.size(), 3U);
}

TEST(PartialInput, DropsADefaultTokenWhenAnotherIsDeclared) {
  World world = Apps(1);
  world.Declare("Token/a0/default", R"({"type": "apiKey", "app": "a0"})")
      .implied = true;
  PlanModel model;
  model.Reach(world);
  World part;
  part.Declare("Token/a0/own", R"({"type": "apiKey", "app": "a0"})");
  DesiredInput& input = part.Input();
  input.complete = false;
  Diagnostics diagnostics;
  const auto plan = MakePlan(input, model.snapshot(), {}, diagnostics);
  ASSERT_TRUE(plan.has_value());
  ASSERT_EQ(plan->changes.size(), 2U);
  EXPECT_EQ(plan->changes[1].reason, Reason::kSupersededByToken);
}

TEST(Targets, AndExcludesMayBothBeGiven) {
  World world = Shop();
  PlanOptions options;
  options.targets = {Id("NotificationRule/cart/large"),
                     Id("Token/acme/zapier")};
  options.excludes = {Id("DeployTarget/acme/ci")};
  const Made made = Make(world, {}, options);
  ASSERT_TRUE(made.plan.has_value());
  EXPECT_NE(made.Find("NotificationRule/cart/large"), nullptr);
  EXPECT_NE(made.Find("Secret/pay/SLACK_URL"), nullptr);
  EXPECT_EQ(made.Find("Token/acme/zapier"), nullptr);
  EXPECT_EQ(made.Find("DeployTarget/acme/ci"), nullptr);
  EXPECT_EQ(made.plan->targets,
            (std::vector<std::string>{"NotificationRule/cart/large",
                                      "Token/acme/zapier"}));
}

TEST(Targets, AChildThatIsKeptHoldsItsParent) {
  World world = Apps(1);
  world.Declare("EventSchema/a0/e", R"({"app": "a0", "fields": []})");
  PlanModel model;
  model.Reach(world);
  world.Remove("EventSchema/a0/e");
  world.Remove("App/a0");
  PlanOptions options;
  options.excludes = {Id("EventSchema/a0/e")};
  // What comes after the excluded one is left out with it.
  EXPECT_TRUE(Make(world, model.snapshot(), options).plan->changes.empty());
}

TEST(RefreshOnly, LeavesIgnoredPathsAlone) {
  World world = Shop();
  PlanModel model;
  model.Reach(world);
  model.Drift("App/cart", "spec.retention", "1d");
  world.Declare("App/cart", R"({"workspace": "acme", "displayName": "Cart"})",
                R"({"ignore": ["spec.retention"]})");
  PlanOptions options;
  options.mode = PlanMode::kRefreshOnly;
  EXPECT_TRUE(Make(world, model.snapshot(), options).plan->changes.empty());
}

TEST(Names, ParseBack) {
  for (int i = 0; i < 9; ++i) {
    const auto action = static_cast<Action>(i);
    EXPECT_EQ(ParseAction(Name(action)), action);
    EXPECT_FALSE(Symbol(action).empty());
  }
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(ParseGuardKind(Name(static_cast<GuardKind>(i))),
              static_cast<GuardKind>(i));
  }
  for (int i = 0; i < 13; ++i) {
    EXPECT_EQ(ParseReason(Name(static_cast<Reason>(i))),
              static_cast<Reason>(i));
  }
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(ParseCause(Name(static_cast<Cause>(i))), static_cast<Cause>(i));
  }
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ParseAlarmKind(Name(static_cast<AlarmKind>(i))),
              static_cast<AlarmKind>(i));
  }
  EXPECT_EQ(ParseAction("explode"), std::nullopt);
  EXPECT_EQ(ParseReason(""), std::nullopt);
  EXPECT_EQ(ParseCause("luck"), std::nullopt);
}

TEST(AddressIndex, FindsWhatWasInserted) {
  std::vector<std::string> addresses;
  for (int i = 0; i < 5000; ++i) addresses.push_back("A/" + std::to_string(i));
  AddressIndex index;
  for (std::uint32_t i = 0; i < addresses.size(); ++i) {
    EXPECT_EQ(index.Find(addresses[i]), kNone);
    EXPECT_TRUE(index.Insert(addresses[i], i));
    EXPECT_FALSE(index.Insert(addresses[i], 0));
  }
  for (std::uint32_t i = 0; i < addresses.size(); ++i) {
    EXPECT_EQ(index.Find(addresses[i]), i);
  }
  EXPECT_EQ(index.size(), addresses.size());
  EXPECT_EQ(index.Find(""), kNone);
}

}  // namespace
}  // namespace writ::engine
