// A source in memory and a state on disk, planned and applied by the real
// controller.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "reconciler/controller/applier.h"
#include "reconciler/controller/planning.h"
#include "reconciler/store/state_store.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tree_source.h"

namespace writ::reconciler {

class ControllerFixture {
 protected:
  ControllerFixture() : store_(OpenStore(OpenMode::kMigrate)) {}

  std::unique_ptr<StateStore> OpenStore(OpenMode mode) {
    OpenOptions options;
    options.folder = folder_ / "state";
    options.mode = mode;
    options.environment = "production";
    options.clock = &clock_;
    options.random = &random_;
    auto store = StateStore::Open(options);
    EXPECT_TRUE(store.has_value()) << Describe(store.error());
    return store ? std::move(*store) : nullptr;
  }

  PlanningOptions Options() const {
    PlanningOptions options;
    options.load.environment = "production";
    options.plan.now = clock_.Now();
    return options;
  }

  // Nothing where the manifests are wrong.
  std::optional<Planned> Plan() { return Plan(Options()); }
  std::optional<Planned> Plan(const PlanningOptions& options) {
    Diagnostics diagnostics;
    auto planned = PlanAgainst(source_, store_.get(), options, diagnostics);
    EXPECT_TRUE(planned.has_value()) << Describe(planned.error());
    mistakes_.clear();
    for (const Diagnostic& diagnostic : diagnostics.items()) {
      mistakes_ += diagnostic.summary + " (" + diagnostic.hint + ")\n";
    }
    if (!planned || !*planned) return std::nullopt;
    return std::move(**planned);
  }

  // True when everything planned was applied.
  bool Apply() { return Apply(Options()); }
  bool Apply(const PlanningOptions& options) {
    const auto planned = Plan(options);
    if (!planned || planned->plan.unsafe()) return false;
    const auto report = ApplyPlanned(*planned);
    return report && report->outcome == ApplyOutcome::kComplete;
  }

  Result<ApplyReport> ApplyPlanned(const Planned& planned,
                                   ApplyOptions options = {}) {
    auto lease =
        store_->AcquireLease("test", "apply", std::chrono::seconds(30), {});
    EXPECT_TRUE(lease.has_value()) << Describe(lease.error());
    options.lease_token = lease->token;
    options.actor = "test";
    auto report = ApplyPlan(*store_, planned, options, clock_, random_);
    EXPECT_TRUE(store_->ReleaseLease(lease->token).has_value());
    return report;
  }

  std::string mistakes_;  // what Plan() last found wrong
  testing::TempFolder folder_;
  testing::ManualClock clock_;
  SystemRandom random_;
  testing::TreeSource source_;
  std::unique_ptr<StateStore> store_;
};

}  // namespace writ::reconciler
