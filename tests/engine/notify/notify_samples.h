// Events and rules written down in one line, for tests of engine/notify.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "engine/notify/rule.h"
#include "schema/json.h"

namespace writ::testing {

inline Timestamp At(std::int64_t seconds) {
  return Timestamp(std::chrono::seconds(1'796'083'200 + seconds));
}

inline Value Json(const std::string& text) {
  auto value = ParseJson(text);
  return value ? *value : Value("not JSON: " + text);
}

inline engine::NotifyEvent EventOf(const std::string& data,
                                   std::string name = "payment.failed") {
  engine::NotifyEvent event;
  event.id = "evt_1";
  event.app = "shop";
  event.event = std::move(name);
  event.level = "error";
  event.customer_id = "c1";
  event.data = Json(data);
  event.metadata = Json(R"({"traceId": "t-1"})");
  event.at = At(0);
  event.taken_at = At(0);
  return event;
}

// The spec as JSON without app and actions, which are always the same.
inline engine::RuleSource RuleOf(const std::string& name,
                                 const std::string& members) {
  return {ResourceId("NotificationRule", "shop", name), "uid-" + name,
          std::make_shared<const Value>(
              Json(R"({"actions": [{"destination": "slack"}])" +
                   (members.empty() ? "" : ", " + members) + "}"))};
}

}  // namespace writ::testing
