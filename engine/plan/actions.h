// What happens to one resource, and why: desired against live decides the
// action, what was applied last decides only the cause (design, section 4).
// Relations to other changes, guards and alarms come later.
//
// Pure; borrows its inputs.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/diff/diff.h"
#include "engine/plan/moves.h"
#include "engine/plan/pairing.h"
#include "engine/plan/plan.h"

namespace writ::engine {

class Actions {
 public:
  Actions(const Pairing& pairing, const Moves& moves)
      : pairing_(pairing), moves_(moves) {}

  // The change of every resource that needs one, by address.
  std::vector<Change> Decide();

  // With PlanOptions::leave_drift, what was left, by address.
  std::vector<Change> TakeLeftDrift() { return std::move(left_drift_); }

  // Sentences on what was decided; sorted.
  const std::vector<std::string>& notices() const { return notices_; }

 private:
  void DecideDesired(std::uint32_t desired);
  void DecideLeaving(std::uint32_t live);
  void DecideDrift(std::uint32_t live);
  void Create(const Resource& resource);
  void Compare(std::uint32_t desired, std::uint32_t live);
  void Settle(const Resource& resource, const LiveResource& live,
              std::uint32_t desired, Change& change) const;
  void Remember(const LiveResource& live);
  void LeaveDrift(const Resource& resource, const LiveResource& live,
                  const std::shared_ptr<const Value>& before,
                  const ContentDiff& diff);
  Change Start(const Resource& resource) const;
  void AddLive(const LiveResource& live, Change& change) const;
  std::vector<std::string> Movable(const Resource& resource,
                                   const LiveResource& live, bool moves) const;

  const Pairing& pairing_;
  const Moves& moves_;
  std::vector<Change> changes_;
  std::vector<Change> left_drift_;
  std::vector<std::string> notices_;
  std::int64_t not_pruned_ = 0;
};

}  // namespace writ::engine
