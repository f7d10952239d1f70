// A value that any number of threads read at once. Counts are not atomic, and
// taking an element of a counted list counts; so nothing within this one is
// counted, and what it is made of lives as long as it does.
#pragma once

#include <vector>

#include "engine/cel/value.h"

namespace writ::engine::cel {

class FrozenValue {
 public:
  explicit FrozenValue(Value value) : value_(Freeze(std::move(value))) {}

  // Borrows from this.
  const Value& value() const { return value_; }

 private:
  Value Freeze(Value value);

  std::vector<Value> kept_;  // what value_ borrows from
  Value value_;
};

}  // namespace writ::engine::cel
