#include "manifests/declared_set.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "schema/check.h"
#include "schema/validator.h"

namespace writ::manifests {
namespace {

Location LocationOf(const Resource& resource, const SourceFiles& files,
                    std::string label) {
  const SourceRange& range = resource.range;
  return {files[range.file], range.line, range.column, range.length,
          std::move(label)};
}

Diagnostic Duplicate(const Resource& first, const Resource& second,
                     const SourceFiles& files) {
  Diagnostic diagnostic;
  diagnostic.code = "duplicate-address";
  const std::string& address = first.id.address();
  if (first.parent == second.parent) {
    diagnostic.summary = address + " is declared twice";
    diagnostic.hint = "remove one, or change it by a Patch in an overlay";
  } else {
    diagnostic.summary = address + " would be of " + first.parent.address() +
                         " and of " + second.parent.address();
    diagnostic.hint = "give one of the two another name";
  }
  diagnostic.locations = {LocationOf(second, files, "declared again"),
                          LocationOf(first, files, "first declared here")};
  if (first.parent != second.parent) {
    diagnostic.locations[0].label = "of " + second.parent.address();
    diagnostic.locations[1].label = "of " + first.parent.address();
  }
  return diagnostic;
}

}  // namespace

std::vector<Resource> TakeByAddress(std::vector<Resource*> resources) {
  std::sort(resources.begin(), resources.end(),
            [](const Resource* a, const Resource* b) {
              const int order = a->id.address().compare(b->id.address());
              return order != 0 ? order < 0 : a->range < b->range;
            });
  std::vector<Resource> taken;
  taken.reserve(resources.size());
  for (Resource* resource : resources) taken.push_back(std::move(*resource));
  return taken;
}

void RefuseDuplicates(Source& source, DesiredState& state,
                      Diagnostics& diagnostics) {
  std::vector<Resource>& resources = state.resources;
  const auto same = [](const Resource& a, const Resource& b) {
    return a.id == b.id;
  };
  auto first = std::adjacent_find(resources.begin(), resources.end(), same);
  if (first == resources.end()) return;
  const Reporter::Excerpt excerpt = SourceExcerpt(source, state.files);
  for (auto next = std::next(first); next != resources.end(); ++next) {
    if (!same(*first, *next)) {
      first = next;
      continue;
    }
    Diagnostic diagnostic = Duplicate(*first, *next, state.files);
    diagnostic.excerpt = excerpt(next->range.file, next->range.line);
    diagnostics.Add(std::move(diagnostic));
  }
  resources.erase(std::unique(resources.begin(), resources.end(), same),
                  resources.end());
}

namespace {

void RefuseSharedSlugs(const DesiredState& state,
                       const Reporter::Excerpt& excerpt,
                       Diagnostics& diagnostics) {
  std::map<std::string_view, const Resource*> apps;
  for (const Resource& app : state.resources) {
    if (app.id.kind() != "App") continue;
    const Value* slug = app.content->FindPath("spec.slug");
    if (slug == nullptr || !slug->IsString()) continue;
    const auto [first, added] = apps.emplace(slug->AsString(), &app);
    if (added) continue;
    Diagnostic diagnostic;
    diagnostic.code = "duplicate-slug";
    diagnostic.summary = app.id.address() + " has the slug \"" +
                         slug->AsString() + "\" of " +
                         first->second->id.address();
    diagnostic.hint = "give one of the two another spec.slug";
    diagnostic.locations = {
        LocationOf(app, state.files, ""),
        LocationOf(*first->second, state.files, "has it first")};
    diagnostic.excerpt = excerpt(app.range.file, app.range.line);
    diagnostics.Add(std::move(diagnostic));
  }
}

// The names that a project's secrets may have values in; null where the
// project isn't declared here.
const Value* EnvironmentsOf(const DesiredState& state,
                            const ResourceId& project) {
  const auto found =
      std::lower_bound(state.resources.begin(), state.resources.end(), project,
                       [](const Resource& r, const ResourceId& wanted) {
                         return r.id < wanted;
                       });
  if (found == state.resources.end() || found->id != project) return nullptr;
  return found->content->FindPath("spec.environments");
}

void CheckSecretEnvironments(const DesiredState& state, Reporter& reporter) {
  for (const Resource& secret : state.resources) {
    if (secret.id.kind() != "Secret") continue;
    const Value* written = secret.content->FindPath("spec.environments");
    const Value* known = EnvironmentsOf(state, secret.parent);
    if (written == nullptr || known == nullptr || !known->IsList()) continue;
    std::vector<std::string_view> names;
    for (const Value& name : known->AsList()) names.push_back(name.AsString());
    for (const Value& name : written->AsList()) {
      if (name == Value("all") || std::find(names.begin(), names.end(),
                                            name.AsString()) != names.end()) {
        continue;
      }
      const auto nearest = Suggest(name.AsString(), names);
      reporter.Error(
          "unknown-environment", name.range(),
          "spec.environments of " + secret.id.address() + " names \"" +
              name.AsString() + "\", which " + secret.parent.address() +
              " doesn't have",
          nearest ? "did you mean \"" + std::string(*nearest) + "\"?" : "");
    }
  }
}

}  // namespace

void CheckAcross(Source& source, const DesiredState& state,
                 Diagnostics& diagnostics) {
  const Reporter::Excerpt excerpt = SourceExcerpt(source, state.files);
  RefuseSharedSlugs(state, excerpt, diagnostics);
  Reporter reporter(state.files, excerpt, diagnostics);
  CheckSecretEnvironments(state, reporter);
}

Resource ImpliedToken(const Resource& app) {
  CHECK(app.kind != nullptr && app.kind->name == "App");
  Value document;
  document.Set("apiVersion", Value("writ/v1"));
  document.Set("kind", Value("Token"));
  document.Set("metadata", Value()).Set("name", Value("default"));
  Value& spec = document.Set("spec", Value());
  spec.Set("type", Value("apiKey"));
  spec.Set("app", Value(app.id.name()));
  const SourceFiles no_files;
  Diagnostics diagnostics;
  Reporter reporter(no_files, {}, diagnostics);
  auto token = ValidateDocument(document, reporter);
  CHECK(token.has_value());
  token->implied = true;
  token->range = app.range;
  for (Reference& reference : token->references) reference.range = app.range;
  return *std::move(token);
}

void AddImpliedTokens(std::vector<Resource>& resources) {
  std::set<std::string, std::less<>> with_token;
  for (const Resource& resource : resources) {
    // Only apiKey tokens have an app for a parent.
    if (resource.id.kind() == "Token" && resource.parent.kind() == "App") {
      with_token.emplace(resource.parent.name());
    }
  }
  std::vector<Resource> implied;
  for (const Resource& resource : resources) {
    if (resource.id.kind() != "App") continue;
    if (with_token.contains(resource.id.name())) continue;
    const ResourceId id("Token", resource.id.name(), "default");
    const auto taken =
        std::lower_bound(resources.begin(), resources.end(), id,
                         [](const Resource& r, const ResourceId& wanted) {
                           return r.id < wanted;
                         });
    // A token of a workspace or project of the app's name.
    if (taken != resources.end() && taken->id == id) continue;
    implied.push_back(ImpliedToken(resource));
  }
  if (implied.empty()) return;
  std::vector<Resource*> all;
  for (Resource& resource : resources) all.push_back(&resource);
  for (Resource& resource : implied) all.push_back(&resource);
  resources = TakeByAddress(std::move(all));
}

}  // namespace writ::manifests
