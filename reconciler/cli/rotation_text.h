// What people see of a rotation (look.md): one line in lists, the whole of its
// steps in `rotation show`. Values are nowhere in it; addresses and agents of
// consumers stand on a terminal alone (T-16).
#pragma once

#include <string>

#include "engine/rotation/rotation.h"
#include "reconciler/cli/session.h"
#include "reconciler/rotation/round.h"
#include "schema/time.h"

namespace writ::reconciler {

struct RotationTextOptions {
  bool color = false;
  bool consumers = false;  // addresses, agents and routes of consumers
  std::string same_state;  // flags of a next command (common_arguments.h)
};

// "↻ Token/acme/ci  DRAINING, since 14 min: …".
std::string RotationInOneLine(const engine::rotation::Rotation& rotation,
                              Timestamp now);

std::string RenderRotation(const engine::rotation::Rotation& rotation,
                           Timestamp now, const RotationTextOptions& options);

// What an apply, or a person, is told of a round: as lines.
// `same_state` as above.
void PrintRound(Session& session, const RoundReport& report,
                const std::string& same_state);

}  // namespace writ::reconciler
