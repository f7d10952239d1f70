#include <algorithm>
#include <vector>

#include "engine/diff/content_path.h"
#include "engine/diff/diff.h"

namespace writ::engine {
namespace {

bool SameMembers(const Field& field, const Value& a, const Value& b) {
  if (a.AsMap().size() != b.AsMap().size()) return false;
  return std::all_of(
      a.AsMap().begin(), a.AsMap().end(), [&](const Value::Entry& entry) {
        const Value* other = b.Find(entry.key);
        const Field& member = field.type == FieldType::kMap && field.item
                                  ? *field.item
                                  : FieldOfMember(field, entry.key);
        return other != nullptr && SameValue(member, entry.value, *other);
      });
}

// Each of `a` matched with one of `b`; lists are short.
bool SameSet(const Field& item, const Value::List& a, const Value::List& b) {
  std::vector<bool> taken(b.size());
  return std::all_of(a.begin(), a.end(), [&](const Value& wanted) {
    for (std::size_t i = 0; i < b.size(); ++i) {
      if (taken[i] || !SameValue(item, wanted, b[i])) continue;
      taken[i] = true;
      return true;
    }
    return false;
  });
}

bool SameKeyed(const Field& list, const Value& a, const Value& b) {
  return std::all_of(
      a.AsList().begin(), a.AsList().end(), [&](const Value& item) {
        const Value* other = FindItem(list, b, KeyOf(list, item));
        return other != nullptr && SameValue(*list.item, item, *other);
      });
}

bool SameOrdered(const Field& item, const Value::List& a,
                 const Value::List& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](const Value& left, const Value& right) {
                      return SameValue(item, left, right);
                    });
}

}  // namespace

bool SameValue(const Field& field, const Value& a, const Value& b) {
  if (a.IsMap() && b.IsMap()) return SameMembers(field, a, b);
  if (!a.IsList() || !b.IsList() || field.item == nullptr) return a == b;
  const Value::List& left = a.AsList();
  const Value::List& right = b.AsList();
  if (left.size() != right.size()) return false;
  switch (field.list_style) {
    case ListStyle::kSet:
      // Both come sorted from the normaliser, as a rule.
      return SameOrdered(*field.item, left, right) ||
             SameSet(*field.item, left, right);
    case ListStyle::kKeyed:
      return SameKeyed(field, a, b);
    case ListStyle::kOrdered:
      return SameOrdered(*field.item, left, right);
  }
  return false;
}

}  // namespace writ::engine
