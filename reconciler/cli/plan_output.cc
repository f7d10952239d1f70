#include "reconciler/cli/plan_output.h"

#include <chrono>

#include "engine/plan/render_json.h"
#include "manifests/source/revision.h"

namespace writ::reconciler {
namespace {

// Looking for uncommitted changes takes 3 µs a file; beyond this many only
// somebody at a terminal waits for it.
constexpr std::int64_t kQuickLook = 20'000;

}  // namespace

ExitCode OutcomeOf(const engine::Plan& plan, bool detailed) {
  ExitCode exit_code = ExitCode::kDone;
  if (detailed && !plan.empty()) exit_code = ExitCode::kChanges;
  if (plan.denied()) exit_code = Worse(exit_code, ExitCode::kDenied);
  if (plan.unsafe()) exit_code = Worse(exit_code, ExitCode::kUnsafe);
  if (!plan.untrusted.empty()) {
    exit_code = Worse(exit_code, ExitCode::kUntrusted);
  }
  return exit_code;
}

engine::PlanTextOptions TextOptionsOf(const Session& session, bool verbose,
                                      const PlanRun* run) {
  engine::PlanTextOptions options;
  options.color = session.color;
  options.width = static_cast<std::size_t>(session.width);
  options.wraps = session.out_is_terminal;
  options.verbose = verbose;
  if (run != nullptr && session.out_is_terminal) {
    const auto took = session.clock.Monotonic() - run->started;
    options.seconds = std::chrono::duration<double>(took).count();
  }
  if (run != nullptr) options.apply_command = run->apply_command;
  return options;
}

std::string PlanJsonOf(const engine::Plan& plan, ExitCode exit_code) {
  return engine::RenderPlanJson(plan, exit_code);
}

void AddSourceNotices(const Session& session, const PlanRun& run,
                      engine::Plan& plan) {
  if (!plan.has_digest) return;
  if (plan.resource_count > kQuickLook && !session.out_is_terminal) return;
  const auto dirty = manifests::HasUncommittedChanges(run.request);
  if (dirty && *dirty) {
    plan.notices.emplace_back(
        "uncommitted changes are left out; --working-tree plans them");
  }
}

}  // namespace writ::reconciler
