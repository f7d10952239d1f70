#include "reconciler/controller/missing_values.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "reconciler/store/live_spec.h"
#include "schema/text_list.h"

namespace writ::reconciler {
namespace {

using engine::Action;
using engine::Change;

// Required, and of values that writ keeps itself: other sources are read at
// use, never by a plan (T-01).
bool WantsValue(const Change& change) {
  if (change.id.kind() != "Secret" || change.after == nullptr ||
      change.action == Action::kDelete || change.action == Action::kForget) {
    return false;
  }
  const Value* required = change.after->FindPath("spec.required");
  if (required == nullptr || !required->IsBoolean() || !required->AsBoolean()) {
    return false;
  }
  const Value* source = change.after->FindPath("spec.source");
  return source == nullptr || !source->IsMap() || source->AsMap().empty() ||
         source->AsMap().front().key == "managed";
}

class Search {
 public:
  Search(const std::vector<Resource>& desired, const engine::Snapshot& live,
         StateStore* store)
      : desired_(desired), live_(live), store_(store) {}

  Result<std::vector<std::string>> MissingOf(const Change& change) {
    std::vector<std::string> missing = TRY(EnvironmentsOf(change));
    const engine::LiveResource* row =
        live_.Find(change.moved_from ? *change.moved_from : change.id);
    const bool keeps_values =
        row != nullptr && change.action != Action::kReplace;
    if (store_ == nullptr || !keeps_values) return missing;
    std::vector<std::string> left;
    for (std::string& environment : missing) {
      const auto pointer =
          TRY(store_->secrets().FindPointer(row->uid, environment));
      if (!pointer || pointer->version == 0) {
        left.push_back(std::move(environment));
      }
    }
    return left;
  }

 private:
  Result<std::vector<std::string>> EnvironmentsOf(const Change& change) {
    std::vector<std::string> named =
        TextsOf(change.after->FindPath("spec.environments"));
    if (!named.empty() && named != std::vector<std::string>{"all"}) {
      return named;
    }
    const ResourceId project("Project", change.id.parent());
    const auto declared = std::lower_bound(
        desired_.begin(), desired_.end(), project,
        [](const Resource& r, const ResourceId& id) { return r.id < id; });
    if (declared != desired_.end() && declared->id == project) {
      return TextsOf(declared->content->FindPath("spec.environments"));
    }
    if (store_ == nullptr) return std::vector<std::string>();
    const auto rows = TRY(store_->ReadResources(std::span(&project, 1)));
    if (rows.empty()) return std::vector<std::string>();
    Value content;
    content.Set("spec", TRY(SpecOf(rows.front())));
    return TextsOf(content.FindPath("spec.environments"));
  }

  const std::vector<Resource>& desired_;
  const engine::Snapshot& live_;
  StateStore* store_;
};

}  // namespace

Status FindMissingValues(const std::vector<Resource>& desired,
                         const engine::Snapshot& live, StateStore* store,
                         engine::Plan& plan) {
  Search search(desired, live, store);
  for (Change& change : plan.changes) {
    if (!WantsValue(change)) continue;
    change.missing_values = TRY(search.MissingOf(change));
  }
  return {};
}

}  // namespace writ::reconciler
