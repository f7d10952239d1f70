#include "engine/plan/lost_use.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/text_list.h"
#include "schema/value.h"

namespace writ::engine {
namespace {

using ScopeNames = std::set<std::string, std::less<>>;

constexpr std::string_view kEveryScope = "admin:all";
constexpr std::size_t kScopesNamed = 5;

bool Admits(const ScopeNames& scopes, std::string_view scope) {
  return scopes.contains(scope) || scopes.contains(kEveryScope);
}

void AddScopes(const std::optional<Value>& spec, ScopeNames& scopes) {
  if (!spec) return;
  for (std::string& scope : TextsOf(spec->Find("scopes"))) {
    scopes.insert(std::move(scope));
  }
}

// Leaves live what it changes.
bool LeavesLive(const Change& change) {
  return !change.suspended && change.before != nullptr &&
         change.after != nullptr && change.action != Action::kReplace;
}

const ResourceId& AddressBefore(const Change& change) {
  return change.moved_from ? *change.moved_from : change.id;
}

class UseCheck {
 public:
  UseCheck(const Pairing& pairing, const References& references,
           const std::vector<Change>& changes)
      : pairing_(pairing), references_(references) {
    std::set<ResourceId> sets;
    for (const Change& change : changes) {
      const ResourceId& at = AddressBefore(change);
      if (at.kind() == "ScopeSet") sets.insert(at);
    }
    if (sets.empty()) return;
    for (const LiveReference& reference : pairing.snapshot().references) {
      const bool is_use =
          reference.from.kind() == "Token" && sets.contains(reference.to);
      if (is_use) users_.emplace(reference.to, &reference.from);
    }
  }

  // The tokens whose scopes the change may concern; numbers of live ones.
  std::vector<std::uint32_t> TokensOf(const Change& change) const {
    const ResourceId& at = AddressBefore(change);
    std::vector<std::uint32_t> tokens;
    const auto add = [&](const ResourceId& id) {
      const std::uint32_t live = pairing_.FindLive(id.address());
      if (live == kNone) return;
      const auto& usage = pairing_.live(live).usage;
      if (usage && !usage->scopes.empty()) tokens.push_back(live);
    };
    if (at.kind() == "Token") add(at);
    if (at.kind() != "ScopeSet") return tokens;
    const auto [first, last] = users_.equal_range(at);
    for (auto user = first; user != last; ++user) add(*user->second);
    return tokens;
  }

  // "inbox:write (3 h ago)", empty: it loses nothing that it is used for.
  std::string Lost(std::uint32_t live) const {
    const LiveResource& token = pairing_.live(live);
    const ScopeNames before = Before(live);
    const ScopeNames after = After(live);
    std::string lost;
    std::size_t count = 0;
    for (const auto& [scope, last] : token.usage->scopes) {
      if (!Admits(before, scope) || Admits(after, scope)) continue;
      if (++count > kScopesNamed) continue;
      lost += (lost.empty() ? "" : ", ") + scope + " (" +
              FormatAge(last, pairing_.options().now) + ")";
    }
    if (count > kScopesNamed) {
      lost += " and " + std::to_string(count - kScopesNamed) + " more";
    }
    return lost;
  }

 private:
  std::optional<Value> LiveSpec(std::uint32_t live) const {
    return references_.TargetSpec(pairing_.desired_size() + live);
  }

  std::vector<const ResourceId*> LiveSets(const ResourceId& token) const {
    std::vector<const ResourceId*> sets;
    const auto& all = pairing_.snapshot().references;
    auto at = std::lower_bound(
        all.begin(), all.end(), token,
        [](const LiveReference& reference, const ResourceId& from) {
          return reference.from < from;
        });
    for (; at != all.end() && at->from == token; ++at) {
      if (at->to.kind() == "ScopeSet") sets.push_back(&at->to);
    }
    return sets;
  }

  ScopeNames Before(std::uint32_t live) const {
    ScopeNames scopes;
    AddScopes(LiveSpec(live), scopes);
    for (const ResourceId* set : LiveSets(pairing_.live(live).id)) {
      const std::uint32_t at = pairing_.FindLive(set->address());
      if (at != kNone) AddScopes(LiveSpec(at), scopes);
    }
    return scopes;
  }

  ScopeNames After(std::uint32_t live) const {
    ScopeNames scopes;
    const std::uint32_t desired = pairing_.DesiredOf(live);
    if (desired != kNone) {
      AddScopes(references_.TargetSpec(desired), scopes);
      const auto [first, last] = references_.Of(desired);
      for (const Edge* edge = first; edge != last; ++edge) {
        if (references_.TargetId(edge->target).kind() != "ScopeSet") continue;
        AddScopes(references_.TargetSpec(edge->target), scopes);
      }
      return scopes;
    }
    // Not declared in this part: it stays as it is, its sets may not.
    AddScopes(LiveSpec(live), scopes);
    for (const ResourceId* set : LiveSets(pairing_.live(live).id)) {
      const std::uint32_t declared = pairing_.FindDesired(set->address());
      const std::uint32_t at = pairing_.FindLive(set->address());
      if (declared != kNone) {
        AddScopes(references_.TargetSpec(declared), scopes);
      } else if (at != kNone) {
        AddScopes(LiveSpec(at), scopes);
      }
    }
    return scopes;
  }

  const Pairing& pairing_;
  const References& references_;
  std::multimap<ResourceId, const ResourceId*> users_;  // of changed scope sets
};

// The change that the guard stands at.
Change& PlaceOf(const ResourceId& token, Change& change, Plan& plan) {
  const auto own = std::lower_bound(
      plan.changes.begin(), plan.changes.end(), token,
      [](const Change& one, const ResourceId& id) { return one.id < id; });
  return own != plan.changes.end() && own->id == token ? *own : change;
}

}  // namespace

void AddLostUse(const Pairing& pairing, const References& references,
                Plan& plan) {
  if (pairing.options().mode != PlanMode::kNormal) return;
  const UseCheck check(pairing, references, plan.changes);
  const auto& allowed = pairing.options().allow.data_loss_addresses;
  std::set<std::uint32_t> looked_at;
  for (Change& change : plan.changes) {
    if (!LeavesLive(change)) continue;
    for (const std::uint32_t live : check.TokensOf(change)) {
      if (!looked_at.insert(live).second) continue;
      const std::string lost = check.Lost(live);
      if (lost.empty()) continue;
      const ResourceId& token = pairing.live(live).id;
      const std::string& address = token.address();
      PlaceOf(token, change, plan)
          .guards.push_back(
              {GuardKind::kDataLoss, token,
               address + " is used for what it would lose: " + lost,
               "--allow-data-loss " + address,
               std::find(allowed.begin(), allowed.end(), address) !=
                   allowed.end()});
    }
  }
}

}  // namespace writ::engine
