// Laws of planning, for random worlds and random edits of them: apply reaches
// what was declared; the order is topological; a partial input gives the
// complete plan; nothing depends on the order of anything.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "engine/plan/planner.h"
#include "engine/plan/render_json.h"
#include "engine/plan/render_text.h"
#include "tests/support/plan_model.h"

namespace writ::engine {
namespace {

using testing::Id;
using testing::PlanModel;
using testing::World;

// What may be declared, in an order in which each refers to earlier ones only.
struct Part {
  std::string address;
  std::vector<std::string> needs;
  std::string spec;  // with $ where an edit puts something else
};

std::string Quoted(const std::string& text) { return '"' + text + '"'; }

std::vector<Part> Parts() {
  std::vector<Part> parts = {{"Workspace/acme", {}, R"({"displayName": "$"})"},
                             {"Project/pay",
                              {"Workspace/acme"},
                              R"({"workspace": "acme", "description": "$"})"}};
  for (const char* key : {"A", "B"}) {
    parts.push_back({std::string("Secret/pay/") + key,
                     {"Project/pay"},
                     R"({"project": "pay", "description": "$", "usableBy": [
                         @]})"});
  }
  for (const std::string app : {"a", "b"}) {
    const std::string spec = R"("app": )" + Quoted(app) + ", ";
    parts.push_back({"App/" + app,
                     {"Workspace/acme"},
                     R"({"workspace": "acme", "displayName": "$"})"});
    for (const std::string event : {"e", "f"}) {
      parts.push_back({"EventSchema/" + app + "/" + event,
                       {"App/" + app},
                       "{" + spec + R"("description": "$", "fields": []})"});
    }
    const std::string key = app == "a" ? "A" : "B";
    parts.push_back({"Destination/" + app + "/d",
                     {"App/" + app, "Secret/pay/" + key},
                     "{" + spec + R"("channel": "slack", "label": "$", "url":
                       {"secretRef": {"project": "pay", "key": )" +
                         Quoted(key) + "}}}"});
    parts.push_back({"NotificationRule/" + app + "/r",
                     {"EventSchema/" + app + "/e", "Destination/" + app + "/d"},
                     "{" + spec + R"("event": "e", "when": "data.$ > 1",
                       "actions": [{"destination": "d"}]})"});
    parts.push_back({"Token/" + app + "/t",
                     {"App/" + app},
                     "{" + spec + R"("type": "apiKey", "label": "$"})"});
  }
  return parts;
}

// Which parts stand, each in one of three versions.
using Choice = std::vector<int>;  // -1: not declared

int ArbitraryVersion() { return *rc::gen::element(-1, 0, 0, 1, 1, 2); }

// The workspace, without which there is nothing, nearly always stands.
Choice Arbitrary(std::size_t size) {
  Choice choice = {*rc::gen::element(0, 0, 0, 0, 1, 1, 2, -1)};
  while (choice.size() < size) choice.push_back(ArbitraryVersion());
  return choice;
}

// Some parts of another choice.
Choice Edited(const Choice& from) {
  Choice choice = from;
  for (int& version : choice) {
    if (*rc::gen::element(true, false, false)) version = ArbitraryVersion();
  }
  return choice;
}

// Secrets admit the destinations there are.
void Admit(const std::set<std::string>& there, std::string& spec) {
  const std::size_t at = spec.find('@');
  if (at == std::string::npos) return;
  std::string users;
  for (const char* user : {"Destination/a/d", "Destination/b/d"}) {
    if (there.count(user) == 0) continue;
    users += (users.empty() ? "" : ", ") + Quoted(user);
  }
  spec.replace(at, 1, users);
}

// Declares what the choice names, without what lacks something it needs.
World Declared(const Choice& choice) {
  static const std::vector<Part> parts = Parts();
  std::set<std::string> there;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool complete =
        std::all_of(parts[i].needs.begin(), parts[i].needs.end(),
                    [&](const std::string& n) { return there.count(n) > 0; });
    if (choice[i] >= 0 && complete) there.insert(parts[i].address);
  }
  World world;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (there.count(parts[i].address) == 0) continue;
    std::string spec = parts[i].spec;
    spec.replace(spec.find('$'), 1, "v" + std::to_string(choice[i]));
    Admit(there, spec);
    world.Declare(parts[i].address, spec);
  }
  return world;
}

PlanOptions Lenient() {
  PlanOptions options;
  options.allow.empty = true;
  options.allow.deletes = 1000;
  options.allow.updates = 1000;
  return options;
}

RC_GTEST_PROP(PlanLaws, ApplyReachesWhatIsDeclared, ()) {
  const Choice first = Arbitrary(Parts().size());
  PlanModel model;
  World before = Declared(first);
  World after = Declared(Edited(first));
  model.Reach(before, Lenient());
  const Plan plan = model.Reach(after, Lenient());
  RC_ASSERT(!::testing::Test::HasFailure());  // the model checks the order
  RC_ASSERT(model.size() == after.resources.size());
  for (const Resource& resource : after.resources) {
    RC_ASSERT(model.Has(resource.id.address()));
  }
  const Plan again = model.Reach(after, Lenient());
  RC_ASSERT(again.changes.empty());
}

RC_GTEST_PROP(PlanLaws, DestroyLeavesNothing, ()) {
  PlanModel model;
  World world = Declared(Arbitrary(Parts().size()));
  model.Reach(world, Lenient());
  PlanOptions options = Lenient();
  options.mode = PlanMode::kDestroy;
  model.Reach(world, options);
  RC_ASSERT(!::testing::Test::HasFailure());
  RC_ASSERT(model.size() == 0U);
}

RC_GTEST_PROP(PlanLaws, DriftIsPutBackAndCalledDrift, ()) {
  PlanModel model;
  World world = Declared(Arbitrary(Parts().size()));
  model.Reach(world, Lenient());
  RC_PRE(!world.resources.empty());
  const std::size_t at =
      *rc::gen::inRange<std::size_t>(0, world.resources.size());
  const std::string address = world.resources[at].id.address();
  model.Drift(address, "metadata.labels",
              testing::Json(R"({"by": "somebody"})"));
  const Plan plan = model.Reach(world, Lenient());
  RC_ASSERT(plan.changes.size() == 1U);
  RC_ASSERT(plan.changes[0].cause == Cause::kDrift);
  RC_ASSERT(plan.changes[0].reason == Reason::kDrifted);
  RC_ASSERT(model.Reach(world, Lenient()).changes.empty());
}

// The part of the inputs that planner.h asks for.
struct PartialInput {
  std::vector<Resource> desired;
  Snapshot live;
  std::vector<ResourceId> undeclared;
};

PartialInput PartOf(const World& world, const Snapshot& live) {
  PartialInput part;
  std::set<ResourceId> needed;
  for (const Resource& resource : world.resources) {
    const LiveResource* row = live.Find(resource.id);
    if (row != nullptr && row->desired_digest == resource.digest) continue;
    part.desired.push_back(resource);
    needed.insert(resource.id);
    needed.insert(resource.parent);
    for (const Reference& reference : resource.references) {
      for (std::string_view kind : *reference.kinds) {
        needed.insert(ResourceId(kind, reference.text));
        needed.insert(ResourceId(kind, resource.parent.name(), reference.text));
      }
      if (auto id = ResourceId::Parse(reference.text)) needed.insert(*id);
    }
  }
  for (const LiveResource& row : live.resources) {
    if (world.Find(row.id.address()) != nullptr) continue;
    part.undeclared.push_back(row.id);
    needed.insert(row.id);
  }
  // Who refers to those, and what they refer to, to the end.
  std::set<ResourceId> users = needed;
  for (const LiveReference& reference : live.references) {
    if (needed.count(reference.to) > 0) users.insert(reference.from);
  }
  for (bool grown = true; grown;) {
    grown = false;
    for (const LiveReference& reference : live.references) {
      if (users.count(reference.from) == 0) continue;
      grown = users.insert(reference.to).second || grown;
    }
  }
  part.live = live;
  part.live.resources.clear();
  part.live.references.clear();
  for (const LiveResource& row : live.resources) {
    if (users.count(row.id) > 0) part.live.resources.push_back(row);
  }
  for (const LiveReference& reference : live.references) {
    if (users.count(reference.from) > 0 && users.count(reference.to) > 0) {
      part.live.references.push_back(reference);
    }
  }
  return part;
}

RC_GTEST_PROP(PlanLaws, APartialInputGivesTheCompletePlan, ()) {
  const Choice first = Arbitrary(Parts().size());
  PlanModel model;
  World before = Declared(first);
  World after = Declared(Edited(first));
  model.Reach(before, Lenient());
  const Snapshot live = model.snapshot();
  Diagnostics diagnostics;
  const auto complete = MakePlan(after.Input(), live, Lenient(), diagnostics);

  PartialInput part = PartOf(after, live);
  DesiredInput input = after.Input();
  input.complete = false;
  input.resources = &part.desired;
  input.undeclared = part.undeclared;
  input.desired_count = static_cast<std::int64_t>(after.resources.size());
  const auto partial = MakePlan(input, part.live, Lenient(), diagnostics);
  for (const Diagnostic& each : diagnostics.items()) {
    RC_LOG() << each.summary << "\n";
  }
  RC_ASSERT(complete.has_value() && partial.has_value());
  RC_ASSERT(RenderPlanJson(*partial) == RenderPlanJson(*complete));
  RC_ASSERT(partial->digest == complete->digest);
}

// Declared in another order, in another file: the same decision.
RC_GTEST_PROP(PlanLaws, PositionsAreNoPartOfTheDecision, ()) {
  const Choice first = Arbitrary(Parts().size());
  const Choice second = Edited(first);
  PlanModel model;
  World before = Declared(first);
  World after = Declared(second);
  World moved = Declared(second);
  for (Resource& resource : moved.resources) resource.range.line += 1000;
  moved.files = {"elsewhere.yaml"};
  moved.input.commit.id = std::string(40, 'a');
  model.Reach(before, Lenient());
  const Snapshot live = model.snapshot();
  Diagnostics diagnostics;
  const auto a = MakePlan(after.Input(), live, Lenient(), diagnostics);
  const auto b = MakePlan(moved.Input(), live, Lenient(), diagnostics);
  RC_ASSERT(a.has_value() && b.has_value());
  RC_ASSERT(a->digest == b->digest);
  RC_ASSERT(a->digest == PlanDigest(*a));
}

RC_GTEST_PROP(PlanLaws, AnotherDecisionHasAnotherDigest, ()) {
  const Choice first = Arbitrary(Parts().size());
  World a = Declared(first);
  World b = Declared(Edited(first));
  PlanModel model;
  Diagnostics diagnostics;
  const Snapshot live = model.snapshot();
  const auto one = MakePlan(a.Input(), live, Lenient(), diagnostics);
  const auto two = MakePlan(b.Input(), live, Lenient(), diagnostics);
  RC_ASSERT(one.has_value() && two.has_value());
  const bool same = a.input.digest == b.input.digest;
  RC_ASSERT((one->digest == two->digest) == same);
}

RC_GTEST_PROP(PlanLaws, ATargetedPlanIsClosedAndPartOfTheWhole, ()) {
  const Choice first = Arbitrary(Parts().size());
  PlanModel model;
  World before = Declared(first);
  World after = Declared(Edited(first));
  model.Reach(before, Lenient());
  const Snapshot live = model.snapshot();
  Diagnostics diagnostics;
  const auto whole = MakePlan(after.Input(), live, Lenient(), diagnostics);
  RC_PRE(whole.has_value() && !whole->changes.empty());
  const std::size_t at =
      *rc::gen::inRange<std::size_t>(0, whole->changes.size());
  PlanOptions options = Lenient();
  const bool excludes = *rc::gen::arbitrary<bool>();
  (excludes ? options.excludes : options.targets) = {whole->changes[at].id};
  const auto part = MakePlan(after.Input(), live, options, diagnostics);
  RC_ASSERT(part.has_value());
  const auto has = [](const Plan& plan, const ResourceId& id) {
    return std::any_of(plan.changes.begin(), plan.changes.end(),
                       [&](const Change& c) { return c.id == id; });
  };
  RC_ASSERT(has(*part, whole->changes[at].id) != excludes);
  for (const Change& change : part->changes) {
    RC_ASSERT(has(*whole, change.id));
    for (const ResourceId& earlier : change.after_changes) {
      RC_ASSERT(has(*part, earlier));
    }
  }
  // It can be applied by itself.
  model.Apply(*part, after.resources);
  RC_ASSERT(!::testing::Test::HasFailure());
}

RC_GTEST_PROP(PlanLaws, TextAndJsonNeverFail, ()) {
  const Choice first = Arbitrary(Parts().size());
  PlanModel model;
  World before = Declared(first);
  World after = Declared(Edited(first));
  model.Reach(before, Lenient());
  const Plan plan = model.Reach(after, Lenient());
  const auto read = ParsePlanJson(RenderPlanJson(plan));
  RC_ASSERT(read.has_value());
  RC_ASSERT(RenderPlanText(*read) == RenderPlanText(plan));
}

}  // namespace
}  // namespace writ::engine
