// One effect on one target, and the event that it comes to. Touches neither the
// store nor a clock, so that the targets of a wave are worked on side by side.
#pragma once

#include <string>
#include <vector>

#include "engine/rotation/events.h"
#include "reconciler/keys/key_ring.h"
#include "reconciler/rotation/target_opener.h"
#include "schema/secret_value.h"

namespace writ::reconciler {

// Digests of values that a rotation compares: keyed, of one generation of keys,
// which stands before them ("2:9f0c…"), so that a rekey doesn't make two
// digests of one value differ.
class ValueDigests {
 public:
  // `like`: a digest whose generation is used; empty: the newest.
  ValueDigests(const KeyRing& keys, std::string token_uid,
               std::string_view like = {});
  // Empty where the key of that generation is gone.
  std::string Of(const SecretValue& value) const;

 private:
  const KeyRing& keys_;
  std::string token_uid_;
  std::int64_t generation_;
};

struct TargetWork {
  engine::rotation::Action action = engine::rotation::Action::kObserve;
  std::string target;  // the engine's name for it
  OpenTarget open;
  Delivery delivery;
  const SecretValue* value = nullptr;  // of kPut and kProbe
  std::string version;                 // of kPut: expected; of kRestore: which
  ValueDigests digests;
  // Of kPreflight: ScopePath() of the rotation's other targets that get the
  // value under the same name. What hides this one's there holds the new value,
  // too.
  std::vector<std::string> other_places = {};
};

// Blocks up to the target's deadline. REQUIRES: an action on a target, with
// what it wants.
engine::rotation::Event Perform(TargetWork& work);

// What went wrong and what to do, in one line.
std::string InOneLine(const Error& error);

// A failure of that effect, in the engine's words.
engine::rotation::event::Failed FailedOf(engine::rotation::Action action,
                                         const std::string& subject,
                                         const TargetFailure& failure);

}  // namespace writ::reconciler
