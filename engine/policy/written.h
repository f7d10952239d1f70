// Reading what somebody wrote, where absent is as good as null.
#pragma once

#include <string_view>

#include "schema/value.h"

namespace writ::engine {

// Stays as long as `map` does.
inline const Value& At(const Value& map, std::string_view path) {
  static const Value kNull;
  const Value* found = map.FindPath(path);
  return found != nullptr ? *found : kNull;
}

}  // namespace writ::engine
