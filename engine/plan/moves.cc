#include "engine/plan/moves.h"

#include <string_view>
#include <utility>

namespace writ::engine {
namespace {

// Kinds whose identity hangs on the parent: what a token opens, where a
// secret's value may be read, what an event's history belongs to.
bool StaysUnderItsParent(std::string_view kind) {
  return kind == "Token" || kind == "Secret" || kind == "EventSchema";
}

}  // namespace

Moves::Moves(const Pairing& pairing, Diagnostics& diagnostics)
    : pairing_(pairing),
      from_(pairing.desired_size(), kNone),
      to_(pairing.live_size(), kNone),
      carried_(pairing.desired_size()) {
  FindMoved(diagnostics);
  if (any_) FindCarried();
}

// Parents first, so that a child may be told from under a moved parent.
void Moves::FindMoved(Diagnostics& diagnostics) {
  for (bool parents : {true, false}) {
    for (std::uint32_t i = 0; i < pairing_.desired_size(); ++i) {
      const Resource& resource = pairing_.desired(i);
      if (resource.lifecycle.moved.empty()) continue;
      const std::string_view kind = resource.id.kind();
      const bool is_parent =
          kind == "Workspace" || kind == "App" || kind == "Project";
      if (is_parent != parents || pairing_.LiveOf(i) != kNone) continue;
      const std::uint32_t live = FormerOf(i, diagnostics);
      if (live != kNone) Take(i, live);
    }
  }
}

void Moves::FindCarried() {
  for (std::uint32_t i = 0; i < pairing_.desired_size(); ++i) {
    const Resource& resource = pairing_.desired(i);
    if (pairing_.LiveOf(i) != kNone || from_[i] != kNone) continue;
    const std::uint32_t parent =
        pairing_.FindDesired(resource.parent.address());
    if (parent == kNone || from_[parent] == kNone) continue;
    if (resource.id.parent().empty()) continue;
    const ResourceId& before = pairing_.live(from_[parent]).id;
    const ResourceId former(resource.id.kind(), before.name(),
                            resource.id.name());
    const std::uint32_t live = pairing_.FindLive(former.address());
    if (live == kNone || !pairing_.Leaves(live) || to_[live] != kNone ||
        pairing_.live(live).parent != before) {
      continue;
    }
    Take(i, live);
    carried_[i] = true;
  }
}

void Moves::Take(std::uint32_t desired, std::uint32_t live) {
  from_[desired] = live;
  to_[live] = desired;
  any_ = true;
}

// The first former address that is live and ours.
std::uint32_t Moves::FormerOf(std::uint32_t desired, Diagnostics& diagnostics) {
  const Resource& resource = pairing_.desired(desired);
  std::uint32_t found = kNone;
  for (const std::string& text : resource.lifecycle.moved) {
    const std::optional<ResourceId> former = ResourceId::Parse(text);
    if (!former || !Accept(desired, *former, diagnostics)) continue;
    const std::uint32_t live = LiveAt(*former);
    if (live == kNone || found != kNone || to_[live] != kNone) continue;
    const LiveResource& before = pairing_.live(live);
    if (StaysUnderItsParent(resource.id.kind()) &&
        before.parent != resource.parent && !ParentMoves(resource, before)) {
      Report(desired, "move-across-parents",
             resource.id.address() + " can't have been " + text + ": a " +
                 std::string(resource.id.kind()) + " stays under its parent",
             "declare it as a new one and let the old one go", std::nullopt,
             diagnostics);
      continue;
    }
    found = live;
  }
  return found;
}

// Also by the address it would have now, where its parent moves.
std::uint32_t Moves::LiveAt(const ResourceId& former) const {
  std::uint32_t live = pairing_.FindLive(former.address());
  if (live == kNone && !former.parent().empty()) {
    for (std::string_view kind : {"App", "Project", "Workspace"}) {
      const ResourceId parent(kind, former.parent());
      const std::uint32_t i = pairing_.FindDesired(parent.address());
      if (i == kNone || from_[i] == kNone) continue;
      const ResourceId& before = pairing_.live(from_[i]).id;
      live = pairing_.FindLive(
          ResourceId(former.kind(), before.name(), former.name()).address());
    }
  }
  return live != kNone && pairing_.Leaves(live) ? live : kNone;
}

bool Moves::Accept(std::uint32_t desired, const ResourceId& former,
                   Diagnostics& diagnostics) {
  const Resource& resource = pairing_.desired(desired);
  const std::string& address = resource.id.address();
  if (former.kind() != resource.id.kind()) {
    Report(desired, "moved-kind",
           address + " can't have been " + former.address() +
               ", which is of another kind",
           "take it out of lifecycle.moved", std::nullopt, diagnostics);
    return false;
  }
  if (former == resource.id || pairing_.IsDeclared(former.address())) {
    const std::uint32_t other = pairing_.FindDesired(former.address());
    Report(desired, "moved-still-declared",
           address + " says it was " + former.address() +
               ", which is still declared",
           "take one of the two away",
           other == kNone || other == desired
               ? std::nullopt
               : std::optional(pairing_.At(pairing_.desired(other).range,
                                           "still declared here")),
           diagnostics);
    return false;
  }
  // The text of the manifest outlives this; the parsed id doesn't.
  for (const std::string& text : resource.lifecycle.moved) {
    if (text != former.address() || claims_.Insert(text, desired)) continue;
    const std::uint32_t other = claims_.Find(text);
    if (other == desired) continue;
    Report(desired, "moved-claimed-twice",
           address + " and " + pairing_.desired(other).id.address() +
               " both say they were " + text,
           "only one of them can be",
           pairing_.At(pairing_.desired(other).range, "the other one"),
           diagnostics);
    return false;
  }
  return true;
}

void Moves::Report(std::uint32_t desired, const char* code, std::string summary,
                   std::string hint, std::optional<Location> other,
                   Diagnostics& diagnostics) const {
  Diagnostic diagnostic;
  diagnostic.code = code;
  diagnostic.summary = std::move(summary);
  diagnostic.hint = std::move(hint);
  diagnostic.locations = {pairing_.At(pairing_.desired(desired).range)};
  if (other) diagnostic.locations.push_back(*std::move(other));
  diagnostics.Add(std::move(diagnostic));
}

bool Moves::ParentMoves(const Resource& desired,
                        const LiveResource& live) const {
  if (!any_ || live.parent.empty()) return false;
  const std::uint32_t parent = pairing_.FindDesired(desired.parent.address());
  return parent != kNone && from_[parent] != kNone &&
         pairing_.live(from_[parent]).id == live.parent;
}

std::optional<ResourceId> Moves::CarriedAddress(
    const LiveResource& live) const {
  if (!any_ || live.parent.empty() || live.id.parent().empty()) {
    return std::nullopt;
  }
  const std::uint32_t parent = pairing_.FindLive(live.parent.address());
  if (parent == kNone || to_[parent] == kNone) return std::nullopt;
  return ResourceId(live.id.kind(), pairing_.desired(to_[parent]).id.name(),
                    live.id.name());
}

}  // namespace writ::engine
