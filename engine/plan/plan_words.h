// Parts of a plan in words, escaped for a terminal.
//
// Pure; safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/plan.h"

namespace writ::engine {

// "99,980"
std::string WithCommas(std::int64_t count);
// "1 change", "1,204 changes"
std::string Counted(std::int64_t count, std::string_view one,
                    std::string_view many);

// "… 23 more creates", and what shows them.
std::string MoreInWords(std::size_t count, std::string_view one,
                        std::string_view many);
inline constexpr const char* kToSeeThem = ", --verbose shows them";

// One line; past `limit` code points (0: none) it ends with "…".
std::string ValueInWords(const Value& value, std::size_t limit);

// "false → true", "+ admin:all - inbox:read", "(sensitive) changed".
std::string FieldInWords(const FieldChange& field, bool verbose);

// "deleted: no manifest declares it any more", "moved from App/cart".
std::string ActionInWords(const Plan& plan, const Change& change);

// "create → deploy github-ci → verify by use, quiet 1h → revoke vela_cs_Ab3x…".
std::string StepsInWords(const RotationOutlook& outlook);

// "breaks backward compatibility", of an event schema that does.
std::string BrokenPromise(const Change& change);
// "38 of the last 10,000 events would have been rejected (0.38 %)".
// REQUIRES: change.replay, of at least one event.
std::string ReplayInWords(const Change& change);

// "manifests/orders/events.yaml:16:7"; empty without a file.
std::string PlaceOnTerminal(const Location& at);

// "✗ in-use-token/live-traffic: Token/acme/zapier is in use", "– exempt by …",
// with who it is for where it isn't plain.
std::string FindingInWords(const Finding& finding);

// "exception migration ended on 2026-12-31 and lets nothing off any more".
std::string ExceptionInWords(const ExceptionNotice& notice);

// "3 to add, 1 to destroy"
std::string CountsInWords(const Counts& counts);

// A name that JSON has, for people: "manifest changed".
std::string NameInWords(std::string_view name);

// How many columns a text takes on a terminal.
std::size_t Columns(std::string_view text);

}  // namespace writ::engine
