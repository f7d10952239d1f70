// Which live resource each new address was before: by lifecycle.moved, or
// because its parent moves and carries it.
//
// Immutable once built; borrows the pairing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan/pairing.h"
#include "schema/diagnostic.h"

namespace writ::engine {

class Moves {
 public:
  // Wrong uses of `moved` go to `diagnostics`: a former address that is still
  // declared or that two resources claim, another kind, another parent of a
  // Token, Secret or EventSchema. A resource that is live already needs its
  // former addresses no more, so they are not looked at.
  Moves(const Pairing& pairing, Diagnostics& diagnostics);

  // The live resource that moves to a desired one's address; kNone: none.
  std::uint32_t From(std::uint32_t desired) const { return from_[desired]; }
  // Where a live resource moves to; kNone: it doesn't.
  std::uint32_t To(std::uint32_t live) const { return to_[live]; }
  // Moved by its parent, without a `moved` of its own.
  bool IsCarried(std::uint32_t desired) const { return carried_[desired]; }
  // Whether the desired one's parent is what its live one's parent moves to.
  bool ParentMoves(const Resource& desired, const LiveResource& live) const;
  // Where the move of its parent takes a live resource's address.
  std::optional<ResourceId> CarriedAddress(const LiveResource& live) const;

 private:
  void FindMoved(Diagnostics& diagnostics);
  void FindCarried();
  std::uint32_t FormerOf(std::uint32_t desired, Diagnostics& diagnostics);
  bool Accept(std::uint32_t desired, const ResourceId& former,
              Diagnostics& diagnostics);
  std::uint32_t LiveAt(const ResourceId& former) const;
  void Take(std::uint32_t desired, std::uint32_t live);
  void Report(std::uint32_t desired, const char* code, std::string summary,
              std::string hint, std::optional<Location> other,
              Diagnostics& diagnostics) const;

  const Pairing& pairing_;
  std::vector<std::uint32_t> from_;
  std::vector<std::uint32_t> to_;
  std::vector<bool> carried_;
  AddressIndex claims_;  // former address → the desired resource that names it
  bool any_ = false;
};

}  // namespace writ::engine
