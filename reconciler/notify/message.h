// A notification as it is kept and sent: what every channel makes its own form
// of. The same however often it is sent, so that a receiver can tell a repeat
// by its id.
//
// A plain value; pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/notify/grouping.h"
#include "schema/result.h"
#include "schema/value.h"

namespace writ::reconciler {

using Message = engine::Notification;

// As JSON and back; kCorrupt.
std::string MessageToJson(const Message& message);
Result<Message> MessageFromJson(std::string_view json);

// A group as the outbox keeps it; kCorrupt.
std::string GroupToJson(const engine::Group& group);
Result<engine::Group> GroupFromJson(std::string_view json);

// What webhooks get as `data`, and what is kept.
Value MessageToValue(const Message& message);

// The worst level of the samples: error, warning, success, info.
std::string_view LevelOf(const Message& message);

// For people, one line each, what can't be seen escaped (T-17), cut to so many
// code points:
// "large-payment-failure: 3 × payment.failed (error), customer_id c1"
std::string TitleOf(const Message& message, std::size_t code_points = 150);
// A line for each sample: "2026-12-01T00:00:00Z payment.failed {…}"
std::vector<std::string> LinesOf(const Message& message,
                                 std::size_t code_points = 300);
// "…" behind what is cut.
std::string CutText(std::string text, std::size_t code_points);

}  // namespace writ::reconciler
