#include "engine/diff/diff.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "engine/diff/content_path.h"

namespace writ::engine {
namespace {

// The same place in the three contents; null where a content lacks it.
struct Triple {
  const Value* live = nullptr;
  const Value* desired = nullptr;
  const Value* applied = nullptr;
};

const Value* Member(const Value* value, std::string_view name) {
  return value == nullptr ? nullptr : value->Find(name);
}

Triple Member(const Triple& at, std::string_view name) {
  return {Member(at.live, name), Member(at.desired, name),
          Member(at.applied, name)};
}

bool BothMaps(const Triple& at) {
  return at.live && at.desired && at.live->IsMap() && at.desired->IsMap();
}

bool BothLists(const Triple& at) {
  return at.live && at.desired && at.live->IsList() && at.desired->IsList();
}

class Differ {
 public:
  Differ(const Kind& kind, bool has_applied, const DiffOptions& options)
      : kind_(kind), has_applied_(has_applied), options_(options) {}

  ContentDiff Run(const Triple& contents);

 private:
  using Merged = std::optional<Value>;

  Merged Walk(const Field& field, const std::string& path, const Triple& at);
  Merged WalkMembers(const Field& field, const std::string& path,
                     const Triple& at);
  Merged WalkKeyed(const Field& field, const std::string& path,
                   const Triple& at);
  Merged WalkOrdered(const Field& field, const std::string& path,
                     const Triple& at);
  void AddChange(const Field& field, const std::string& path, const Triple& at);
  void AddComputed(const Field& field, const std::string& path,
                   const Value* live, const Value* desired);
  // Whether git says of it what it said at the last apply.
  bool GitAgrees(const Field& field, const Triple& at) const;
  Cause CauseOf(const Field& field, const Triple& at) const;
  const Field& MemberField(const Field& field, const std::string& path,
                           std::string_view member) const;

  const Kind& kind_;
  const bool has_applied_;
  const DiffOptions& options_;
  ContentDiff diff_;
  int immutable_ = 0;  // how many fields around this one are immutable
  int ignored_ = 0;    // how many are ignored
};

// The content's own parts are told by name, everything below by its table.
const Field& Differ::MemberField(const Field& field, const std::string& path,
                                 std::string_view member) const {
  if (path.empty()) return FieldOfPart(kind_, member);
  if (field.type == FieldType::kMap && field.item) return *field.item;
  return FieldOfMember(field, member);
}

bool Differ::GitAgrees(const Field& field, const Triple& at) const {
  const bool both = at.desired != nullptr && at.applied != nullptr;
  const bool neither = at.desired == nullptr && at.applied == nullptr;
  return both ? SameValue(field, *at.desired, *at.applied) : neither;
}

Cause Differ::CauseOf(const Field& field, const Triple& at) const {
  if (!has_applied_) return Cause::kGit;
  return GitAgrees(field, at) ? Cause::kDrift : Cause::kGit;
}

void Differ::AddChange(const Field& field, const std::string& path,
                       const Triple& at) {
  FieldChange change;
  change.path = path;
  change.cause = CauseOf(field, at);
  change.sensitive = (at.live && IsSensitive(field, *at.live)) ||
                     (at.desired && IsSensitive(field, *at.desired));
  if (!change.sensitive) {
    if (at.live) change.before = RedactField(field, *at.live);
    if (at.desired) change.after = RedactField(field, *at.desired);
  }
  if (immutable_ > 0 && !IsAnyAtOrBelow(path, options_.movable)) {
    change.forces_replacement = true;
    diff_.replaces = true;
  }
  if (at.desired != nullptr && options_.files != nullptr) {
    const SourceRange& range = at.desired->range();
    if (range.line > 0 && range.file < options_.files->size()) {
      change.written_at = {(*options_.files)[range.file],
                           range.line,
                           range.column,
                           range.length,
                           {}};
    }
  }
  diff_.fields.push_back(std::move(change));
}

Differ::Merged Differ::Walk(const Field& field, const std::string& path,
                            const Triple& at) {
  const auto kept = [](const Value* value) {
    return value == nullptr ? Merged() : Merged(*value);
  };
  if (at.live == nullptr && at.desired == nullptr) return std::nullopt;
  if (at.desired == nullptr && field.computed) return kept(at.live);

  // Only drift is left alone. Nobody who takes a resource over has said yet
  // what it was, so that all that differs is as if it had drifted.
  const bool ignored = IsAnyAtOrBelow(path, options_.ignore);
  if (ignored && !has_applied_) return kept(at.live);
  immutable_ += field.immutable ? 1 : 0;
  ignored_ += ignored ? 1 : 0;
  Merged merged;
  const bool hidden = (at.live && IsSensitive(field, *at.live)) ||
                      (at.desired && IsSensitive(field, *at.desired));
  // A reference to a secret is read as a whole, and so is what has no table.
  const bool whole = hidden || field.type == FieldType::kSecretRef ||
                     field.type == FieldType::kAny;
  if (!whole && BothMaps(at)) {
    merged = WalkMembers(field, path, at);
  } else if (!whole && BothLists(at) && field.list_style == ListStyle::kKeyed &&
             field.item) {
    merged = WalkKeyed(field, path, at);
  } else if (!whole && BothLists(at) &&
             field.list_style == ListStyle::kOrdered && field.item &&
             field.item->type == FieldType::kObject &&
             at.live->AsList().size() == at.desired->AsList().size()) {
    merged = WalkOrdered(field, path, at);
  } else if (ignored_ > 0 && GitAgrees(field, at)) {
    merged = kept(at.live);
  } else {
    const bool same = at.live != nullptr && at.desired != nullptr &&
                      SameValue(field, *at.live, *at.desired);
    if (!same) AddChange(field, path, at);
    merged = kept(at.desired);
  }
  immutable_ -= field.immutable ? 1 : 0;
  ignored_ -= ignored ? 1 : 0;
  return merged;
}

Differ::Merged Differ::WalkMembers(const Field& field, const std::string& path,
                                   const Triple& at) {
  Value::Map merged;
  const auto walk = [&](std::string_view name, const SourceRange& range) {
    const std::string below = field.type == FieldType::kMap && !path.empty()
                                  ? JoinKey(path, name)
                                  : JoinMember(path, name);
    Merged value =
        Walk(MemberField(field, path, name), below, Member(at, name));
    if (value) {
      merged.push_back({std::string(name), range, *std::move(value)});
    }
  };
  for (const Value::Entry& entry : at.desired->AsMap()) {
    walk(entry.key, entry.key_range);
  }
  for (const Value::Entry& entry : at.live->AsMap()) {
    if (at.desired->Find(entry.key) == nullptr) walk(entry.key, {});
  }
  Value value(std::move(merged));
  value.set_range(at.desired->range());
  return value;
}

Differ::Merged Differ::WalkKeyed(const Field& field, const std::string& path,
                                 const Triple& at) {
  Value::List merged;
  const auto walk = [&](std::string_view key, const Value* live,
                        const Value* desired) {
    const Value* applied =
        at.applied ? FindItem(field, *at.applied, key) : nullptr;
    Merged value =
        Walk(*field.item, JoinKey(path, key), {live, desired, applied});
    if (value) merged.push_back(*std::move(value));
  };
  for (const Value& item : at.desired->AsList()) {
    const std::string_view key = KeyOf(field, item);
    walk(key, FindItem(field, *at.live, key), &item);
  }
  for (const Value& item : at.live->AsList()) {
    const std::string_view key = KeyOf(field, item);
    if (FindItem(field, *at.desired, key) == nullptr) {
      walk(key, &item, nullptr);
    }
  }
  Value value(std::move(merged));
  value.set_range(at.desired->range());
  return value;
}

Differ::Merged Differ::WalkOrdered(const Field& field, const std::string& path,
                                   const Triple& at) {
  Value::List merged;
  for (std::size_t i = 0; i < at.desired->AsList().size(); ++i) {
    const bool has_applied =
        at.applied && at.applied->IsList() && i < at.applied->AsList().size();
    const Triple item = {&at.live->AsList()[i], &at.desired->AsList()[i],
                         has_applied ? &at.applied->AsList()[i] : nullptr};
    Merged value = Walk(*field.item, JoinKey(path, std::to_string(i)), item);
    if (value) merged.push_back(*std::move(value));
  }
  Value value(std::move(merged));
  value.set_range(at.desired->range());
  return value;
}

// What a new resource will be given anew.
void Differ::AddComputed(const Field& field, const std::string& path,
                         const Value* live, const Value* desired) {
  for (const Field& member : field.fields) {
    const Value* before = Member(live, member.name);
    const Value* after = Member(desired, member.name);
    const std::string below = JoinMember(path, member.name);
    if (member.computed && before != nullptr && after == nullptr) {
      FieldChange change;
      change.path = below;
      change.sensitive = IsSensitive(member, *before);
      if (!change.sensitive) change.before = RedactField(member, *before);
      change.known_after_apply = true;
      diff_.fields.push_back(std::move(change));
    } else if (member.type == FieldType::kObject) {
      AddComputed(member, below, before, after);
    }
  }
}

ContentDiff Differ::Run(const Triple& contents) {
  static const Field root;
  Merged merged = BothMaps(contents) ? WalkMembers(root, "", contents)
                                     : Merged(*contents.desired);
  diff_.merged = *std::move(merged);
  if (diff_.replaces) {
    diff_.merged = *contents.desired;
    AddComputed(kind_.spec, "spec", contents.live->Find("spec"),
                contents.desired->Find("spec"));
  }
  std::sort(diff_.fields.begin(), diff_.fields.end(),
            [](const FieldChange& a, const FieldChange& b) {
              return a.path < b.path;
            });
  return std::move(diff_);
}

}  // namespace

ContentDiff DiffContents(const Kind& kind, const Value& live,
                         const Value& desired, const Value* applied,
                         const DiffOptions& options) {
  return Differ(kind, applied != nullptr, options)
      .Run({&live, &desired, applied});
}

}  // namespace writ::engine
