#include <cstdint>
#include <string>
#include <vector>

#include "engine/policy/judge.h"
#include "engine/policy/policy_set.h"
#include "manifests/text_places.h"
#include "manifests/yaml_parser.h"
#include "schema/check.h"
#include "schema/validator.h"
#include "tests/fuzz/fuzz_targets.h"

namespace writ {
namespace {

using engine::ChangeFacts;
using engine::Finding;
using engine::GuardDocument;
using engine::Judgement;
using engine::PolicySet;

// The guards of a file, and its other resources as what is about to be made.
struct World {
  std::vector<GuardDocument> policies;
  std::vector<GuardDocument> exceptions;
  engine::PlanFacts facts;
};

World ReadWorld(std::string_view bytes, const SourceFiles& files,
                Reporter& reporter) {
  World world;
  world.facts.environment = "production";
  world.facts.now = *ParseTimestamp("2026-12-01T00:00:00Z");
  for (manifests::Document& document :
       manifests::ParseYaml(bytes, 0, {}, reporter)) {
    if (document.broken || !document.root.IsMap()) continue;
    auto resource = ValidateDocument(std::move(document.root), reporter);
    if (!resource) continue;
    if (resource->id.kind() == "Policy") {
      world.policies.push_back(engine::GuardOf(*resource, files));
    } else if (resource->id.kind() == "PolicyException") {
      world.exceptions.push_back(engine::GuardOf(*resource, files));
    } else {
      ChangeFacts change;
      change.id = resource->id;
      change.action = world.facts.changes.empty() ? "create" : "delete";
      change.cause = "git";
      (change.action == "create" ? change.after : change.before) =
          resource->content;
      world.facts.changes.push_back(std::move(change));
    }
  }
  return world;
}

void CheckJudgement(const Judgement& judgement, const World& world) {
  bool denies = false;
  for (const Finding& finding : judgement.findings) {
    CHECK(!finding.policy.empty());
    CHECK(!finding.message.empty());
    CHECK(finding.verdict != engine::Verdict::kPass);
    CHECK(!finding.change || *finding.change < world.facts.changes.size());
    CHECK((finding.verdict == engine::Verdict::kExempt) ==
          !finding.exception.empty());
    denies = denies || finding.denies();
  }
  CHECK(judgement.denied() == denies);
}

void CheckSame(const Judgement& a, const Judgement& b) {
  CHECK(a.findings.size() == b.findings.size());
  CHECK(a.totals == b.totals);
  for (std::size_t i = 0; i < a.findings.size(); ++i) {
    CHECK(a.findings[i].policy == b.findings[i].policy);
    CHECK(a.findings[i].verdict == b.findings[i].verdict);
    CHECK(a.findings[i].message == b.findings[i].message);
  }
}

}  // namespace

// Guards that can be read judge within their budget and say so twice alike;
// without exceptions nothing more is allowed.
void FuzzPolicies(std::string_view bytes) {
  const SourceFiles files{"fuzz.yaml"};
  Diagnostics diagnostics;
  Reporter reporter(files, {}, diagnostics);
  const World world = ReadWorld(bytes, files, reporter);
  if (world.policies.empty()) return;
  engine::PolicySetOptions options;
  options.places = [bytes](const Value& text,
                           const std::vector<std::uint32_t>& offsets) {
    return manifests::PlacesInText(bytes, text, offsets);
  };
  const PolicySet guards(world.policies, world.exceptions, options,
                         diagnostics);
  const PolicySet strict(world.policies, {}, options, diagnostics);
  engine::JudgeOptions limits;
  limits.max_steps = 20'000;
  limits.max_run_steps = 100'000;
  const Judgement judgement = Judge(guards, nullptr, world.facts, limits);
  CheckJudgement(judgement, world);
  CheckSame(judgement, Judge(guards, nullptr, world.facts, limits));
  if (judgement.denied()) {
    CHECK(Judge(strict, nullptr, world.facts, limits).denied());
  }
  CheckJudgement(Judge(guards, &strict, world.facts, limits), world);
}

}  // namespace writ
