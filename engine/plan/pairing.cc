#include "engine/plan/pairing.h"

#include <algorithm>
#include <utility>

namespace writ::engine {
namespace {

const std::vector<Resource>& DesiredOf(const DesiredInput& input,
                                       const PlanOptions& options) {
  static const std::vector<Resource> nothing;
  const bool none = options.mode == PlanMode::kDestroy;
  return none || input.resources == nullptr ? nothing : *input.resources;
}

}  // namespace

Pairing::Pairing(const DesiredInput& input, const Snapshot& snapshot,
                 const PlanOptions& options)
    : input_(input),
      snapshot_(snapshot),
      options_(options),
      desired_(engine::DesiredOf(input, options)),
      desired_index_(desired_.size()),
      live_of_(desired_.size(), kNone),
      desired_of_(snapshot.resources.size(), kNone),
      leaves_(snapshot.resources.size()) {
  for (std::uint32_t i = 0; i < desired_size(); ++i) {
    desired_index_.Insert(desired_[i].id.address(), i);
  }
  Match();
  FindLeaving();
}

// Both sides are sorted by address.
void Pairing::Match() {
  std::uint32_t d = 0;
  std::uint32_t l = 0;
  while (d < desired_size() && l < live_size()) {
    const int order = desired_[d].id.address().compare(live(l).id.address());
    if (order == 0) {
      live_of_[d] = l;
      desired_of_[l] = d;
    }
    if (order <= 0) ++d;
    if (order >= 0) ++l;
  }
}

void Pairing::FindLeaving() {
  const auto& undeclared = input_.undeclared;
  const bool destroys = options_.mode == PlanMode::kDestroy;
  for (std::uint32_t i = 0; i < live_size(); ++i) {
    if (desired_of_[i] != kNone || !IsOurs(i)) continue;
    const LiveResource& resource = live(i);
    leaves_[i] =
        input_.complete || destroys ||
        std::binary_search(undeclared.begin(), undeclared.end(), resource.id) ||
        (resource.implied &&
         (std::binary_search(undeclared.begin(), undeclared.end(),
                             resource.parent) ||
          HasDeclaredToken(resource.parent)));
  }
}

// Of the part given; a default token goes when another is declared.
bool Pairing::HasDeclaredToken(const ResourceId& app) const {
  return std::any_of(desired_.begin(), desired_.end(),
                     [&](const Resource& resource) {
                       return resource.id.kind() == "Token" &&
                              resource.parent == app && !resource.implied;
                     });
}

std::uint32_t Pairing::FindLive(std::string_view address) const {
  const auto& all = snapshot_.resources;
  const auto found = std::lower_bound(
      all.begin(), all.end(), address,
      [](const LiveResource& resource, std::string_view wanted) {
        return resource.id.address() < wanted;
      });
  if (found == all.end() || found->id.address() != address) return kNone;
  return static_cast<std::uint32_t>(found - all.begin());
}

bool Pairing::IsOurs(std::uint32_t live) const {
  const auto& owner = snapshot_.resources[live].owner;
  return owner.has_value() && *owner == input_.owner;
}

bool Pairing::IsDeclared(std::string_view address) const {
  if (FindDesired(address) != kNone) return true;
  const std::uint32_t i = FindLive(address);
  return i != kNone && IsOurs(i) && !leaves_[i];
}

Location Pairing::At(const SourceRange& range, std::string label) const {
  Location location;
  const bool known =
      input_.files != nullptr && range.file < input_.files->size();
  if (known) location.file = (*input_.files)[range.file];
  location.line = range.line;
  location.column = range.column;
  location.length = range.length;
  location.label = std::move(label);
  return location;
}

Location Pairing::At(const LiveResource& live, std::string label) const {
  const Provenance& from = live.provenance;
  return {from.file, from.line, from.column, 0, std::move(label)};
}

void ReportDuplicates(const Pairing& pairing, Diagnostics& diagnostics) {
  for (std::uint32_t i = 1; i < pairing.desired_size(); ++i) {
    const Resource& first = pairing.desired(i - 1);
    const Resource& second = pairing.desired(i);
    if (first.id != second.id) continue;
    Diagnostic diagnostic;
    diagnostic.code = "duplicate-address";
    diagnostic.summary = first.id.address() + " is declared twice";
    if (first.parent != second.parent) {
      diagnostic.summary += ", under " + first.parent.address() +
                            " and under " + second.parent.address();
    }
    diagnostic.locations = {pairing.At(second.range),
                            pairing.At(first.range, "declared here first")};
    diagnostic.hint = "an address stands for one resource; rename one of them";
    diagnostics.Add(std::move(diagnostic));
  }
}

}  // namespace writ::engine
