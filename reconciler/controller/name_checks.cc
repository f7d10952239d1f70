#include "reconciler/controller/name_checks.h"

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "engine/graph/lookup.h"
#include "engine/plan/suggestion.h"
#include "reconciler/controller/find_resource.h"
#include "reconciler/packs/packs.h"
#include "schema/json.h"
#include "schema/validator.h"

namespace writ::reconciler {
namespace {

using manifests::DesiredState;

using Names = std::set<std::string, std::less<>>;

std::string DidYouMean(std::string_view written, const Names& names) {
  const std::vector<std::string_view> all(names.begin(), names.end());
  const auto nearest = Suggest(written, all);
  return nearest ? "did you mean \"" + std::string(*nearest) + "\"?"
                 : std::string();
}

Diagnostic Dangling(const SourceFiles& files, const SourceRange& range,
                    std::string summary, std::string hint) {
  Diagnostic diagnostic;
  diagnostic.code = "dangling-reference";
  diagnostic.summary = std::move(summary);
  diagnostic.hint = std::move(hint);
  if (range.file < files.size()) {
    diagnostic.locations = {
        {files[range.file], range.line, range.column, range.length, {}}};
  }
  return diagnostic;
}

// Declared, but with errors of its own.
bool IsRefused(const DesiredState& state, const std::string& address) {
  return state.unreadable || std::binary_search(state.refused.begin(),
                                                state.refused.end(), address);
}

bool RefusesAny(const DesiredState& state, std::string_view kind) {
  const std::string prefix = std::string(kind) + "/";
  return state.unreadable ||
         std::any_of(state.refused.begin(), state.refused.end(),
                     [&](const std::string& address) {
                       return address.starts_with(prefix);
                     });
}

Result<Value> ReadApplied(const engine::LiveResource& row) {
  return While(ParseJson(row.applied.empty() ? row.content : row.applied),
               "reading " + row.id.address());
}

class NameCheck {
 public:
  NameCheck(const NamesInput& input, Diagnostics& diagnostics)
      : input_(input), state_(*input.desired), diagnostics_(diagnostics) {}

  Status Run() {
    TRY(CheckEnforcement());
    CheckMatchedEnvironments();
    return CheckSecretEnvironment();
  }

 private:
  Status CheckEnforcement() {
    const Value& enforcement = state_.environment.enforcement;
    if (!enforcement.IsMap() || enforcement.AsMap().empty()) return {};
    const Names policies = TRY(PolicyNames());
    for (const Value::Entry& entry : enforcement.AsMap()) {
      if (policies.count(entry.key) > 0 ||
          IsRefused(state_, "Policy/" + entry.key)) {
        continue;
      }
      diagnostics_.Add(Dangling(state_.files, entry.key_range,
                                "enforcement of " + state_.environment.name +
                                    " names a Policy that isn't declared",
                                DidYouMean(entry.key, policies)));
    }
    return {};
  }

  Result<Names> PolicyNames() {
    Names names;
    for (const Resource& resource : state_.resources) {
      if (resource.id.kind() == "Policy") names.emplace(resource.id.name());
    }
    for (const std::string& pack : state_.repository.policy_packs) {
      for (const engine::GuardDocument& policy : PoliciesOfPack(pack)) {
        names.insert(policy.name);
      }
    }
    if (input_.store == nullptr) return names;
    for (const auto& row : TRY(input_.store->ReadKind("Policy"))) {
      if (row.owner != state_.repository.name) names.emplace(row.id.name());
    }
    return names;
  }

  void CheckMatchedEnvironments() {
    Names environments;
    for (const auto& [name, environment] : state_.repository.environments) {
      environments.insert(name);
    }
    for (const Resource& policy : state_.resources) {
      if (policy.id.kind() != "Policy") continue;
      const Value* matched =
          policy.content->FindPath("spec.match.environments");
      if (matched == nullptr || !matched->IsList()) continue;
      for (const Value& name : matched->AsList()) {
        if (environments.count(name.AsString()) > 0) continue;
        diagnostics_.Add(
            Dangling(state_.files, name.range(),
                     policy.id.address() +
                         " matches an environment that writ.yaml doesn't "
                         "declare",
                     DidYouMean(name.AsString(), environments)));
      }
    }
  }

  // What is written has to be an environment of some project, where projects
  // are known at all.
  Status CheckSecretEnvironment() {
    const SourceRange& at = state_.environment.secret_environment_at;
    if (at.line == 0 || RefusesAny(state_, "Project")) return {};
    Names known;
    for (const Resource& resource : state_.resources) {
      if (resource.id.kind() == "Project") Add(*resource.content, known);
    }
    TRY(AddLiveProjects(known));
    const std::string& written = state_.environment.secret_environment;
    if (known.empty() || known.count(written) > 0) return {};
    diagnostics_.Add(Dangling(state_.files, at,
                              "secretEnvironment of " +
                                  state_.environment.name +
                                  " names an environment that no Project has",
                              DidYouMean(written, known)));
    return {};
  }

  Status AddLiveProjects(Names& known) {
    if (input_.store == nullptr) return {};
    for (const auto& row : TRY(input_.store->ReadKind("Project"))) {
      if (row.owner == state_.repository.name &&
          (input_.complete || !IsUnread(row.id))) {
        continue;
      }
      Add(TRY(ReadApplied(row)), known);
    }
    return {};
  }

  bool IsUnread(const ResourceId& id) const {
    return FindResource(state_.resources, id) == nullptr &&
           !std::binary_search(input_.undeclared->begin(),
                               input_.undeclared->end(), id);
  }

  static void Add(const Value& project, Names& known) {
    const Value* names = project.FindPath("spec.environments");
    if (names == nullptr || !names->IsList()) return;
    for (const Value& name : names->AsList()) known.insert(name.AsString());
  }

  const NamesInput& input_;
  const DesiredState& state_;
  Diagnostics& diagnostics_;
};

bool IsPolicyOfPack(const ResourceId& id) {
  return std::any_of(
      PackTexts().begin(), PackTexts().end(), [&](const PackText& pack) {
        const auto& policies = PoliciesOfPack(pack.name);
        return std::any_of(policies.begin(), policies.end(),
                           [&](const auto& p) { return p.name == id.name(); });
      });
}

bool IsDeclared(const DesiredState& state, const ResourceId& id) {
  return FindResource(state.resources, id) != nullptr ||
         IsRefused(state, id.address()) ||
         (id.kind() == "Policy" && IsPolicyOfPack(id));
}

// Whether an environment that wasn't loaded may declare what those that were
// don't.
bool OthersMayDeclare(const std::vector<const DesiredState*>& states) {
  const auto& all = states.front()->repository.environments;
  return std::any_of(all.begin(), all.end(), [&](const auto& entry) {
    return !entry.second.overlays.empty() &&
           std::none_of(states.begin(), states.end(), [&](const auto* state) {
             return state->environment.name == entry.first;
           });
  });
}

std::string NearestOf(const TestReference& wanted, const DesiredState& state) {
  const bool is_address = wanted.reference->text.find('/') != std::string::npos;
  Names names;
  for (const Resource& resource : state.resources) {
    const auto same_scope = [&](const ResourceId& candidate) {
      return candidate.kind() == resource.id.kind() &&
             (is_address || candidate.parent() == resource.id.parent());
    };
    if (std::any_of(wanted.candidates.begin(), wanted.candidates.end(),
                    same_scope)) {
      names.emplace(is_address ? std::string_view(resource.id.address())
                               : resource.id.name());
    }
  }
  return DidYouMean(wanted.reference->text, names);
}

}  // namespace

Status CheckNames(const NamesInput& input, Diagnostics& diagnostics) {
  return NameCheck(input, diagnostics).Run();
}

std::vector<TestReference> ReferencesOfTests(
    const std::vector<Resource>& tests) {
  std::vector<TestReference> references;
  for (const Resource& test : tests) {
    Resource user;
    const Value* app = test.content->FindPath("spec.app");
    if (app != nullptr && app->IsString()) {
      std::string_view name = app->AsString();
      if (name.starts_with("App/")) name.remove_prefix(4);
      user.parent = ResourceId("App", name);
    }
    std::string buffer;
    for (const Reference& reference : test.references) {
      TestReference wanted{&test, &reference, {}};
      engine::VisitAddresses(
          user, reference, buffer, [](const ResourceId&) { return ""; },
          [&](std::string_view address) {
            if (auto id = ResourceId::Parse(address)) {
              wanted.candidates.push_back(*std::move(id));
            }
            return false;
          });
      references.push_back(std::move(wanted));
    }
  }
  return references;
}

void CheckTestNames(const std::vector<const DesiredState*>& states,
                    Diagnostics& diagnostics) {
  if (states.empty() || OthersMayDeclare(states)) return;
  const DesiredState& first = *states.front();
  for (const TestReference& wanted : ReferencesOfTests(first.tests)) {
    const auto declared_in = [&](const DesiredState* state) {
      return state->unreadable ||
             std::any_of(
                 wanted.candidates.begin(), wanted.candidates.end(),
                 [&](const auto& id) { return IsDeclared(*state, id); });
    };
    if (std::any_of(states.begin(), states.end(), declared_in)) continue;
    diagnostics.Add(Dangling(first.files, wanted.reference->range,
                             wanted.test->id.address() + " names " +
                                 engine::KindsInWords(*wanted.reference) +
                                 " that isn't declared",
                             NearestOf(wanted, first)));
  }
}

}  // namespace writ::reconciler
