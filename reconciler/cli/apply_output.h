// What apply prints: lines while it works, a summary with the way on, or JSON.
#pragma once

#include <cstdint>
#include <string>

#include "engine/plan/plan.h"
#include "reconciler/applying/apply_result.h"
#include "reconciler/cli/session.h"
#include "reconciler/controller/applier.h"
#include "schema/value.h"

namespace writ::reconciler {

class ApplyPrinter {
 public:
  // `same_state`: flags of a next command (common_arguments.h).
  ApplyPrinter(Session& session, const engine::Plan& plan, bool verbose,
               bool json, std::string same_state);

  void Begin(const std::string& lease_holder);
  // Successes beyond the first few are counted, failures always shown.
  void Show(const ChangeReport& report);
  ExitCode End(const ApplyResult& result);

 private:
  void PrintLine(const ChangeReport& report);
  void PrintSummary(const ApplyReport& report);
  std::string AuditHeadShown(const AuditHead& head) const;
  void PrintTokens(const IssuedTokens& tokens);
  void PrintUnissued(std::vector<UnissuedToken> unissued);
  void PrintRotations(const MovedRotations& rotations);
  void UpdateProgress();
  void ClearProgress();

  Session& session_;
  const engine::Plan& plan_;
  bool verbose_;
  bool json_;
  std::string same_state_;
  std::int64_t shown_ = 0;
  std::int64_t folded_ = 0;
  std::int64_t seen_ = 0;
  bool has_progress_line_ = false;
  Value::List reports_;
};

}  // namespace writ::reconciler
