// What people see of a rotation (look.md): one line in lists, the whole of its
// steps in `rotation show`. Values are nowhere in it; addresses and agents of
// consumers stand on a terminal alone (T-16).
//
// Pure.
#pragma once

#include <string>
#include <vector>

#include "engine/rotation/rotation.h"
#include "schema/time.h"
#include "schema/value.h"

namespace writ::reconciler {

struct RotationTextOptions {
  bool color = false;
  bool consumers = false;  // addresses, agents and routes of consumers
};

// "↻ Token/acme/ci  DRAINING, since 14 min: …".
std::string RotationInOneLine(const engine::rotation::Rotation& rotation,
                              Timestamp now);

std::string RenderRotation(const engine::rotation::Rotation& rotation,
                           Timestamp now, const RotationTextOptions& options);

// What JSON says of it: as the journal has it, without consumers' addresses.
Value RotationToValue(const engine::rotation::Rotation& rotation);

}  // namespace writ::reconciler
