#include "reconciler/packs/packs.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "manifests/yaml_parser.h"
#include "schema/check.h"
#include "schema/resource.h"
#include "schema/validator.h"

namespace writ::reconciler {
namespace {

struct Pack {
  SourceFiles files;
  std::vector<engine::GuardDocument> policies;
};

// A pack that doesn't validate is a mistake in writ, not in what users wrote.
void Read(const PackText& text, Pack& pack) {
  pack.files = {"packs/" + std::string(text.name) + ".yaml"};
  Diagnostics diagnostics;
  Reporter reporter(pack.files, {}, diagnostics);
  for (manifests::Document& document :
       manifests::ParseYaml(text.yaml, 0, {}, reporter)) {
    CHECK(document.root.IsMap());
    const auto resource = ValidateDocument(std::move(document.root), reporter);
    CHECK(resource.has_value());
    pack.policies.push_back(engine::GuardOf(*resource, pack.files));
    pack.policies.back().pack = text.name;
  }
  CHECK(!diagnostics.HasErrors());
  std::sort(pack.policies.begin(), pack.policies.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
}

}  // namespace

const std::vector<engine::GuardDocument>& PoliciesOfPack(
    std::string_view pack) {
  static const std::map<std::string_view, Pack> packs = [] {
    std::map<std::string_view, Pack> all;
    for (const PackText& text : PackTexts()) Read(text, all[text.name]);
    return all;
  }();
  static const std::vector<engine::GuardDocument> nothing;
  const auto found = packs.find(pack);
  return found == packs.end() ? nothing : found->second.policies;
}

}  // namespace writ::reconciler
