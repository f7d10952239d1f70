// What lies on the heap behind a counted Value. The count comes first in each,
// so that sharing one needs no look at its kind. For value.cc, value_map.cc and
// value_list.cc alone.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/cel/value.h"

namespace writ::engine::cel {

struct ListObject {
  std::uint32_t references = 1;
  std::vector<Value> items;
};

struct OptionalObject {
  std::uint32_t references = 1;
  Value value;
};

// Entries in the order of insertion. From kIndexed entries on there is an index
// of twice as many cells or more: a power of two, open addressing, 0 for empty,
// else the entry's number and 1.
struct MapObject {
  static constexpr std::size_t kIndexed = 12;

  std::uint32_t references = 1;
  std::vector<Value::Entry> entries;
  std::vector<std::uint32_t> cells;

  // The entry with this key, which has been made plain (PlainKey), or null.
  const Value::Entry* Find(const Value& key) const;
  void Insert(Value key, Value value);

 private:
  void Index(std::size_t entry);
  void Rebuild();
};

// A key as maps keep it: a whole double as int or uint, an uint that an int
// can hold compared as one. Empty where no key can be equal to it.
std::optional<Value> PlainKey(const Value& key);

}  // namespace writ::engine::cel
