// The first step of a plan: which desired resource stands at the address of
// which live one, and which live ones no manifest declares any more.
//
// Immutable once built; borrows its inputs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/address_index.h"
#include "engine/plan/planner.h"
#include "schema/diagnostic.h"

namespace writ::engine {

class Pairing {
 public:
  Pairing(const DesiredInput& input, const Snapshot& snapshot,
          const PlanOptions& options);

  const DesiredInput& input() const { return input_; }
  const Snapshot& snapshot() const { return snapshot_; }
  const PlanOptions& options() const { return options_; }

  std::uint32_t desired_size() const {
    return static_cast<std::uint32_t>(desired_.size());
  }
  std::uint32_t live_size() const {
    return static_cast<std::uint32_t>(snapshot_.resources.size());
  }
  const Resource& desired(std::uint32_t i) const { return desired_[i]; }
  const LiveResource& live(std::uint32_t i) const {
    return snapshot_.resources[i];
  }

  // Numbers, or kNone.
  std::uint32_t LiveOf(std::uint32_t desired) const {
    return live_of_[desired];
  }
  std::uint32_t DesiredOf(std::uint32_t live) const {
    return desired_of_[live];
  }
  std::uint32_t FindDesired(std::string_view address) const {
    return desired_index_.Find(address);
  }
  std::uint32_t FindLive(std::string_view address) const;

  bool IsOurs(std::uint32_t live) const;
  // Ours, and no manifest declares it any more.
  bool Leaves(std::uint32_t live) const { return leaves_[live]; }
  // Whether a manifest declares the address, in the part given or outside it.
  bool IsDeclared(std::string_view address) const;
  // A live resource that a reference may name though no manifest here declares
  // it: another owner's, nobody's, or of the part that wasn't given.
  bool StaysLive(std::uint32_t live) const {
    return desired_of_[live] == kNone && !leaves_[live];
  }

  // Where a range points, or a live resource's last known place.
  Location At(const SourceRange& range, std::string label = {}) const;
  Location At(const LiveResource& live, std::string label = {}) const;

 private:
  void Match();
  void FindLeaving();
  bool HasDeclaredToken(const ResourceId& app) const;

  const DesiredInput& input_;
  const Snapshot& snapshot_;
  const PlanOptions& options_;
  const std::vector<Resource>& desired_;
  AddressIndex desired_index_;
  std::vector<std::uint32_t> live_of_;
  std::vector<std::uint32_t> desired_of_;
  std::vector<bool> leaves_;
};

// Resources that share an address, which names both places.
void ReportDuplicates(const Pairing& pairing, Diagnostics& diagnostics);

}  // namespace writ::engine
