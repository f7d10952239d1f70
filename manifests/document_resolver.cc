#include "manifests/document_resolver.h"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "manifests/document.h"
#include "manifests/variables.h"
#include "schema/field_walk.h"

namespace writ::manifests {
namespace {

bool IsTestKind(std::string_view kind) {
  return kind == "PolicyTest" || kind == "RuleTest";
}

struct Place {
  std::string_view kind;
  std::string_view place;  // where it belongs
};
constexpr std::array kPlaces{
    Place{"Repository", "writ.yaml at the root"},
    Place{"Patch", "an overlay folder of an environment"},
    Place{"PolicyTest", "a file named *.test.yaml"},
    Place{"RuleTest", "a file named *.test.yaml"},
    Place{"Host", "the host file, outside of any repository"},
};

// False after an error: the document's kind has no place in such a file.
bool CheckPlace(const Value& document, PathUse use, Reporter& reporter) {
  const Value* kind = document.Find("kind");
  if (kind == nullptr || !kind->IsString()) return true;
  const std::string& name = kind->AsString();
  const Kind* known = FindKind(name);
  if (use == PathUse::kTest) {
    if (known == nullptr || IsTestKind(name)) return true;
    reporter.Error("misplaced-kind", kind->range(),
                   WithArticle(name) + " has no place among tests",
                   "move it to a file that isn't named *.test.yaml");
    return false;
  }
  for (const Place& place : kPlaces) {
    if (place.kind != name) continue;
    reporter.Error("misplaced-kind", kind->range(),
                   name == "Host"
                       ? "a Host is never part of a repository"
                       : WithArticle(name) + " has no place among manifests",
                   "it belongs in " + std::string(place.place));
    return false;
  }
  return true;
}

class Resolver {
 public:
  Resolver(const std::vector<std::unique_ptr<Environment>>& environments,
           Reporter& reporter, ResolvedDocuments& resolved)
      : environments_(environments), reporter_(reporter), resolved_(resolved) {}

  void Resolve(Value document, const std::vector<std::size_t>& indexes) {
    const bool mentions = MentionsVariables(document);
    std::string address = AddressOf(document);
    bool refused = false;
    // Environments that neither a variable nor a patch tells apart.
    std::vector<std::size_t> alike;
    for (const std::size_t index : indexes) {
      const Environment& environment = *environments_[index];
      if (!mentions && !environment.MayPatch(document)) {
        alike.push_back(index);
      } else if (auto resource = environment.Resolve(document, reporter_)) {
        resolved_.resources[index].push_back(*std::move(resource));
      } else {
        refused = true;
      }
    }
    if (!alike.empty()) {
      auto resource = ValidateDocument(std::move(document), reporter_);
      if (resource) {
        Share(*std::move(resource), alike);
      } else {
        refused = true;
      }
    }
    if (refused) Refuse(std::move(address));
  }

  void Refuse(std::string address) {
    if (address.empty())
      resolved_.unreadable = true;
    else
      resolved_.refused.push_back(std::move(address));
  }

 private:
  // REQUIRES: at least one environment.
  void Share(Resource resource, const std::vector<std::size_t>& indexes) {
    for (std::size_t i = 0; i + 1 < indexes.size(); ++i) {
      resolved_.resources[indexes[i]].push_back(resource);
    }
    resolved_.resources[indexes.back()].push_back(std::move(resource));
  }

  const std::vector<std::unique_ptr<Environment>>& environments_;
  Reporter& reporter_;
  ResolvedDocuments& resolved_;
};

}  // namespace

void ResolveDocument(
    Document document, PathUse use,
    const std::vector<std::unique_ptr<Environment>>& environments,
    const std::vector<std::size_t>& indexes, Reporter& reporter,
    ResolvedDocuments& resolved) {
  Value& root = document.root;
  Resolver resolver(environments, reporter, resolved);
  reporter.set_subject({});
  if (document.broken) {
    resolver.Refuse(AddressOf(root));
    return;
  }
  if (root.IsNull()) return;
  if (!root.IsMap()) {
    reporter.Error("not-a-document", root.range(),
                   "a document is a map with apiVersion, kind, metadata and "
                   "spec, not " +
                       std::string(Describe(root.type())));
    resolver.Refuse({});
    return;
  }
  if (!CheckPlace(root, use, reporter)) {
    resolver.Refuse(AddressOf(root));
    return;
  }
  if (use == PathUse::kTest) {
    auto test = ValidateDocument(std::move(root), reporter);
    if (test) resolved.tests.push_back(*std::move(test));
    return;
  }
  resolver.Resolve(std::move(root), indexes);
}

}  // namespace writ::manifests
