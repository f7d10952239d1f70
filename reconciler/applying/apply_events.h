// An apply that goes on somewhere else, line by line (NDJSON):
//
//   {"event":"begin","lease_holder"}
//   {"event":"change","address","action","outcome","message"?}
//   {"event":"token","address","value"}     shown this once, if asked for
//   {"event":"report",…,"exit_code"}        the last one, or
//   {"event":"error","code","message","remedy","exit_code"}
//
// A stream that ends without one of the last two was cut off: what was applied
// is not known.
//
// Plain values; pure.
#pragma once

#include <string>
#include <string_view>

#include "engine/plan/plan.h"
#include "reconciler/applying/apply_result.h"
#include "schema/error.h"
#include "schema/resource_id.h"
#include "schema/result.h"
#include "schema/secret_value.h"
#include "schema/value.h"

namespace writ::reconciler {

// Each with the newline at its end.
std::string BeginLine(const std::string& lease_holder);
std::string ChangeLine(const ChangeReport& report);
SecretValue TokenLine(const ResourceId& token, const SecretValue& value);
std::string ReportLine(const ApplyResult& result, const engine::Plan& plan,
                       Value::List changes);
std::string ErrorLine(const Error& error);

// Back again. A change is found in the plan, from `next` on, which moves behind
// it; one that the plan doesn't have is kCorrupt, as is what was said wrongly.
Result<ChangeReport> ParseChange(const Value& line, const engine::Plan& plan,
                                 std::size_t& next);
Result<ApplyResult> ParseReport(const Value& line);
Error ParseError(const Value& line);

// Of the stable name; kInternal where there is none of it.
ErrorCode ErrorCodeNamed(std::string_view name);

}  // namespace writ::reconciler
