// Does a changed event schema still accept what it accepted before? Judged as
// sets of events: a change is backward compatible when every event valid under
// the old schema is valid under the new one, forward compatible when every
// event valid under the new is valid under the old, full when both.
// The transitive modes ask the same of every version that was applied before.
//
//   change                                            backward  forward
//   optional field added, unplanned allowed           ok        ok
//   optional field added, unplanned blocked           ok        breaks
//   required field added, unplanned allowed           breaks    ok
//   required field added, unplanned blocked           breaks    breaks
//   optional field removed, unplanned allowed         ok        ok
//   optional field removed, unplanned blocked         breaks    ok
//   required field removed, unplanned allowed         ok        breaks
//   required field removed, unplanned blocked         breaks    breaks
//   optional made required                            breaks    ok
//   required made optional                            ok        breaks
//   type changed                                      breaks    breaks
//   enum or date made string without validation       ok        breaks
//   enum value added                                  ok        breaks
//   enum value removed                                breaks    ok
//   minimum raised or added                           breaks    ok
//   minimum lowered or removed                        ok        breaks
//   maximum lowered or added                          breaks    ok
//   maximum raised or removed                         ok        breaks
//   pattern added                                     breaks    ok
//   pattern removed                                   ok        breaks
//   pattern changed                                   breaks    breaks
//   unplanned fields blocked                          breaks    ok
//   unplanned fields no longer blocked                ok        breaks
//   unplanned fields omitted instead of allowed       ok        ok
//   metadata field added or removed                   ok        ok
//   metadata field's type changed                     breaks    breaks
//   default, description, id, mode, order changed     ok        ok
//
// Two choices behind it. Where unplanned fields are allowed, an old event may
// hold anything under a name that the new schema plans; that is not counted,
// or no field could ever be added. And `mode` says what becomes of an event
// that isn't valid, not which ones are. Null counts as absent; a default never
// stands in for a required field. What can't be decided (two patterns) counts
// as a break.
//
// Never fails: what doesn't have the shape of an event schema plans nothing.
// Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "schema/facts.h"
#include "schema/value.h"

namespace writ {

enum class CompatibilityMode : std::uint8_t {
  kNone,
  kBackward,
  kForward,
  kFull,
  kBackwardTransitive,
  kForwardTransitive,
  kFullTransitive,
};

// Of "backward-transitive" and its like; and back.
std::optional<CompatibilityMode> FindCompatibilityMode(std::string_view name);
std::string_view Name(CompatibilityMode mode);

// What satisfies both: backward and forward-transitive is full-transitive.
CompatibilityMode Combine(CompatibilityMode a, CompatibilityMode b);

// Judges a change of normalised content ({"spec": {…}}) under `mode`. `older`
// are the versions before `before`, newest first; only transitive modes look.
// Each reason reads "spec.fields[currency].required: false → true: events
// without it would be rejected"; nearest version first, then by path, each
// once.
Compatibility CheckCompatibility(CompatibilityMode mode, const Value& before,
                                 const Value& after,
                                 std::span<const Value> older = {});

// The same under what the two versions' own spec.compatibility ask together
// (backward where there is none): a change that drops the demand is still held
// to it once.
Compatibility CheckCompatibility(const Value& before, const Value& after,
                                 std::span<const Value> older = {});

}  // namespace writ
