#include "reconciler/controller/unread_checks.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "manifests/path_rules.h"
#include "reconciler/controller/name_checks.h"
#include "schema/json.h"

namespace writ::reconciler {
namespace {

using engine::LiveResource;

using Names = std::set<std::string, std::less<>>;

Result<Value> ReadApplied(const LiveResource& row) {
  return While(ParseJson(row.applied.empty() ? row.content : row.applied),
               "reading " + row.id.address());
}

std::string SlugOf(const Value& app) {
  const Value* slug = app.FindPath("spec.slug");
  return slug != nullptr && slug->IsString() ? slug->AsString() : "";
}

Names TextsAt(const Value& content, std::string_view path) {
  Names texts;
  const Value* list = content.FindPath(path);
  if (list == nullptr || !list->IsList()) return texts;
  for (const Value& item : list->AsList()) {
    if (item.IsString()) texts.insert(item.AsString());
  }
  return texts;
}

bool Contains(const Names& all, const Names& some) {
  return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

class UnreadCheck {
 public:
  explicit UnreadCheck(const UnreadInput& input)
      : input_(input),
        gathered_(*input.gathered),
        desired_(input.gathered->desired),
        store_(*input.store) {}

  Result<bool> Run() {
    using Step = Result<bool> (UnreadCheck::*)();
    for (Step step : {&UnreadCheck::SlugsStand, &UnreadCheck::ProjectsStand,
                      &UnreadCheck::SecretsStand, &UnreadCheck::MentionsStand,
                      &UnreadCheck::TestsStand}) {
      if (!TRY((this->*step)())) return false;
    }
    return true;
  }

 private:
  const Resource* Desired(const ResourceId& id) const {
    const auto found =
        std::lower_bound(desired_.resources.begin(), desired_.resources.end(),
                         id, [](const Resource& r, const ResourceId& wanted) {
                           return r.id < wanted;
                         });
    return found == desired_.resources.end() || found->id != id ? nullptr
                                                                : &*found;
  }
  bool IsUndeclared(const ResourceId& id) const {
    return std::binary_search(gathered_.undeclared.begin(),
                              gathered_.undeclared.end(), id);
  }
  bool AnyUndeclared(std::initializer_list<std::string_view> kinds) const {
    return std::any_of(gathered_.undeclared.begin(), gathered_.undeclared.end(),
                       [&](const ResourceId& id) {
                         return std::find(kinds.begin(), kinds.end(),
                                          id.kind()) != kinds.end();
                       });
  }
  bool IsOurs(const LiveResource& row) const {
    return row.owner == desired_.repository.name;
  }
  // Declared in a file that wasn't read.
  bool IsUnread(const LiveResource& row) const {
    return IsOurs(row) && Desired(row.id) == nullptr && !IsUndeclared(row.id);
  }

  Result<bool> SlugsStand();
  Result<bool> ProjectsStand();
  Result<bool> SecretsStand();
  Result<bool> MentionsStand();
  Result<bool> TestsStand();
  bool MayBeGone(const std::string& mention,
                 std::vector<ResourceId>& ids) const;

  const UnreadInput& input_;
  const Gathered& gathered_;
  const manifests::DesiredState& desired_;
  StateStore& store_;
};

// Of an app that is new, or has another slug than before.
Result<bool> UnreadCheck::SlugsStand() {
  Names slugs;
  for (const Resource& app : desired_.resources) {
    if (app.id.kind() != "App") continue;
    const LiveResource* row = gathered_.live.Find(app.id);
    const std::string slug = SlugOf(*app.content);
    const bool had_it = row != nullptr && IsOurs(*row) &&
                        SlugOf(TRY(ReadApplied(*row))) == slug;
    if (!had_it) slugs.insert(slug);
  }
  if (slugs.empty()) return true;
  for (const LiveResource& row : TRY(store_.ReadKind("App"))) {
    if (IsUnread(row) && slugs.count(SlugOf(TRY(ReadApplied(row)))) > 0) {
      return false;
    }
  }
  return true;
}

// A secret that wasn't read may be in an environment that its project loses.
Result<bool> UnreadCheck::ProjectsStand() {
  for (const Resource& project : desired_.resources) {
    if (project.id.kind() != "Project") continue;
    const LiveResource* row = gathered_.live.Find(project.id);
    if (row == nullptr) continue;
    const Value before = TRY(ReadApplied(*row));
    if (!IsOurs(*row) ||
        !Contains(TextsAt(*project.content, "spec.environments"),
                  TextsAt(before, "spec.environments"))) {
      return false;
    }
  }
  return true;
}

Result<bool> UnreadCheck::SecretsStand() {
  for (const Resource& secret : desired_.resources) {
    // What was read together was checked together.
    if (secret.id.kind() != "Secret" || Desired(secret.parent) != nullptr) {
      continue;
    }
    const LiveResource* project = gathered_.live.Find(secret.parent);
    if (project == nullptr || !IsUnread(*project)) continue;
    Names named = TextsAt(*secret.content, "spec.environments");
    named.erase("all");
    const Value content = TRY(ReadApplied(*project));
    if (!Contains(TextsAt(content, "spec.environments"), named)) return false;
  }
  return true;
}

// Whom secrets that weren't read admit. Mentions aren't references of the
// state, so that nothing but the secrets knows of them.
Result<bool> UnreadCheck::MentionsStand() {
  if (!input_.state_moved &&
      !AnyUndeclared({"Destination", "DeployTarget", "Secret"})) {
    return true;
  }
  std::vector<ResourceId> ids;
  for (const LiveResource& row : TRY(store_.ReadKind("Secret"))) {
    if (!IsUnread(row)) continue;
    const Value content = TRY(ReadApplied(row));
    for (const std::string& mention : TextsAt(content, "spec.usableBy")) {
      if (MayBeGone(mention, ids)) return false;
    }
  }
  if (!input_.state_moved) return true;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return TRY(store_.ReadResources(ids))
  .size() == ids.size();
}

// Addresses that only the state can tell about go to `ids`.
bool UnreadCheck::MayBeGone(const std::string& mention,
                            std::vector<ResourceId>& ids) const {
  const auto id = ResourceId::Parse(mention);
  if (!id) return true;
  if (Desired(*id) != nullptr) return false;
  if (IsUndeclared(*id)) return true;
  ids.push_back(*id);
  return false;
}

// What tests name; they are few, and read only where something is gone.
Result<bool> UnreadCheck::TestsStand() {
  if (!AnyUndeclared({"App", "Destination", "NotificationRule"})) return true;
  Diagnostics ignored;  // the complete way reports
  std::vector<manifests::SourceEntry> tests = TRY(input_.source->List(ignored));
  const manifests::PathRules rules(desired_.repository);
  std::erase_if(tests, [&](const manifests::SourceEntry& entry) {
    return rules.UseOf(entry.path) != manifests::PathUse::kTest;
  });
  if (tests.empty()) return true;
  const auto loaded =
      TRY(manifests::LoadFiles(*input_.source, input_.load, tests, ignored));
  if (!loaded) return false;
  const std::vector<TestReference> references =
      ReferencesOfTests(loaded->tests);
  return std::none_of(
      references.begin(), references.end(), [&](const TestReference& wanted) {
        return std::any_of(
            wanted.candidates.begin(), wanted.candidates.end(),
            [&](const ResourceId& id) { return IsUndeclared(id); });
      });
}

}  // namespace

Result<bool> UnreadStands(const UnreadInput& input) {
  return UnreadCheck(input).Run();
}

}  // namespace writ::reconciler
