// An event as rules see it, once it is stored. A plain value.
#pragma once

#include <string>

#include "schema/time.h"
#include "schema/value.h"

namespace writ::engine {

struct NotifyEvent {
  std::string id;   // "evt_…"
  std::string app;  // its name
  std::string event;
  std::string level = "info";
  std::string customer_id;  // empty: about nobody
  Value data{Value::Map{}};
  Value metadata{Value::Map{}};
  Timestamp at;        // when it happened, as its sender says
  Timestamp taken_at;  // when it was stored
};

}  // namespace writ::engine
