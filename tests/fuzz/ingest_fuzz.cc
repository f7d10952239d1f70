#include <string>

#include "schema/check.h"
#include "schema/event/event_batch.h"
#include "schema/event/event_validator.h"
#include "schema/json.h"
#include "tests/fuzz/fuzz_targets.h"

namespace writ {
namespace {

// Everything that a schema can say of a field.
constexpr std::string_view kContent = R"json({"spec":{
  "unplannedFields":"omit",
  "fields":[
    {"name":"orderId","type":"string","required":true,
     "validation":{"min":2,"max":64,"pattern":"^[a-z_0-9]+$"}},
    {"name":"amountCents","type":"number","validation":{"min":0,"max":1e9}},
    {"name":"currency","type":"enum","enumValues":["EUR","USD"],
     "defaultValue":"USD"},
    {"name":"placedAt","type":"date"},
    {"name":"gift","type":"boolean","defaultValue":false},
    {"name":"address","type":"object"},
    {"name":"address.city","type":"string"},
    {"name":"geo.lat","type":"number"}],
  "metadataFields":[{"name":"traceId","type":"string"}]}})json";

void CheckSpans(const JsonTree& tree) {
  for (std::uint32_t at = 0; at < tree.size(); ++at) {
    CHECK(tree[at].end > at && tree[at].end <= tree.size());
  }
}

// What is stored of an event that fits is JSON, and fits again without change.
void CheckStored(const EventValidator& validator, const std::string& stored) {
  CHECK(ParseJson(stored).has_value());
  JsonReader reader;
  const JsonTree* tree = reader.Read("{\"data\":" + stored + "}");
  CHECK(tree != nullptr);
  EventVerdict verdict;
  validator.Check(*tree, 1, 0, verdict);
  CHECK(verdict.valid());
  std::string again;
  validator.AppendData(*tree, 1, verdict, again);
  CHECK(again == stored);
}

}  // namespace

void FuzzIngest(std::string_view bytes) {
  static const auto kValidator = EventValidator::Compile(*ParseJson(kContent));
  EventBatchParser parser;
  const EventBatch* batch = parser.Parse(bytes);
  CHECK((batch == nullptr) == !parser.problems().empty());
  if (batch == nullptr) return;
  // The strict reader takes whatever this one takes.
  CHECK(ParseJson(bytes).has_value());
  CheckSpans(*batch->tree);
  CHECK(!batch->events.empty() && batch->events.size() <= kMaxBatchEvents);
  EventVerdict verdict;
  for (const ParsedEvent& event : batch->events) {
    CHECK(!event.event.empty() && !event.level.empty() && event.data != 0);
    kValidator->Check(*batch->tree, event.data, event.metadata, verdict);
    CHECK(verdict.violations.size() <= kMaxViolations);
    std::string stored;
    kValidator->AppendData(*batch->tree, event.data, verdict, stored);
    if (verdict.valid()) CheckStored(*kValidator, stored);
  }
}

}  // namespace writ
