#include "reconciler/controller/policy_tests.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "engine/plan/planner.h"
#include "manifests/path_rules.h"
#include "manifests/yaml_parser.h"
#include "reconciler/controller/policing.h"
#include "reconciler/controller/policy_facts.h"
#include "reconciler/controller/resolved_references.h"
#include "reconciler/packs/packs.h"
#include "schema/validator.h"

namespace writ::reconciler {
namespace {

// PolicyTestDocuments of one kind of run: validated, with the files they stand
// in.
struct PolicyTestDocuments {
  SourceFiles files;
  std::vector<Resource> resources;
};

Status Read(manifests::Source& source, manifests::SourceReader& reader,
            const std::string& path, PolicyTestDocuments& documents,
            Diagnostics& diagnostics) {
  const auto entry = TRY(source.Find(path));
  if (!entry) {
    return Fail(ErrorCode::kNotFound, "there is no file " + path);
  }
  const std::string text = TRY(reader.Read(*entry));
  const auto file = static_cast<std::uint32_t>(documents.files.size());
  documents.files.push_back(path);
  Reporter reporter(documents.files, {}, diagnostics);
  for (auto& document : manifests::ParseYaml(text, file, {}, reporter)) {
    if (!document.root.IsMap() || document.broken) continue;
    auto resource = ValidateDocument(std::move(document.root), reporter);
    if (resource) documents.resources.push_back(std::move(*resource));
  }
  return {};
}

std::string FolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

class TestRun {
 public:
  TestRun(manifests::Source& source, const manifests::DesiredState& desired,
          Diagnostics& diagnostics)
      : source_(source), desired_(desired), diagnostics_(diagnostics) {}

  Result<std::vector<engine::PolicyTestResult>> Run(
      const std::vector<std::string>& policies) {
    reader_ = TRY(source_.NewReader());
    TRY(ReadTests());
    const engine::PolicyTestOptions options = Options();
    std::vector<engine::PolicyTestResult> results;
    for (const Resource& test : tests_.resources) {
      if (test.id.kind() != "PolicyTest") continue;
      const Value* policy = test.content->FindPath("spec.policy");
      const bool wanted =
          policies.empty() || (policy != nullptr && policy->IsString() &&
                               std::find(policies.begin(), policies.end(),
                                         policy->AsString()) != policies.end());
      if (!wanted) continue;
      results.push_back(
          engine::RunPolicyTest(test, tests_.files, options, diagnostics_));
    }
    return results;
  }

 private:
  Status ReadTests() {
    const manifests::PathRules rules(desired_.repository);
    Diagnostics ignored;  // warnings that loading has reported
    for (const auto& entry : TRY(source_.List(ignored))) {
      if (rules.UseOf(entry.path) != manifests::PathUse::kTest) continue;
      TRY(Read(source_, *reader_, entry.path, tests_, diagnostics_));
    }
    return {};
  }

  engine::PolicyTestOptions Options() {
    engine::PolicyTestOptions options;
    for (const Resource& resource : desired_.resources) {
      const std::string_view kind = resource.id.kind();
      if (kind == "Policy") {
        options.policies.push_back(engine::GuardOf(resource, desired_.files));
      } else if (kind == "PolicyException") {
        options.exceptions.push_back(engine::GuardOf(resource, desired_.files));
      }
    }
    for (const PackText& pack : PackTexts()) {
      const auto& policies = PoliciesOfPack(pack.name);
      options.policies.insert(options.policies.end(), policies.begin(),
                              policies.end());
    }
    options.set.places = PlacesIn(source_, desired_.files);
    options.plan = [this](const engine::ManifestsOfCase& manifests,
                          const Location& test) {
      return PlanOf(manifests, test);
    };
    return options;
  }

  // The plan from the files before to those after.
  Result<engine::PlanFacts> PlanOf(const engine::ManifestsOfCase& manifests,
                                   const Location& test) {
    Diagnostics diagnostics;
    PolicyTestDocuments before;
    PolicyTestDocuments after;
    TRY(ReadAll(manifests.before, test, before, diagnostics));
    TRY(ReadAll(manifests.after, test, after, diagnostics));
    engine::DesiredInput input;
    input.owner = desired_.repository.name;
    input.environment = desired_.environment.name;
    input.files = &after.files;
    input.resources = &after.resources;
    const engine::Snapshot live = AsIfApplied(before.resources, before.files,
                                              input.owner, input.environment);
    std::optional<engine::Plan> plan;
    if (!diagnostics.HasErrors()) {
      plan = engine::MakePlan(input, live, {}, diagnostics);
    }
    if (!plan) {
      diagnostics.Sort();
      return Fail(ErrorCode::kInvalidManifest,
                  "its manifests are wrong: " + diagnostics.items()[0].summary);
    }
    return reconciler::FactsOf(*plan, after.resources, live);
  }

  Status ReadAll(const std::vector<std::string>& paths, const Location& test,
                 PolicyTestDocuments& documents, Diagnostics& diagnostics) {
    for (const std::string& path : paths) {
      TRY(Read(source_, *reader_, FolderOf(test.file) + path, documents,
               diagnostics));
    }
    std::sort(documents.resources.begin(), documents.resources.end(),
              [](const Resource& a, const Resource& b) { return a.id < b.id; });
    return {};
  }

  manifests::Source& source_;
  const manifests::DesiredState& desired_;
  Diagnostics& diagnostics_;
  std::unique_ptr<manifests::SourceReader> reader_;
  PolicyTestDocuments tests_;
};

}  // namespace

Result<std::vector<engine::PolicyTestResult>> RunPolicyTests(
    manifests::Source& source, const manifests::DesiredState& desired,
    const std::vector<std::string>& policies, Diagnostics& diagnostics) {
  return TestRun(source, desired, diagnostics).Run(policies);
}

}  // namespace writ::reconciler
