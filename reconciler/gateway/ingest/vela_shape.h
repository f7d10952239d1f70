// Bodies as Vela's clients know them (contracts, section 1.3): errors with
// statusCode, timestamp, path, error and message, and events. What differs
// between the generations of its documents is there under both names:
// event/eventName, ingestedAt/createdAt.
//
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/events/event_records.h"
#include "reconciler/gateway/http.h"
#include "schema/time.h"

namespace writ::reconciler::gateway {

// What is wrong with an event of a body, or with the body.
struct WireViolation {
  std::optional<std::size_t> index;  // in the batch
  std::string code;
  std::string instance_path;  // a JSON pointer in the body
  std::string schema_path;    // empty: the form of events, not a schema
  std::string message;
};

struct VelaError {
  int status = 500;
  std::string message;
  std::vector<WireViolation> violations = {};
  std::vector<HttpHeader> headers = {};
};

HttpResponse VelaErrorResponse(const VelaError& error,
                               const HttpRequest& request, Timestamp now);

void AppendViolations(const std::vector<WireViolation>& violations,
                      std::string& out);
// The violations of one event as a dead letter keeps them.
std::string PrintViolations(const std::vector<WireViolation>& violations);

void AppendEvent(const StoredEvent& event, std::string& out);

}  // namespace writ::reconciler::gateway
