#include "engine/policy/fact_values.h"

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::engine {
namespace {

using CelValue = cel::Value;

constexpr std::array<std::string_view, 8> kActions = {
    "create", "update", "replace", "delete",
    "forget", "adopt",  "move",    "rotate"};

class Object {
 public:
  Object& Set(std::string_view key, CelValue value) {
    map_.Insert(CelValue::BorrowString(key), std::move(value));
    return *this;
  }
  Object& Set(std::string_view key, std::string_view text) {
    return Set(key, CelValue::BorrowString(text));
  }
  CelValue Build() { return map_.Build(); }

 private:
  cel::MapBuilder map_;
};

CelValue Texts(const std::vector<std::string>& texts) {
  std::vector<CelValue> items;
  items.reserve(texts.size());
  for (const std::string& text : texts) {
    items.push_back(CelValue::BorrowString(text));
  }
  return CelValue::List(std::move(items));
}

CelValue TextOrNull(const std::string& text) {
  return text.empty() ? CelValue::Null() : CelValue::BorrowString(text);
}

// An empty map where there is none.
CelValue MapAt(const Value* map) {
  return map != nullptr && map->IsMap() ? CelValue::Document(*map)
                                        : cel::MapBuilder().Build();
}

CelValue ResourceValue(const ResourceId& id, const Value* content) {
  if (content == nullptr) return CelValue::Null();
  Object metadata;
  metadata.Set("name", id.name())
      .Set("labels", MapAt(content->FindPath("metadata.labels")))
      .Set("annotations", MapAt(content->FindPath("metadata.annotations")));
  return Object()
      .Set("kind", id.kind())
      .Set("metadata", metadata.Build())
      .Set("lifecycle", MapAt(content->Find("lifecycle")))
      .Set("spec", MapAt(content->Find("spec")))
      .Build();
}

CelValue UsageValue(const std::optional<Usage>& usage) {
  if (!usage) return CelValue::Null();
  return Object()
      .Set("count7d", CelValue::Int(usage->count_7d))
      .Set("lastUsedAt",
           usage->last_used_at
               ? CelValue::String(FormatTimestamp(*usage->last_used_at))
               : CelValue::Null())
      .Build();
}

CelValue CompatibilityValue(const std::optional<Compatibility>& compatibility) {
  if (!compatibility) return CelValue::Null();
  return Object()
      .Set("breaking", CelValue::Bool(compatibility->breaking))
      .Set("reasons", Texts(compatibility->reasons))
      .Build();
}

CelValue ChangeValue(const ChangeFacts& change) {
  const ResourceId& before = change.moved_from ? *change.moved_from : change.id;
  const Value* labels =
      LabelsOf(change.after ? change.after.get() : change.before.get());
  return Object()
      .Set("address", change.id.address())
      .Set("kind", change.id.kind())
      .Set("name", change.id.name())
      .Set("parent", change.id.parent())
      .Set("action", change.action)
      .Set("cause", change.cause)
      .Set("reason", change.reason)
      .Set("paths", Texts(change.paths))
      .Set("before", ResourceValue(before, change.before.get()))
      .Set("after", ResourceValue(change.id, change.after.get()))
      .Set("labels", MapAt(labels))
      .Set("usage", UsageValue(change.usage))
      .Set("compatibility", CompatibilityValue(change.compatibility))
      .Set("missingValues", change.missing_values
                                ? Texts(*change.missing_values)
                                : CelValue::Null())
      .Build();
}

CelValue CountsValue(const std::vector<ChangeFacts>& changes) {
  Object counts;
  for (const std::string_view action : kActions) {
    std::int64_t count = 0;
    for (const ChangeFacts& change : changes) {
      if (change.action == action) ++count;
    }
    counts.Set(action, CelValue::Int(count));
  }
  return counts.Build();
}

}  // namespace

const Value* LabelsOf(const Value* content) {
  return content == nullptr ? nullptr : content->FindPath("metadata.labels");
}

void FactValues::SelectChange(std::size_t index) {
  selected_ = index;
  change_.reset();
  graph_.reset();
}

CelValue FactValues::now() const {
  const auto since = facts_.now.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  return CelValue::Timestamp(
      seconds.count(), static_cast<std::uint32_t>(
                           std::chrono::nanoseconds(since - seconds).count()));
}

CelValue FactValues::environment() const {
  return CelValue::BorrowString(facts_.environment);
}

const CelValue& FactValues::commit() {
  if (!commit_) {
    const CommitFacts& commit = facts_.commit;
    commit_ =
        Object()
            .Set("id", TextOrNull(commit.id))
            .Set("author", TextOrNull(commit.author))
            .Set("signedBy", commit.signed_by ? TextOrNull(*commit.signed_by)
                                              : CelValue::Null())
            .Build();
  }
  return *commit_;
}

const CelValue& FactValues::plan() {
  if (!plan_) {
    std::vector<CelValue> changes;
    changes.reserve(facts_.changes.size());
    for (const ChangeFacts& change : facts_.changes) {
      changes.push_back(ChangeValue(change));
    }
    plan_ = Object()
                .Set("changes", CelValue::List(std::move(changes)))
                .Set("counts", CountsValue(facts_.changes))
                .Build();
  }
  return *plan_;
}

const CelValue& FactValues::change() {
  if (!change_) change_ = ChangeValue(facts_.changes[selected_]);
  return *change_;
}

const CelValue& FactValues::graph() {
  if (!graph_) {
    const ChangeFacts& facts = facts_.changes[selected_];
    graph_ = Object()
                 .Set("dependents", Texts(facts.dependents))
                 .Set("references", Texts(facts.references))
                 .Build();
  }
  return *graph_;
}

CelValue FactValues::resource() {
  const bool gone = facts_.changes[selected_].after == nullptr;
  return *change().MapFind(gone ? "before" : "after");
}

}  // namespace writ::engine
