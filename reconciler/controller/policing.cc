#include "reconciler/controller/policing.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "engine/policy/judge.h"
#include "manifests/text_places.h"
#include "reconciler/packs/packs.h"
#include "schema/json.h"

namespace writ::reconciler {
namespace {

using engine::GuardDocument;

struct Documents {
  std::vector<GuardDocument> policies;
  std::vector<GuardDocument> exceptions;

  void Add(std::string_view kind, GuardDocument document) {
    (kind == "Policy" ? policies : exceptions).push_back(std::move(document));
  }
};

void AddPacks(const std::vector<std::string>& packs, Documents& documents) {
  for (const std::string& pack : packs) {
    for (const GuardDocument& policy : PoliciesOfPack(pack)) {
      documents.policies.push_back(policy);
    }
  }
}

// As it was last applied, whatever somebody has made of it since.
Result<GuardDocument> Applied(const engine::LiveResource& row) {
  GuardDocument document;
  document.name = row.id.name();
  document.content = std::make_shared<const Value>(
      TRY(While(ParseJson(row.applied.empty() ? row.content : row.applied),
                "reading " + row.id.address())));
  document.at = {row.provenance.file, row.provenance.line,
                 row.provenance.column, 0, ""};
  return document;
}

// Empty where it can't be read: places are then those of whole scalars.
std::string TextOf(manifests::Source& source, const std::string& path) {
  const auto entry = source.Find(path);
  if (!entry || !entry->has_value()) return {};
  const auto reader = source.NewReader();
  if (!reader) return {};
  auto text = (*reader)->Read(**entry);
  return text ? std::move(*text) : std::string();
}

}  // namespace

bool Policing::empty() const {
  const auto is_empty = [](const engine::PolicySet& set) {
    return set.empty() && set.exceptions().empty();
  };
  return is_empty(desired) && (!applied || is_empty(*applied));
}

engine::TextPlaces PlacesIn(manifests::Source& source,
                            const SourceFiles& files) {
  auto texts = std::make_shared<std::map<std::uint32_t, std::string>>();
  return [&source, &files, texts](const Value& text,
                                  const std::vector<std::uint32_t>& offsets) {
    const std::uint32_t file = text.range().file;
    auto [found, is_new] = texts->try_emplace(file);
    if (is_new && file < files.size()) {
      found->second = TextOf(source, files[file]);
    }
    return manifests::PlacesInText(found->second, text, offsets);
  };
}

Result<Policing> CompilePolicies(const PolicingInput& input,
                                 Diagnostics& diagnostics) {
  const manifests::DesiredState& state = *input.desired;
  Documents desired;
  Documents applied;
  for (const Resource& resource : state.resources) {
    const std::string_view kind = resource.id.kind();
    if (kind != "Policy" && kind != "PolicyException") continue;
    desired.Add(kind, engine::GuardOf(resource, state.files));
  }
  AddPacks(input.guards.packs, desired);
  bool has_applied = input.applied_guards.has_value();
  for (const char* kind : {"Policy", "PolicyException"}) {
    if (input.store == nullptr) break;
    for (const auto& row : TRY(input.store->ReadKind(kind))) {
      has_applied = true;
      GuardDocument document = TRY(Applied(row));
      if (row.owner != state.repository.name) desired.Add(kind, document);
      applied.Add(kind, std::move(document));
    }
  }
  Policing policing;
  engine::PolicySetOptions options;
  options.enforcement = input.guards.enforcement;
  options.lints = input.lints;
  options.places = PlacesIn(*input.source, state.files);
  options.is_refused = [&state](const std::string& name) {
    return state.unreadable ||
           std::binary_search(state.refused.begin(), state.refused.end(),
                              "Policy/" + name);
  };
  policing.desired = engine::PolicySet(desired.policies, desired.exceptions,
                                       options, diagnostics);
  if (!has_applied) return policing;
  options = {};
  options.lints = false;
  if (input.applied_guards) {
    AddPacks(input.applied_guards->packs, applied);
    options.enforcement = input.applied_guards->enforcement;
  }
  // What can't be read any more denies; nobody can mend what was applied.
  Diagnostics ignored;
  policing.applied.emplace(applied.policies, applied.exceptions, options,
                           ignored);
  return policing;
}

void Judge(Policing& policing, Timestamp now, engine::Plan& plan) {
  policing.facts.now = now;
  engine::JudgeOptions options;
  options.overridden = policing.overridden;
  const engine::PolicySet* applied =
      policing.applied ? &*policing.applied : nullptr;
  engine::SetJudgement(
      engine::Judge(policing.desired, applied, policing.facts, options), plan);
}

}  // namespace writ::reconciler
