#include "reconciler/controller/policy_facts.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "reconciler/controller/find_resource.h"
#include "schema/json.h"
#include "schema/kind.h"

namespace writ::reconciler {
namespace {

using engine::Action;
using engine::Change;
using engine::ChangeFacts;
using engine::LiveResource;

std::vector<std::string> ScopesIn(const Value& content) {
  std::vector<std::string> scopes;
  const Value* list = content.FindPath("spec.scopes");
  if (list == nullptr || !list->IsList()) return scopes;
  for (const Value& scope : list->AsList()) {
    if (scope.IsString()) scopes.push_back(scope.AsString());
  }
  return scopes;
}

// Scope sets as they are desired, and as they are live.
class ScopeSets {
 public:
  ScopeSets(const std::vector<Resource>& desired, const engine::Snapshot& live)
      : desired_(desired), live_(live) {}

  std::vector<std::string> Desired(const ResourceId& set) const {
    const Resource* resource = FindResource(desired_, set);
    return resource != nullptr ? ScopesIn(*resource->content) : Stored(set);
  }
  // The content of a live resource that is as desired isn't at hand, and
  // needn't be.
  std::vector<std::string> Live(const ResourceId& set) const {
    const LiveResource* row = live_.Find(set);
    if (row == nullptr) return {};
    return row->content.empty() ? Desired(set) : Stored(set);
  }

 private:
  std::vector<std::string> Stored(const ResourceId& set) const {
    const LiveResource* row = live_.Find(set);
    if (row == nullptr || row->content.empty()) return {};
    const auto content = ParseJson(row->content);
    return content ? ScopesIn(*content) : std::vector<std::string>();
  }

  const std::vector<Resource>& desired_;
  const engine::Snapshot& live_;
};

// A set as a token names it: in the token's own workspace, or by address.
ResourceId SetNamed(std::string_view text, const ResourceId& token) {
  if (text.find('/') == std::string_view::npos) {
    return ResourceId("ScopeSet", token.parent(), text);
  }
  return ResourceId::Parse(text).value_or(ResourceId());
}

const ResourceId& LiveId(const Change& change) {
  return change.moved_from ? *change.moved_from : change.id;
}

bool Goes(const Change& change) {
  return change.action == Action::kDelete || change.action == Action::kForget;
}

// Who depends on each change: other changes by what they will refer to, all
// else by what it refers to now.
class Dependents {
 public:
  Dependents(const engine::Plan& plan, const engine::Snapshot& live)
      : of_(plan.changes.size()) {
    std::unordered_map<std::string_view, std::size_t> by_id;
    std::unordered_map<std::string_view, std::size_t> by_live_id;
    for (std::size_t i = 0; i < plan.changes.size(); ++i) {
      const Change& change = plan.changes[i];
      by_id.emplace(change.id.address(), i);
      if (change.generation != 0 || change.before != nullptr) {
        by_live_id.emplace(LiveId(change).address(), i);
      }
    }
    for (const Change& change : plan.changes) {
      if (Goes(change)) continue;
      for (const engine::Touched& touched : change.refers_to) {
        const auto to = by_id.find(touched.id.address());
        if (to == by_id.end() || Goes(plan.changes[to->second])) continue;
        if (touched.id == change.id) continue;
        of_[to->second].push_back(change.id.address());
      }
    }
    if (by_live_id.empty()) return;
    for (const engine::LiveReference& reference : live.references) {
      const auto to = by_live_id.find(reference.to.address());
      if (to == by_live_id.end()) continue;
      if (by_live_id.count(reference.from.address()) > 0) continue;
      of_[to->second].push_back(reference.from.address());
    }
  }

  std::vector<std::string> Take(std::size_t change) {
    std::vector<std::string>& all = of_[change];
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return std::move(all);
  }

 private:
  std::vector<std::vector<std::string>> of_;
};

std::vector<std::string> Addresses(
    const std::vector<engine::Touched>& touched) {
  std::vector<std::string> addresses;
  for (const engine::Touched& each : touched) {
    addresses.push_back(each.id.address());
  }
  return addresses;
}

ChangeFacts FactsOf(const Change& change, const ScopeSets& sets,
                    const engine::Snapshot& live) {
  ChangeFacts facts;
  facts.id = change.id;
  facts.moved_from = change.moved_from;
  facts.action = Name(change.action);
  facts.cause = Name(change.cause);
  facts.reason = Name(change.reason);
  for (const engine::FieldChange& field : change.fields) {
    facts.paths.push_back(field.path);
  }
  if (const Kind* kind = FindKind(change.id.kind())) {
    facts.before =
        engine::PolicyView(*kind, change.before, [&](std::string_view set) {
          return sets.Live(SetNamed(set, LiveId(change)));
        });
    facts.after =
        engine::PolicyView(*kind, change.after, [&](std::string_view set) {
          return sets.Desired(SetNamed(set, change.id));
        });
  }
  if (const LiveResource* row = live.Find(LiveId(change))) {
    facts.usage = row->usage;
  }
  facts.compatibility = change.compatibility;
  if (!change.missing_values.empty()) {
    facts.missing_values = change.missing_values;
  }
  facts.references = Addresses(change.refers_to);
  facts.written_at = change.written_at;
  return facts;
}

}  // namespace

engine::PlanFacts FactsOf(const engine::Plan& plan,
                          const std::vector<Resource>& desired,
                          const engine::Snapshot& live) {
  engine::PlanFacts facts;
  facts.environment = plan.environment;
  facts.commit.id = plan.commit.id;
  facts.commit.author = plan.commit.author_email;
  facts.commit.signed_by = plan.signed_by;
  if (plan.planned_at) facts.now = *plan.planned_at;
  const ScopeSets sets(desired, live);
  Dependents dependents(plan, live);
  facts.changes.reserve(plan.changes.size());
  for (std::size_t i = 0; i < plan.changes.size(); ++i) {
    facts.changes.push_back(FactsOf(plan.changes[i], sets, live));
    facts.changes.back().dependents = dependents.Take(i);
  }
  return facts;
}

Result<engine::PlanFacts> FactsOfLive(const engine::Snapshot& live) {
  std::unordered_map<std::string_view, std::vector<std::string>> dependents;
  std::unordered_map<std::string_view, std::vector<std::string>> references;
  for (const engine::LiveReference& reference : live.references) {
    dependents[reference.to.address()].push_back(reference.from.address());
    references[reference.from.address()].push_back(reference.to.address());
  }
  const std::vector<Resource> nothing;
  const ScopeSets sets(nothing, live);
  engine::PlanFacts facts;
  facts.environment = live.environment;
  for (const LiveResource& row : live.resources) {
    const Kind* kind = FindKind(row.id.kind());
    if (kind == nullptr) continue;
    ChangeFacts each;
    each.id = row.id;
    each.action = Name(Action::kNoOp);
    each.cause = Name(engine::Cause::kGit);
    auto content =
        TRY(While(ParseJson(row.content), "reading " + row.id.address()));
    each.after = engine::PolicyView(
        *kind, std::make_shared<const Value>(std::move(content)),
        [&](std::string_view set) { return sets.Live(SetNamed(set, row.id)); });
    each.before = each.after;
    each.usage = row.usage;
    each.dependents = std::move(dependents[row.id.address()]);
    each.references = std::move(references[row.id.address()]);
    each.written_at = {row.provenance.file, row.provenance.line,
                       row.provenance.column, 0, ""};
    facts.changes.push_back(std::move(each));
  }
  return facts;
}

}  // namespace writ::reconciler
