// Lists and maps: counted ones and those that borrow from a writ::Value.
#include <cstdint>
#include <functional>

#include "engine/cel/short_text.h"
#include "engine/cel/value_objects.h"

namespace writ::engine::cel {
namespace {

using DocumentList = writ::Value::List;
using DocumentMap = writ::Value::Map;

bool SameKey(const Value& a, const Value& b) {
  if (a.kind() == b.kind()) {
    return a.Is(Kind::kString) ? SameText(a.text(), b.text())
                               : a.AsUint() == b.AsUint();
  }
  const bool whole = (a.Is(Kind::kInt) && b.Is(Kind::kUint)) ||
                     (a.Is(Kind::kUint) && b.Is(Kind::kInt));
  // The same bits of both kinds are the same number unless the top one is set.
  return whole && a.AsUint() == b.AsUint() && a.AsInt() >= 0;
}

std::size_t HashKey(const Value& key) {
  if (key.Is(Kind::kString)) return std::hash<std::string_view>()(key.text());
  constexpr std::uint64_t kOddConstant = 0x9E3779B97F4A7C15U;
  const std::uint64_t mixed = (key.AsUint() + 1) * kOddConstant;
  return mixed ^ (mixed >> 32U);
}

}  // namespace

std::optional<Value> PlainKey(const Value& key) {
  switch (key.kind()) {
    case Kind::kBool:
    case Kind::kInt:
    case Kind::kUint:
    case Kind::kString:
      return key.Borrowed();
    case Kind::kDouble:
      return WholeNumber(key.AsDouble());
    case Kind::kError:
    case Kind::kNull:
    case Kind::kBytes:
    case Kind::kTimestamp:
    case Kind::kDuration:
    case Kind::kType:
    case Kind::kList:
    case Kind::kMap:
    case Kind::kOptional:
    case Kind::kOpaque:
      break;
  }
  return std::nullopt;
}

const Value::Entry* MapObject::Find(const Value& key) const {
  if (cells.empty()) {
    for (const Value::Entry& entry : entries) {
      if (SameKey(entry.key, key)) return &entry;
    }
    return nullptr;
  }
  const std::size_t mask = cells.size() - 1;
  for (std::size_t cell = HashKey(key) & mask; cells[cell] != 0;
       cell = (cell + 1) & mask) {
    const Value::Entry& entry = entries[cells[cell] - 1];
    if (SameKey(entry.key, key)) return &entry;
  }
  return nullptr;
}

void MapObject::Insert(Value key, Value value) {
  entries.push_back({std::move(key), std::move(value)});
  if (entries.size() < kIndexed) return;
  if (entries.size() * 2 > cells.size()) {
    Rebuild();
  } else {
    Index(entries.size() - 1);
  }
}

void MapObject::Index(std::size_t entry) {
  const std::size_t mask = cells.size() - 1;
  std::size_t cell = HashKey(entries[entry].key) & mask;
  while (cells[cell] != 0) cell = (cell + 1) & mask;
  cells[cell] = static_cast<std::uint32_t>(entry + 1);
}

void MapObject::Rebuild() {
  cells.assign(std::bit_ceil(entries.size() * 4), 0);
  for (std::size_t i = 0; i < entries.size(); ++i) Index(i);
}

std::size_t Value::ListSize() const {
  return IsDocument() ? object<const DocumentList>()->size()
                      : object<ListObject>()->items.size();
}

Value Value::ListAt(std::size_t index) const {
  if (IsDocument()) return Document((*object<const DocumentList>())[index]);
  return object<ListObject>()->items[index];
}

std::size_t Value::MapSize() const {
  return IsDocument() ? object<const DocumentMap>()->size()
                      : object<MapObject>()->entries.size();
}

Value::Entry Value::MapAt(std::size_t index) const {
  if (IsDocument()) {
    const writ::Value::Entry& entry = (*object<const DocumentMap>())[index];
    return {BorrowString(entry.key), Document(entry.value)};
  }
  return object<MapObject>()->entries[index];
}

Value Value::MapKeyAt(std::size_t index) const {
  if (IsDocument()) {
    return BorrowString((*object<const DocumentMap>())[index].key);
  }
  return object<MapObject>()->entries[index].key;
}

std::optional<Value> Value::MapFind(std::string_view key) const {
  if (IsDocument()) {
    const writ::Value* found = FindEntry(*object<const DocumentMap>(), key);
    if (found == nullptr) return std::nullopt;
    return Document(*found);
  }
  const Entry* found = object<MapObject>()->Find(BorrowString(key));
  if (found == nullptr) return std::nullopt;
  return found->value;
}

std::optional<Value> Value::MapFind(const Value& key) const {
  if (key.Is(Kind::kString)) return MapFind(key.text());
  if (IsDocument()) return std::nullopt;
  const auto plain = PlainKey(key);
  if (!plain) return std::nullopt;
  const Entry* found = object<MapObject>()->Find(*plain);
  if (found == nullptr) return std::nullopt;
  return found->value;
}

bool Value::MapHas(const Value& key) const {
  if (IsDocument()) {
    return key.Is(Kind::kString) &&
           FindEntry(*object<const DocumentMap>(), key.text()) != nullptr;
  }
  if (key.Is(Kind::kString)) return object<MapObject>()->Find(key) != nullptr;
  const auto plain = PlainKey(key);
  return plain && object<MapObject>()->Find(*plain) != nullptr;
}

MapBuilder::MapBuilder() : map_(new MapObject) {}
MapBuilder::~MapBuilder() { delete map_; }

void MapBuilder::Reserve(std::size_t count) { map_->entries.reserve(count); }

MapBuilder::Outcome MapBuilder::Insert(Value key, Value value) {
  switch (key.kind()) {
    case Kind::kBool:
    case Kind::kInt:
    case Kind::kUint:
    case Kind::kString:
      break;
    case Kind::kError:
    case Kind::kNull:
    case Kind::kDouble:
    case Kind::kBytes:
    case Kind::kTimestamp:
    case Kind::kDuration:
    case Kind::kType:
    case Kind::kList:
    case Kind::kMap:
    case Kind::kOptional:
    case Kind::kOpaque:
      return Outcome::kBadKey;
  }
  if (map_->Find(key) != nullptr) return Outcome::kRepeated;
  map_->Insert(std::move(key), std::move(value));
  return Outcome::kInserted;
}

Value MapBuilder::Build() {
  return Value::OfObject(Kind::kMap, std::exchange(map_, new MapObject));
}

}  // namespace writ::engine::cel
