// What apply prints: lines while it works, a summary with the way on, or JSON.
#pragma once

#include <cstdint>
#include <string>

#include "engine/plan/plan.h"
#include "reconciler/cli/apply_rotations.h"
#include "reconciler/cli/apply_tokens.h"
#include "reconciler/cli/session.h"
#include "reconciler/controller/applier.h"
#include "schema/result.h"
#include "schema/value.h"

namespace writ::reconciler {

class ApplyPrinter {
 public:
  ApplyPrinter(Session& session, const engine::Plan& plan, bool verbose,
               bool json);

  void Begin(const std::string& lease_holder);
  // Successes beyond the first few are counted, failures always shown.
  void Show(const ChangeReport& report);
  // Null: none were looked at.
  ExitCode End(const ApplyReport& report, const ApplyTokens* tokens = nullptr,
               const ApplyRotations* rotations = nullptr);

 private:
  void PrintLine(const ChangeReport& report);
  void PrintSummary(const ApplyReport& report);
  void PrintJson(const ApplyReport& report, const ApplyTokens* tokens,
                 const ApplyRotations* rotations, ExitCode exit_code);
  void UpdateProgress();
  void ClearProgress();

  Session& session_;
  const engine::Plan& plan_;
  bool verbose_;
  bool json_;
  std::int64_t shown_ = 0;
  std::int64_t folded_ = 0;
  std::int64_t seen_ = 0;
  bool has_progress_line_ = false;
  Value::List reports_;
};

// Appends "ENVIRONMENT NUMBER:DIGEST" durably (T-11).
Status AppendAuditAnchor(const std::string& path,
                         const std::string& environment, const AuditHead& head);

}  // namespace writ::reconciler
