// A whole body against an app's schemas, before anything of it is stored: all
// of it is taken, or none.
//
//   what                                    becomes of it
//   no schema of the name, unplannedEvents
//     allow                                 taken as it is
//     warn                                  taken, told
//     block                                 refused: unplanned_event
//   violations, schema's mode
//     observe                               taken, told
//     enforce                               refused
//
// Pure but for the parser, which is one thread's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reconciler/events/event_records.h"
#include "reconciler/gateway/ingest/app_catalog.h"
#include "reconciler/gateway/ingest/vela_shape.h"
#include "schema/event/event_batch.h"
#include "schema/event/event_validator.h"

namespace writ::reconciler::gateway {

struct BatchVerdict {
  int status = 201;  // 400 or 413 where it is refused
  std::vector<NewEvent> events;
  std::vector<NewDeadLetter> dead_letters;  // of events that were refused
  std::vector<WireViolation> violations;    // that refuse
  std::vector<WireViolation> warnings;      // that are told
  bool by_schema = false;  // refused by what the app declares, which may change

  bool accepted() const { return status == 201; }
};

class BatchJudge {
 public:
  BatchVerdict Judge(const CatalogApp& app, std::string_view body);

 private:
  void JudgeEvent(const CatalogApp& app, const EventBatch& batch,
                  std::size_t index, BatchVerdict& verdict);
  // Of the event that was checked last.
  std::vector<WireViolation> Violations(const EventBatch& batch,
                                        std::size_t index) const;

  EventBatchParser parser_;
  EventVerdict event_;
};

}  // namespace writ::reconciler::gateway
