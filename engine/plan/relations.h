// How changes hang together: what each refers to, which go before it, who
// depends on it. Depends only on the changes, their direct references and the
// snapshot's, so that a partial plan equals the complete one.
//
// Pure; borrows its inputs.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/plan/address_index.h"
#include "engine/plan/pairing.h"
#include "engine/plan/plan.h"
#include "engine/plan/references.h"

namespace writ::engine {

class Relations {
 public:
  // REQUIRES: changes sorted by address.
  Relations(const Pairing& pairing, const References& references,
            const std::vector<Change>& changes);

  // Fills refers_to, after_changes, dependents and dependent_count.
  void Fill(std::vector<Change>& changes) const;

  // Live resources below a change's live one that this plan doesn't delete or
  // move elsewhere; by address.
  std::vector<ResourceId> RemainingChildren(const std::vector<Change>& changes,
                                            std::uint32_t change) const;

 private:
  void AddDesired(const std::vector<Change>& changes);
  void AddLive(const std::vector<Change>& changes);
  void AddChildren(const std::vector<Change>& changes);

  const Pairing& pairing_;
  const References& references_;
  AddressIndex by_id_;       // change by its address
  AddressIndex by_live_id_;  // change by the live resource's address
  // Of each change: targets of its desired references; changes it comes after;
  // addresses that depend on it; live children.
  std::vector<std::vector<std::uint32_t>> targets_;
  std::vector<std::vector<std::uint32_t>> after_;
  std::vector<std::vector<const ResourceId*>> dependents_;
  std::vector<std::vector<const ResourceId*>> children_;
};

// Dependencies first, then what goes, dependents first; ties by address.
// REQUIRES: changes sorted by address, with after_changes filled.
void SortForApply(std::vector<Change>& changes);

}  // namespace writ::engine
