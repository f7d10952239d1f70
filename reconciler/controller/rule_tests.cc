#include "reconciler/controller/rule_tests.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "manifests/path_rules.h"
#include "manifests/yaml_parser.h"
#include "schema/validator.h"

namespace writ::reconciler {
namespace {

struct TestDocuments {
  SourceFiles files;
  std::vector<Resource> resources;
};

Result<TestDocuments> ReadTests(manifests::Source& source,
                                const manifests::RepositoryConfig& repository,
                                Diagnostics& diagnostics) {
  const manifests::PathRules rules(repository);
  const auto reader = TRY(source.NewReader());
  TestDocuments documents;
  Diagnostics ignored;  // warnings that loading has reported
  for (const auto& entry : TRY(source.List(ignored))) {
    if (rules.UseOf(entry.path) != manifests::PathUse::kTest) continue;
    const std::string text = TRY(reader->Read(entry));
    const auto file = static_cast<std::uint32_t>(documents.files.size());
    documents.files.push_back(entry.path);
    Reporter reporter(documents.files, {}, diagnostics);
    for (auto& document : manifests::ParseYaml(text, file, {}, reporter)) {
      const bool wanted = document.root.IsMap() && !document.broken &&
                          document.root.FindString("kind") == "RuleTest";
      if (!wanted) continue;
      auto resource = ValidateDocument(std::move(document.root), reporter);
      if (resource) documents.resources.push_back(std::move(*resource));
    }
  }
  return documents;
}

}  // namespace

std::unique_ptr<const engine::RuleSet> DesiredRules(
    const manifests::DesiredState& desired) {
  std::vector<engine::RuleSource> rules;
  std::vector<engine::RuleSource> silences;
  for (const Resource& resource : desired.resources) {
    const bool is_rule = resource.id.kind() == "NotificationRule";
    if (!is_rule && resource.id.kind() != "Silence") continue;
    const Value* spec = resource.content->Find("spec");
    if (spec == nullptr) continue;
    engine::RuleSource source;
    source.id = resource.id;
    source.uid = resource.id.address();
    // The spec lives as long as the content that it is a part of.
    source.spec = std::shared_ptr<const Value>(resource.content, spec);
    (is_rule ? rules : silences).push_back(std::move(source));
  }
  return std::make_unique<const engine::RuleSet>(rules, silences);
}

Result<std::vector<engine::RuleTestResult>> RunRuleTests(
    manifests::Source& source, const manifests::DesiredState& desired,
    const std::vector<std::string>& tests, Diagnostics& diagnostics) {
  const TestDocuments documents =
      TRY(ReadTests(source, desired.repository, diagnostics));
  const auto rules = DesiredRules(desired);
  std::vector<engine::RuleTestResult> results;
  for (const Resource& test : documents.resources) {
    const bool wanted =
        tests.empty() ||
        std::find(tests.begin(), tests.end(), test.id.name()) != tests.end();
    if (!wanted) continue;
    results.push_back(engine::RunRuleTest(test, documents.files, *rules));
  }
  return results;
}

}  // namespace writ::reconciler
