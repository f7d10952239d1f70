#include "reconciler/gateway/ingest/batch_verdict.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace writ::reconciler::gateway {
namespace {

// Where the whole body is one event, there is no index.
std::optional<std::size_t> IndexOf(const EventBatch& batch, std::size_t index) {
  return batch.paths[index].empty() ? std::nullopt : std::optional(index);
}

NewEvent MakeEvent(const CatalogApp& app, const ParsedEvent& parsed,
                   const JsonTree& tree) {
  NewEvent event;
  event.app = app.name;
  event.app_uid = app.uid;
  event.event = std::string(parsed.event);
  event.level = std::string(parsed.level);
  if (parsed.customer_id) event.customer_id = std::string(*parsed.customer_id);
  if (parsed.own_id) event.own_id = std::string(*parsed.own_id);
  event.timestamp = parsed.timestamp;
  event.data.clear();
  if (parsed.metadata != 0) {
    event.metadata.clear();
    AppendJson(tree, parsed.metadata, event.metadata);
  }
  return event;
}

void AddAll(std::vector<WireViolation> from, std::vector<WireViolation>& to) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

WireViolation Unplanned(const EventBatch& batch, std::size_t index) {
  return WireViolation{IndexOf(batch, index),
                       std::string(Name(ViolationCode::kUnplannedEvent)),
                       batch.paths[index] + "/event", "spec.unplannedEvents",
                       "is an event that no schema of the app declares"};
}

}  // namespace

std::vector<WireViolation> BatchJudge::Violations(const EventBatch& batch,
                                                  std::size_t index) const {
  std::vector<WireViolation> list;
  for (const EventViolation& violation : event_.violations) {
    list.push_back(WireViolation{IndexOf(batch, index),
                                 std::string(Name(violation.code)),
                                 batch.paths[index] + violation.instance_path,
                                 violation.schema_path, violation.message});
  }
  return list;
}

void BatchJudge::JudgeEvent(const CatalogApp& app, const EventBatch& batch,
                            std::size_t index, BatchVerdict& verdict) {
  const ParsedEvent& parsed = batch.events[index];
  const CatalogSchema* schema = app.FindSchema(parsed.event);
  NewEvent event = MakeEvent(app, parsed, *batch.tree);
  std::vector<WireViolation> found;
  bool refuses = false;
  if (schema == nullptr) {
    refuses = app.unplanned == UnplannedEvents::kBlock;
    if (app.unplanned != UnplannedEvents::kAllow) {
      found.push_back(Unplanned(batch, index));
    }
    AppendJson(*batch.tree, parsed.data, event.data);
  } else {
    event.schema_generation = schema->generation;
    schema->validator->Check(*batch.tree, parsed.data, parsed.metadata, event_);
    refuses = !event_.valid() && schema->validator->enforces();
    found = Violations(batch, index);
    schema->validator->AppendData(*batch.tree, parsed.data, event_, event.data);
  }
  if (refuses) {
    NewDeadLetter letter;
    letter.app = app.name;
    letter.app_uid = app.uid;
    letter.event = event.event;
    AppendJson(*batch.tree, parsed.node, letter.body);
    letter.violations = PrintViolations(found);
    letter.schema_generation = event.schema_generation;
    verdict.dead_letters.push_back(std::move(letter));
  }
  AddAll(std::move(found), refuses ? verdict.violations : verdict.warnings);
  verdict.events.push_back(std::move(event));
}

BatchVerdict BatchJudge::Judge(const CatalogApp& app, std::string_view body) {
  BatchVerdict verdict;
  const EventBatch* batch = parser_.Parse(body);
  if (batch == nullptr) {
    verdict.status = 400;
    for (const BatchProblem& problem : parser_.problems()) {
      verdict.status = std::max(verdict.status, problem.status);
      verdict.violations.push_back(WireViolation{std::nullopt, problem.code,
                                                 problem.instance_path, "",
                                                 problem.message});
    }
    return verdict;
  }
  verdict.events.reserve(batch->events.size());
  for (std::size_t i = 0; i < batch->events.size(); ++i) {
    JudgeEvent(app, *batch, i, verdict);
  }
  if (!verdict.violations.empty()) {
    verdict.status = 400;
    verdict.by_schema = true;
    verdict.events.clear();
  }
  return verdict;
}

}  // namespace writ::reconciler::gateway
