// Plans as JSON, for machines and for keeping: `plan --json`, `plan -o FILE`,
// `show PLAN`. Published as docs/plan.schema.json.
//
//   {"format_version": "1.0", "digest": …,
//    "decision": {…}, "context": {…}, "evidence": {…}}
//
// The digest is SHA-256 over the canonical JSON of `decision`; the other parts
// may differ between two plans that decide the same. A reader ignores members
// it doesn't know and refuses another major version. No sensitive value is in
// it; what hides one says "(sensitive)".
//
// Pure; safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/plan/plan.h"
#include "schema/digest.h"
#include "schema/error.h"
#include "schema/result.h"

namespace writ::engine {

inline constexpr std::string_view kPlanFormatVersion = "1.0";

Digest PlanDigest(const Plan& plan);

// Ends with a newline. "digest" is null for a plan that has none. `exit_code`,
// where given, is how the process that prints it ends.
std::string RenderPlanJson(const Plan& plan,
                           std::optional<ExitCode> exit_code = {});

// The plan again, as far as it can be shown: contents stay redacted, so it is
// never applied from here (T-03). kCorrupt: no plan, or one whose digest isn't
// that of its decision; kUnsupported: another major version.
Result<Plan> ParsePlanJson(std::string_view text);

}  // namespace writ::engine
