// Laws of judging, for random guards and changes: an exception never refuses,
// another policy never allows, no order counts, and of two revisions of the
// guards the stricter stands.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/engine/policy/policy_fixture.h"

namespace writ::engine {
namespace {

const std::vector<std::string> kActions = {"create", "update", "delete"};
const std::vector<std::string> kScopes = {"\"admin:all\"", "\"inbox:read\""};
const std::vector<std::string> kNames = {"x", "y"};

std::string OneOf(const std::vector<std::string>& texts) {
  return *rc::gen::elementOf(texts);
}

// Validations that hold for some changes, for none, and ones that fail.
std::string AnyPolicy(const std::string& name) {
  const std::string validation =
      OneOf({"change.name == 'x'", "!('admin:all' in resource.spec.scopes)",
             "change.after == null", "1 / change.name.size() > 1", "false"});
  const std::string condition =
      OneOf({"", "change.action != 'update'", "change.name[0] == 'x'"});
  std::string spec = "  match: {kinds: [Token], actions: [" +
                     OneOf({"create", "create, update", "delete, update"}) +
                     "]}\n  enforcement: " +
                     OneOf({"deny", "warn", "audit", "deny-overridable"}) +
                     "\n  onError: " + OneOf({"deny", "warn"}) + "\n";
  if (!condition.empty()) {
    spec +=
        "  matchConditions: [{name: c, expression: \"" + condition + "\"}]\n";
  }
  return PolicyYaml(name, spec + "  validations: [{name: v, expression: \"" +
                              validation + "\"}]\n");
}

std::string AnyException(const std::string& name) {
  std::string subject = "address: Token/acme/" + OneOf(kNames);
  subject += OneOf({"", ", actions: [create]", ", actions: [delete, update]"});
  subject += OneOf(
      {"", ", when: \"change.action == 'create'\"", ", when: \"1 / 0 == 0\""});
  return "---\napiVersion: writ/v1\nkind: PolicyException\nmetadata: {name: " +
         name + "}\nspec:\n  policy: " + OneOf({"a", "b", "c"}) +
         "\n  subject: {" + subject +
         "}\n  reason: a migration that takes its time\n"
         "  approvedBy: ana@acme.example\n  expiresAt: " +
         OneOf({"2026-11-30T00:00:00Z", "2026-12-02T00:00:00Z",
                "2027-01-30T00:00:00Z"}) +
         "\n";
}

// Documents of policies, then of exceptions.
struct Texts {
  std::vector<std::string> policies;
  std::vector<std::string> exceptions;

  std::string Yaml() const {
    std::string yaml;
    for (const std::string& each : policies) yaml += each;
    for (const std::string& each : exceptions) yaml += each;
    return yaml;
  }
};

Texts AnyTexts() {
  Texts texts;
  for (const char* name : {"a", "b"}) {
    if (*rc::gen::weightedElement<bool>({{4, true}, {1, false}})) {
      texts.policies.push_back(AnyPolicy(name));
    }
  }
  for (const char* name : {"e", "f"}) {
    if (*rc::gen::arbitrary<bool>()) {
      texts.exceptions.push_back(AnyException(name));
    }
  }
  return texts;
}

PlanFacts AnyFacts() {
  std::vector<ChangeFacts> changes;
  for (const std::string& name : kNames) {
    const std::string action = OneOf(kActions);
    const std::string yaml = TokenYaml(name, OneOf(kScopes));
    const std::string before = action == "create" ? std::string() : yaml;
    const std::string after = action == "delete" ? std::string() : yaml;
    changes.push_back(ChangeOf(action, before, after));
  }
  return FactsOf(std::move(changes));
}

PolicySet SetOf(const Texts& texts) {
  World world(texts.Yaml());
  PolicySetOptions options;
  options.lints = false;
  return world.Compile(std::move(options));
}

Judgement JudgeBy(const Texts& texts, const PlanFacts& facts) {
  return Judge(SetOf(texts), nullptr, facts);
}

std::vector<std::string> Refusals(const Judgement& judgement) {
  std::vector<std::string> refusals;
  for (const Finding& finding : judgement.findings) {
    if (!finding.denies()) continue;
    refusals.push_back(finding.subject.address() + " " + finding.policy + "/" +
                       finding.validation);
  }
  std::sort(refusals.begin(), refusals.end());
  return refusals;
}

bool Includes(const std::vector<std::string>& all,
              const std::vector<std::string>& part) {
  return std::includes(all.begin(), all.end(), part.begin(), part.end());
}

RC_GTEST_PROP(JudgeLaws, AnExceptionNeverRefuses, ()) {
  const PlanFacts facts = AnyFacts();
  Texts texts = AnyTexts();
  const Judgement without = JudgeBy(texts, facts);
  texts.exceptions.push_back(AnyException("g"));
  const Judgement with = JudgeBy(texts, facts);
  RC_ASSERT(Includes(Refusals(without), Refusals(with)));
  RC_ASSERT(with.totals.pass == without.totals.pass);
  RC_ASSERT(with.totals.exempt >= without.totals.exempt);
  RC_ASSERT(with.totals.violation <= without.totals.violation);
}

RC_GTEST_PROP(JudgeLaws, AnotherPolicyNeverAllows, ()) {
  const PlanFacts facts = AnyFacts();
  Texts texts = AnyTexts();
  const Judgement without = JudgeBy(texts, facts);
  texts.policies.push_back(AnyPolicy("c"));
  const Judgement with = JudgeBy(texts, facts);
  RC_ASSERT(Includes(Refusals(with), Refusals(without)));
}

RC_GTEST_PROP(JudgeLaws, NoOrderOfGuardsCounts, ()) {
  const PlanFacts facts = AnyFacts();
  Texts texts = AnyTexts();
  texts.policies.push_back(AnyPolicy("c"));
  const Judgement judgement = JudgeBy(texts, facts);
  std::reverse(texts.policies.begin(), texts.policies.end());
  std::reverse(texts.exceptions.begin(), texts.exceptions.end());
  const Judgement again = JudgeBy(texts, facts);
  RC_ASSERT(LinesOf(again) == LinesOf(judgement));
  RC_ASSERT(again.totals == judgement.totals);
}

// T-04
RC_GTEST_PROP(JudgeLaws, TheStricterOfTwoRevisionsStands, ()) {
  const PlanFacts facts = AnyFacts();
  const Texts desired = AnyTexts();
  const Texts applied = AnyTexts();
  const PolicySet desired_set = SetOf(desired);
  const PolicySet applied_set = SetOf(applied);
  const Judgement both = Judge(desired_set, &applied_set, facts);
  std::vector<std::string> either = Refusals(JudgeBy(desired, facts));
  for (std::string& each : Refusals(JudgeBy(applied, facts))) {
    either.push_back(std::move(each));
  }
  std::sort(either.begin(), either.end());
  either.erase(std::unique(either.begin(), either.end()), either.end());
  RC_ASSERT(Refusals(both) == either);
  RC_ASSERT(Refusals(Judge(applied_set, &desired_set, facts)) == either);
}

RC_GTEST_PROP(JudgeLaws, TheSameGuardsTwiceSayNothingElse, ()) {
  const PlanFacts facts = AnyFacts();
  const Texts texts = AnyTexts();
  const PolicySet desired = SetOf(texts);
  const PolicySet applied = SetOf(texts);
  const Judgement once = Judge(desired, nullptr, facts);
  const Judgement twice = Judge(desired, &applied, facts);
  RC_ASSERT(LinesOf(twice) == LinesOf(once));
  RC_ASSERT(twice.totals == once.totals);
}

}  // namespace
}  // namespace writ::engine
