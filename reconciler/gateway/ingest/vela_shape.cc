#include "reconciler/gateway/ingest/vela_shape.h"

#include <algorithm>

#include "reconciler/gateway/problem.h"
#include "schema/json.h"

namespace writ::reconciler::gateway {
namespace {

// Of the shape itself: nothing in it needs an escape.
void AppendName(std::string_view name, std::string& out) {
  if (out.back() != '{') out += ',';
  out += '"';
  out += name;
  out += "\":";
}

void AppendMember(std::string_view name, std::string_view text,
                  std::string& out) {
  AppendName(name, out);
  AppendQuotedJson(text, out);
}

void AppendRaw(std::string_view name, std::string_view json, std::string& out) {
  AppendName(name, out);
  out += json;
}

// With milliseconds always, as Vela has them: "2026-06-01T12:00:00.000Z".
std::string ShowTime(Timestamp at) {
  std::string text =
      FormatTimestamp(std::chrono::floor<std::chrono::milliseconds>(at));
  if (text.find('.') == std::string::npos) text.insert(text.size() - 1, ".000");
  return text;
}

}  // namespace

void AppendViolations(const std::vector<WireViolation>& violations,
                      std::string& out) {
  out += '[';
  for (const WireViolation& violation : violations) {
    if (out.back() != '[') out += ',';
    out += '{';
    if (violation.index) {
      AppendRaw("index", std::to_string(*violation.index), out);
    }
    AppendMember("code", violation.code, out);
    AppendMember("instancePath", violation.instance_path, out);
    if (!violation.schema_path.empty()) {
      AppendMember("schemaPath", violation.schema_path, out);
    }
    AppendMember("message", violation.message, out);
    out += '}';
  }
  out += ']';
}

std::string PrintViolations(const std::vector<WireViolation>& violations) {
  std::string out;
  AppendViolations(violations, out);
  return out;
}

HttpResponse VelaErrorResponse(const VelaError& error,
                               const HttpRequest& request, Timestamp now) {
  HttpResponse response;
  response.status = error.status;
  response.headers = error.headers;
  std::string& out = response.body;
  out = "{";
  AppendRaw("statusCode", std::to_string(error.status), out);
  AppendMember("timestamp", ShowTime(now), out);
  AppendMember(
      "path",
      request.query.empty() ? request.path : request.path + "?" + request.query,
      out);
  AppendMember("error", ReasonOf(error.status), out);
  AppendMember("message", error.message, out);
  if (!error.violations.empty()) {
    AppendRaw("violations", PrintViolations(error.violations), out);
  }
  out += '}';
  return response;
}

void AppendEvent(const StoredEvent& event, std::string& out) {
  out += '{';
  AppendMember("id", event.id, out);
  // Of one that was deleted since, only the id is left.
  if (!event.app_uid.empty()) {
    AppendMember("appId", event.app_uid, out);
    AppendMember("event", event.event, out);
    AppendMember("eventName", event.event, out);
    AppendMember("level", event.level, out);
    if (event.customer_id) {
      AppendMember("customer_id", *event.customer_id, out);
    } else {
      AppendRaw("customer_id", "null", out);
    }
    AppendRaw("data", event.data, out);
    AppendRaw("metadata", event.metadata, out);
    const std::string ingested = ShowTime(event.ingested_at);
    const bool is_own = event.timestamp != event.ingested_at;
    AppendMember("timestamp", is_own ? ShowTime(event.timestamp) : ingested,
                 out);
    AppendMember("ingestedAt", ingested, out);
    AppendMember("createdAt", ingested, out);
    AppendRaw("schemaGeneration", std::to_string(event.schema_generation), out);
  }
  if (event.own_id) AppendMember("ownId", *event.own_id, out);
  if (event.duplicate) AppendRaw("duplicate", "true", out);
  out += '}';
}

}  // namespace writ::reconciler::gateway
