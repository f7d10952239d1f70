// A rotation between the engine's value and the state's row. Each save is one
// transaction: the record, the steps that led to it, an entry of the audit
// where the phase moved, and whatever else belongs to the outcome (a minted
// credential, a revocation).
//
// Belongs to the store's thread. kConflict where another driver was faster,
// kLocked where the lease is lost.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/rotation/events.h"
#include "engine/rotation/rotation.h"
#include "reconciler/clock.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler {

// A rotation and the row that it was read from.
struct OpenRotation {
  engine::rotation::Rotation rotation;
  RotationRecord record;
};

// One step for the log; the text is scrubbed and holds no value.
struct LoggedStep {
  StepKind kind = StepKind::kNote;
  engine::rotation::Action action = engine::rotation::Action::kWait;
  std::string target;
  std::string outcome;  // empty: done
};

class RotationJournal {
 public:
  RotationJournal(StateStore& store, const Clock& clock,
                  std::string lease_token, std::string actor)
      : store_(store),
        clock_(clock),
        lease_token_(std::move(lease_token)),
        actor_(std::move(actor)) {}

  // Opens a new one. kConflict where its token has an open one.
  Result<OpenRotation> Insert(engine::rotation::Rotation rotation);
  // kNotFound; kUnsupported for one of a newer version.
  Result<OpenRotation> Load(const std::string& id);
  // `rotation` becomes what `open` holds once it is durable; `more` runs in the
  // same transaction.
  Status Save(OpenRotation& open, engine::rotation::Rotation rotation,
              const std::vector<LoggedStep>& steps,
              const std::function<Status(WriteTransaction&)>& more = {});
  // The same as the end of a transaction that is open already: commits it.
  Status SaveWithin(WriteTransaction& transaction, OpenRotation& open,
                    engine::rotation::Rotation rotation,
                    const std::vector<LoggedStep>& steps);

 private:
  Status Audit(WriteTransaction& transaction,
               const engine::rotation::Rotation& rotation) const;

  StateStore& store_;
  const Clock& clock_;
  std::string lease_token_;
  std::string actor_;
};

// The row of a rotation, but for its revision.
RotationRecord RecordOf(const engine::rotation::Rotation& rotation,
                        Timestamp now);
Result<OpenRotation> ParseRecord(RotationRecord record);

}  // namespace writ::reconciler
