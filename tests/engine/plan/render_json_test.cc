#include "engine/plan/render_json.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "engine/plan/decision_json.h"
#include "tests/support/hostile_texts.h"
#include "tests/support/plan_case.h"
#include "tests/support/plan_model.h"
#include "tests/support/schema_check.h"

namespace writ::engine {
namespace {

namespace fs = std::filesystem;

using testing::Id;
using testing::Json;
using testing::PlanModel;
using testing::Shop;
using testing::World;

std::string Source(const std::string& path) {
  return testing::ReadFile(std::string(WRIT_SOURCE_DIR) + "/" + path);
}

// Every member that a finding can have, but its number.
Finding FullFinding() {
  Finding finding;
  finding.policy = "no-admin-all";
  finding.validation = "least-privilege";
  finding.verdict = Verdict::kExempt;
  finding.enforcement = Enforcement::kDenyOverridable;
  finding.guards = Guards::kApplied;
  finding.message = "asks for too much";
  finding.policy_at = {"p.yaml", 12, 7, 0, ""};
  finding.subject_at = {"b.yaml", 5, 6, 0, ""};
  finding.exception = "migration";
  finding.pack = "least-privilege";
  finding.overridden = true;
  return finding;
}

// Every member that a change can have.
Change FullChange() {
  Change change;
  change.id = Id("EventSchema/cart/order.placed");
  change.action = Action::kMove;
  change.reason = Reason::kRenamed;
  change.cause = Cause::kDrift;
  change.moved_from = Id("EventSchema/cart/order.made");
  change.carried_to = Id("EventSchema/checkout/order.placed");
  change.fields = {{"spec.a",
                    Value(1),
                    Value("x"),
                    false,
                    false,
                    true,
                    Cause::kDrift,
                    {"a.yaml", 3, 4, 0, ""}},
                   {"spec.b",
                    std::nullopt,
                    std::nullopt,
                    true,
                    true,
                    false,
                    Cause::kGit,
                    {}}};
  change.before = std::make_shared<const Value>(Json(R"({"spec":{"a":1}})"));
  change.after = std::make_shared<const Value>(Json(R"({"spec":{"a":2}})"));
  change.desired_digest = Sha256("content");
  change.generation = 7;
  change.refers_to = {{Id("App/cart"), 3}};
  change.after_changes = {Id("App/cart")};
  change.suspended = true;
  change.guards = {{GuardKind::kHasChildren, change.id, "has", "", false}};
  change.alarms = {{AlarmKind::kWidened, "spec.a", "gains"}};
  change.compatibility = Compatibility{true, {"spec.a: breaks"}};
  change.status = "revoked";
  change.missing_values = {"Secret/p/K"};
  change.written_at = {"b.yaml", 5, 6, 0, ""};
  change.provenance = {"abc", "Old", "Bo <bo@acme.example>", "c.yaml", 7, 8};
  change.drifted_by = "somebody";
  change.drifted_at = ParseTimestamp("2026-11-20T10:00:00Z");
  change.dependents = {Id("NotificationRule/cart/large")};
  change.dependent_count = 21;
  change.patches = {"a-patch"};
  change.findings = {FullFinding()};
  return change;
}

// Every member that a plan can have.
Plan Everything() {
  Plan plan;
  plan.environment = "production";
  plan.owner = "acme";
  plan.lineage = "l1";
  plan.desired_digest = Sha256("desired");
  plan.policies_digest = Sha256("policies");
  plan.targets = {"App/cart"};
  plan.excludes = {"App/shop"};
  plan.commit.id = "3f9c2e1";
  plan.commit.tree_id = "77";
  plan.commit.subject = "Subject";
  plan.commit.author_name = "Ana";
  plan.commit.author_email = "ana@acme.example";
  plan.commit.authored_at = ParseTimestamp("2026-11-20T09:00:00Z");
  plan.commit.ref = "HEAD";
  plan.source_ref = "refs/heads/main";
  plan.compared_with = "abc1234";
  plan.merged_with = "main";
  plan.variables = {"region", "tier"};
  plan.serial = 412;
  plan.resource_count = 31;
  plan.existing = 30;
  plan.planned_at = ParseTimestamp("2026-11-21T09:00:00Z");
  plan.writ_version = "1.2.3";
  plan.notices = {"A notice"};
  plan.guards = {
      {GuardKind::kEmptyDesired, {}, "message", "--allow-empty", true}};
  plan.alarms = {{AlarmKind::kWeakensGuard, "safety.minExisting", "10 → 99"}};
  plan.findings = {FullFinding()};
  plan.findings[0].verdict = Verdict::kError;
  plan.findings[0].validation.clear();
  plan.verdicts = {1, 2, 3, 4};
  plan.exceptions = {{"migration",
                      "no-admin-all",
                      ExceptionState::kSoonExpiring,
                      Id("Token/acme/x"),
                      ParseTimestamp("2026-12-31T00:00:00Z").value(),
                      {"e.yaml", 1, 2, 0, ""}}};

  Change change = FullChange();
  plan.changes = {change};
  change.action = Action::kRotate;
  change.reason = Reason::kRotationDue;
  change.cause = Cause::kSchedule;
  change.rotation =
      RotationOutlook{ParseTimestamp("2026-11-19T03:00:00Z").value(),
                      "often",
                      {"env"},
                      "usage",
                      "1h",
                      {"vela_cs_Ab3x"}};
  plan.scheduled = {change};
  plan.digest = PlanDigest(plan);
  return plan;
}

TEST(PlanJson, ReadsBackEveryMember) {
  const Plan plan = Everything();
  const std::string json = RenderPlanJson(plan);
  const auto read = ParsePlanJson(json);
  ASSERT_TRUE(read.has_value()) << Describe(read.error());
  EXPECT_EQ(RenderPlanJson(*read), json);
  EXPECT_EQ(read->digest, plan.digest);
  EXPECT_EQ(read->commit, plan.commit);
  EXPECT_EQ(read->compared_with, plan.compared_with);
  EXPECT_EQ(read->merged_with, plan.merged_with);
  EXPECT_EQ(read->variables, plan.variables);
  const Change& change = read->changes.at(0);
  EXPECT_EQ(change.moved_from, plan.changes[0].moved_from);
  EXPECT_EQ(change.carried_to, plan.changes[0].carried_to);
  EXPECT_EQ(change.provenance, plan.changes[0].provenance);
  EXPECT_EQ(change.drifted_at, plan.changes[0].drifted_at);
  EXPECT_EQ(change.alarms, plan.changes[0].alarms);
  EXPECT_EQ(change.compatibility, plan.changes[0].compatibility);
  EXPECT_EQ(change.fields[0].written_at.line, 3U);
  EXPECT_EQ(change.findings.at(0).subject, change.id);
  EXPECT_EQ(change.findings.at(0).guards, Guards::kApplied);
  EXPECT_EQ(read->verdicts, plan.verdicts);
  EXPECT_EQ(read->exceptions.at(0).expires_at, plan.exceptions[0].expires_at);
  ASSERT_EQ(read->scheduled.size(), 1U);
  EXPECT_EQ(read->scheduled[0].rotation, plan.scheduled[0].rotation);
}

TEST(PlanJson, IsAsThePublishedSchemaSays) {
  const Value schema = Json(Source("docs/plan.schema.json"));
  testing::SchemaCheck check(schema);
  EXPECT_EQ(check.Check(Json(RenderPlanJson(Everything()))),
            std::vector<std::string>());
  EXPECT_EQ(check.Check(Json(RenderPlanJson(Everything(), ExitCode::kUnsafe))),
            std::vector<std::string>());
  Plan empty;
  empty.has_digest = false;
  EXPECT_EQ(check.Check(Json(RenderPlanJson(empty))),
            std::vector<std::string>());
  int checked = 0;
  const fs::path root = fs::path(WRIT_SOURCE_DIR) / "tests/golden/plan";
  for (const auto& entry : fs::directory_iterator(root)) {
    const fs::path file = entry.path() / "plan.json";
    if (!fs::exists(file)) continue;
    ++checked;
    EXPECT_EQ(check.Check(Json(testing::ReadFile(file))),
              std::vector<std::string>())
        << file;
  }
  EXPECT_GT(checked, 40);
}

TEST(PlanJson, TheSchemaRefusesWhatItDoesNotKnow) {
  const Value schema = Json(Source("docs/plan.schema.json"));
  testing::SchemaCheck check(schema);
  Value plan = Json(RenderPlanJson(Everything()));
  plan.Set("more", 1);
  plan.Find("decision")->Erase("owner");
  plan.Find("context")->Set("serial", "many");
  EXPECT_EQ(check.Check(plan).size(), 3U);
}

TEST(PlanDigest, CoversTheDecisionAlone) {
  const Plan plan = Everything();
  const Digest digest = PlanDigest(plan);
  Plan other = plan;
  other.commit.id = "other";
  other.serial = 1;
  other.planned_at.reset();
  other.notices.clear();
  other.guards.clear();
  other.changes[0].guards[0].message = "other";
  other.changes[0].written_at = {};
  other.changes[0].dependents.clear();
  other.changes[0].provenance = {};
  // Who lets it pass, where it is written and how much was judged.
  other.changes[0].findings[0].overridden = false;
  other.changes[0].findings[0].policy_at = {};
  other.changes[0].findings[0].guards = Guards::kBoth;
  other.verdicts = {};
  other.exceptions.clear();
  other.alarms.clear();
  other.scheduled.clear();
  EXPECT_EQ(PlanDigest(other), digest);
}

TEST(PlanDigest, MovesWithEachPartOfTheDecision) {
  const Plan plan = Everything();
  using Edit = void (*)(Plan&);
  const Edit edits[] = {
      [](Plan& p) { p.environment = "staging"; },
      [](Plan& p) { p.owner = "other"; },
      [](Plan& p) { p.lineage = "l2"; },
      [](Plan& p) { p.mode = "destroy"; },
      [](Plan& p) { p.targets.clear(); },
      [](Plan& p) { p.excludes.clear(); },
      [](Plan& p) { p.desired_digest = {}; },
      [](Plan& p) { p.policies_digest = {}; },
      [](Plan& p) { p.changes.clear(); },
      [](Plan& p) { p.changes[0].id = Id("App/x"); },
      [](Plan& p) { p.changes[0].action = Action::kUpdate; },
      [](Plan& p) { p.changes[0].reason = Reason::kDrifted; },
      [](Plan& p) { p.changes[0].cause = Cause::kGit; },
      [](Plan& p) { p.changes[0].moved_from.reset(); },
      [](Plan& p) { p.changes[0].carried_to.reset(); },
      [](Plan& p) { p.changes[0].fields[0].after = Value("y"); },
      [](Plan& p) { p.changes[0].before.reset(); },
      [](Plan& p) { p.changes[0].after.reset(); },
      [](Plan& p) { p.changes[0].desired_digest = {}; },
      [](Plan& p) { p.changes[0].generation = 8; },
      [](Plan& p) { p.changes[0].refers_to[0].generation = 4; },
      [](Plan& p) { p.changes[0].after_changes.clear(); },
      [](Plan& p) { p.changes[0].suspended = false; },
      [](Plan& p) { p.changes[0].compatibility.reset(); },
      [](Plan& p) { p.changes[0].guards.clear(); },
      [](Plan& p) { p.changes[0].guards[0].allowed = true; },
      [](Plan& p) { p.changes[0].guards[0].kind = GuardKind::kProtected; },
      [](Plan& p) { p.findings.clear(); },
      [](Plan& p) { p.changes[0].findings.clear(); },
      [](Plan& p) { p.changes[0].findings[0].verdict = Verdict::kError; },
      [](Plan& p) { p.changes[0].findings[0].message = "other"; },
      [](Plan& p) { p.changes[0].findings[0].exception = "other"; },
      [](Plan& p) {
        p.changes[0].findings[0].enforcement = Enforcement::kWarn;
      }};
  std::set<Digest> digests = {PlanDigest(plan)};
  for (Edit edit : edits) {
    Plan edited = plan;
    edit(edited);
    EXPECT_TRUE(digests.insert(PlanDigest(edited)).second) << digests.size();
  }
}

// The published rule: SHA-256 of the canonical JSON of `decision`.
TEST(PlanDigest, IsWhatAnybodyCanCompute) {
  const Plan plan = Everything();
  const Value document = Json(RenderPlanJson(plan));
  const Value& decision = *document.Find("decision");
  EXPECT_EQ(Sha256(CanonicalJson(decision)), PlanDigest(plan));
  EXPECT_EQ(document.FindString("digest"), PlanDigest(plan).Hex());
  std::string streamed;
  StreamDecision(plan, [&](std::string_view piece) { streamed += piece; });
  EXPECT_EQ(streamed, CanonicalJson(decision));
}

// T-03: nothing that was changed after the fact is believed.
TEST(ParsePlanJson, RefusesAChangedDecision) {
  Value document = Json(RenderPlanJson(Everything()));
  document.Find("decision")->Set("environment", "staging");
  const auto read = ParsePlanJson(CanonicalJson(document));
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
}

TEST(PlanJson, SaysHowItsCommandEnds) {
  const Value plan = Json(RenderPlanJson(Everything(), ExitCode::kUnsafe));
  EXPECT_EQ(*plan.Find("exit_code"), Value(5));
  EXPECT_EQ(Json(RenderPlanJson(Everything())).Find("exit_code"), nullptr);
}

TEST(ParsePlanJson, KnowsItsVersions) {
  Value document = Json(RenderPlanJson(Everything()));
  document.Set("format_version", "1.7");
  document.Set("later", 1);
  EXPECT_TRUE(ParsePlanJson(CanonicalJson(document)).has_value());
  document.Set("format_version", "2.0");
  const auto read = ParsePlanJson(CanonicalJson(document));
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, ErrorCode::kUnsupported);
}

// A newer minor version's decision has more members, and still its digest.
TEST(ParsePlanJson, ReadsANewerDecision) {
  Value document = Json(RenderPlanJson(Everything()));
  document.Find("decision")->Set("verdicts", Value::List{});
  document.Set("digest",
               Sha256(CanonicalJson(*document.Find("decision"))).Hex());
  EXPECT_TRUE(ParsePlanJson(CanonicalJson(document)).has_value());
}

TEST(ParsePlanJson, RefusesWhatIsNoPlan) {
  for (const char* text :
       {"", "{", "[]", "{}", "1", R"({"format_version":"1.0"})",
        R"({"format_version":"1.0","decision":[],"context":{}})",
        R"({"format_version":"1.0","decision":{"changes":[{}]},"context":{}})",
        R"({"format_version":"1.0","decision":{"changes":7},"context":{}})",
        R"({"format_version":"1.0","decision":{"changes":[{"address":"App/x",
            "action":"explode"}]},"context":{}})",
        R"({"format_version":"1.0","decision":{},
            "context":{"commit":{"dirty":"yes"}}})"}) {
    const auto read = ParsePlanJson(text);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kCorrupt) << text;
  }
}

// Wherever a byte is lost or turned, an answer comes and nothing else happens.
TEST(ParsePlanJson, SurvivesDamage) {
  const std::string json = RenderPlanJson(Everything());
  for (std::size_t i = 0; i < json.size(); i += 7) {
    std::string cut = json.substr(0, i);
    EXPECT_FALSE(ParsePlanJson(cut).has_value());
    std::string turned = json;
    turned[i] = static_cast<char>(turned[i] ^ 0x11);
    (void)ParsePlanJson(turned);
  }
}

// T-17: hostile texts stay texts.
TEST(PlanJson, CarriesHostileTextsAsTexts) {
  for (const testing::HostileText& hostile : testing::kHostileTexts) {
    const std::string raw(hostile.text);
    if (raw.empty()) continue;
    // What isn't UTF-8 comes out as replacement characters.
    const std::string text = ParseJson(QuoteJson(raw))->AsString();
    Plan plan = Everything();
    plan.commit.subject = raw;
    plan.changes[0].status = raw;
    plan.notices = {raw};
    const auto read = ParsePlanJson(RenderPlanJson(plan));
    ASSERT_TRUE(read.has_value()) << hostile.name;
    EXPECT_EQ(read->commit.subject, text) << hostile.name;
    EXPECT_EQ(read->notices.at(0), text) << hostile.name;
  }
}

TEST(PlanJson, HasNoDigestWithoutACommit) {
  World world = Shop();
  world.input.commit.dirty = true;
  PlanModel model;
  const Plan plan = model.Reach(world);
  EXPECT_FALSE(plan.has_digest);
  const Value document = Json(RenderPlanJson(plan));
  EXPECT_TRUE(document.Find("digest")->IsNull());
  EXPECT_FALSE(ParsePlanJson(CanonicalJson(document))->has_digest);
}

}  // namespace
}  // namespace writ::engine
