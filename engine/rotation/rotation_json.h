// A rotation as JSON: what the journal keeps, and what `rotation show --json`
// prints. Parse(Print(x)) == x.
//
// `version` 1. A field that a record lacks has its default, so that records of
// older binaries are read; a newer version, or a word that isn't known, is
// kUnsupported, so that an older binary leaves a newer one's rotation alone.
//
// Pure, safe from any thread.
#pragma once

#include "engine/rotation/rotation.h"
#include "schema/result.h"
#include "schema/value.h"

namespace writ::engine::rotation {

inline constexpr int kRecordVersion = 1;

Value ToJson(const Rotation& rotation);

// kUnsupported as above; kCorrupt where it isn't what was ever written.
Result<Rotation> FromJson(const Value& value);

}  // namespace writ::engine::rotation
