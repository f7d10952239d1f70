#include "engine/cel/frozen_value.h"

#include <utility>

namespace writ::engine::cel {

Value FrozenValue::Freeze(Value value) {
  if (value.Is(Kind::kList) && value.document_list() == nullptr) {
    std::vector<Value> items;
    items.reserve(value.ListSize());
    for (std::size_t i = 0; i < value.ListSize(); ++i) {
      items.push_back(Freeze(value.ListAt(i)));
    }
    value = Value::List(std::move(items));
  } else if (value.Is(Kind::kMap) && value.document_map() == nullptr) {
    MapBuilder map;
    map.Reserve(value.MapSize());
    for (std::size_t i = 0; i < value.MapSize(); ++i) {
      Value::Entry entry = value.MapAt(i);
      Value key = Freeze(std::move(entry.key));
      map.Insert(std::move(key), Freeze(std::move(entry.value)));
    }
    value = map.Build();
  } else if (value.Is(Kind::kOptional) && value.HasValue()) {
    value = Value::OptionalOf(Freeze(value.OptionalValue()));
  }
  kept_.push_back(std::move(value));
  return kept_.back().Borrowed();
}

}  // namespace writ::engine::cel
