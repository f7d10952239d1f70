#include "engine/plan/references.h"

#include <algorithm>
#include <string>

#include "engine/graph/lookup.h"
#include "engine/plan/suggestion.h"
#include "schema/json.h"

namespace writ::engine {
namespace {

bool ListsAddress(const Value* content, const std::string& address) {
  if (content == nullptr) return false;
  const Value* list = content->FindPath("spec.usableBy");
  if (list == nullptr || !list->IsList()) return false;
  return std::any_of(list->AsList().begin(), list->AsList().end(),
                     [&](const Value& user) {
                       return user.IsString() && user.AsString() == address;
                     });
}

}  // namespace

References::References(const Pairing& pairing, Diagnostics& diagnostics)
    : pairing_(pairing) {
  first_.reserve(pairing.desired_size() + 1);
  for (std::uint32_t i = 0; i < pairing.desired_size(); ++i) {
    first_.push_back(static_cast<std::uint32_t>(edges_.size()));
    Resolve(i, diagnostics);
  }
  first_.push_back(static_cast<std::uint32_t>(edges_.size()));
  ResolveConfigured(diagnostics);
  ReportLeftBehind(diagnostics);
}

std::pair<const Edge*, const Edge*> References::Of(std::uint32_t user) const {
  return {edges_.data() + first_[user], edges_.data() + first_[user + 1]};
}

const ResourceId& References::TargetId(std::uint32_t target) const {
  return target < pairing_.desired_size()
             ? pairing_.desired(target).id
             : pairing_.live(target - pairing_.desired_size()).id;
}

std::optional<Value> References::TargetSpec(std::uint32_t target) const {
  std::uint32_t desired = target;
  if (target >= pairing_.desired_size()) {
    const std::uint32_t live = target - pairing_.desired_size();
    if (const auto content = ParseJson(pairing_.live(live).content)) {
      const Value* spec = content->Find("spec");
      return spec == nullptr ? std::nullopt : std::optional(*spec);
    }
    desired = pairing_.DesiredOf(live);
    if (desired == kNone) return std::nullopt;
  }
  const Value* spec = pairing_.desired(desired).content->Find("spec");
  return spec == nullptr ? std::nullopt : std::optional(*spec);
}

std::int64_t References::TargetGeneration(std::uint32_t target) const {
  const std::uint32_t live = target < pairing_.desired_size()
                                 ? pairing_.LiveOf(target)
                                 : target - pairing_.desired_size();
  return live == kNone ? 0 : pairing_.live(live).generation;
}

std::string_view References::WorkspaceOf(const ResourceId& parent) const {
  const std::uint32_t desired = pairing_.FindDesired(parent.address());
  if (desired != kNone) return WorkspaceNamed(pairing_.desired(desired));
  const std::uint32_t live = pairing_.FindLive(parent.address());
  if (live == kNone) return {};
  const ResourceId& above = pairing_.live(live).parent;
  return above.kind() == "Workspace" ? above.name() : std::string_view();
}

std::uint32_t References::Lookup(const Resource& user,
                                 const Reference& reference) {
  std::uint32_t target = kNone;
  VisitAddresses(
      user, reference, buffer_,
      [&](const ResourceId& parent) { return WorkspaceOf(parent); },
      [&](std::string_view address) {
        target = pairing_.FindDesired(address);
        if (target != kNone) return true;
        const std::uint32_t live = pairing_.FindLive(address);
        if (live == kNone || !pairing_.StaysLive(live)) return false;
        target = pairing_.desired_size() + live;
        return true;
      });
  return target;
}

void References::Resolve(std::uint32_t user, Diagnostics& diagnostics) {
  const Resource& resource = pairing_.desired(user);
  for (const Reference& reference : resource.references) {
    if (reference.edge == ReferenceEdge::kLoose) continue;
    const bool mention = reference.edge == ReferenceEdge::kMention;
    const std::uint32_t target = Lookup(resource, reference);
    if (target == kNone) {
      const bool excused = MeansRefused(resource, reference) ||
                           (mention && MayComeFromElsewhere(reference));
      if (!excused) {
        ReportDangling(resource, resource.id.address() + " refers to ",
                       reference, diagnostics);
      }
      continue;
    }
    if (mention) continue;
    edges_.push_back({user, target, &reference});
    if (reference.is_secret && !Admits(target, resource)) {
      ReportNotAdmitted(edges_.back(), diagnostics);
    }
  }
}

// What writ.yaml mentions. It has no parent, so that only addresses find what
// has one.
void References::ResolveConfigured(Diagnostics& diagnostics) {
  if (pairing_.input().mentions == nullptr) return;
  const Resource nobody;
  for (const Reference& reference : *pairing_.input().mentions) {
    if (Lookup(nobody, reference) != kNone || MeansRefused(nobody, reference) ||
        MayComeFromElsewhere(reference)) {
      continue;
    }
    ReportDangling(nobody, reference.path + " names ", reference, diagnostics);
  }
}

// Two repositories that share a state and mention each other have to begin
// somewhere: what another one's parent lacks, it may be about to declare.
bool References::MayComeFromElsewhere(const Reference& reference) const {
  const auto id = ResourceId::Parse(reference.text);
  if (!id) return false;
  const std::vector<ResourceId> parents = PossibleParents(*id);
  return std::any_of(
      parents.begin(), parents.end(), [&](const ResourceId& parent) {
        const std::uint32_t live = pairing_.FindLive(parent.address());
        return live != kNone && pairing_.StaysLive(live) &&
               pairing_.live(live).owner && !pairing_.IsOurs(live);
      });
}

// A secret serves its own project, and whom it names. Contents that aren't
// known admit nobody.
bool References::Admits(std::uint32_t secret, const Resource& user) const {
  if (secret < pairing_.desired_size()) {
    const Resource& resource = pairing_.desired(secret);
    return resource.parent == user.parent ||
           ListsAddress(resource.content.get(), user.id.address());
  }
  const LiveResource& live = pairing_.live(secret - pairing_.desired_size());
  if (live.parent == user.parent) return true;
  const Result<Value> content = ParseJson(live.content);
  return content && ListsAddress(&*content, user.id.address());
}

// Whether the target may be there and only has errors of its own.
bool References::MeansRefused(const Resource& user,
                              const Reference& reference) {
  const DesiredInput& input = pairing_.input();
  if (input.unreadable) return true;
  if (input.refused == nullptr || input.refused->empty()) return false;
  return VisitAddresses(
      user, reference, buffer_,
      [&](const ResourceId& parent) { return WorkspaceOf(parent); },
      [&](std::string_view address) {
        return std::binary_search(input.refused->begin(), input.refused->end(),
                                  address);
      });
}

void References::ReportDangling(const Resource& user,
                                const std::string& said_by,
                                const Reference& reference,
                                Diagnostics& diagnostics) {
  Diagnostic diagnostic;
  diagnostic.code = "dangling-reference";
  diagnostic.summary =
      said_by + KindsInWords(reference) + " that isn't declared";
  diagnostic.locations = {pairing_.At(reference.range)};
  if (suggestions_left_ > 0) {
    --suggestions_left_;
    const std::string workspace(WorkspaceOf(user.parent));
    diagnostic.hint = SuggestTarget(pairing_, user, reference, workspace);
  }
  diagnostics.Add(std::move(diagnostic));
}

// Of a partial input: who wasn't given, stays, and refers to what goes.
void References::ReportLeftBehind(Diagnostics& diagnostics) const {
  if (pairing_.input().complete) return;
  for (const LiveReference& reference : pairing_.snapshot().references) {
    const std::uint32_t to = pairing_.FindLive(reference.to.address());
    if (to == kNone || !pairing_.Leaves(to)) continue;
    const std::uint32_t from = pairing_.FindLive(reference.from.address());
    if (from == kNone || !pairing_.IsOurs(from) || !pairing_.StaysLive(from)) {
      continue;
    }
    Diagnostic diagnostic;
    diagnostic.code = "dangling-reference";
    diagnostic.summary = reference.from.address() + " refers to " +
                         reference.to.address() + ", which isn't declared";
    diagnostic.locations = {pairing_.At(pairing_.live(from))};
    diagnostics.Add(std::move(diagnostic));
  }
}

void References::ReportNotAdmitted(const Edge& edge,
                                   Diagnostics& diagnostics) const {
  const Resource& user = pairing_.desired(edge.user);
  const std::string& secret = TargetId(edge.target).address();
  Diagnostic diagnostic;
  diagnostic.code = "secret-not-admitted";
  diagnostic.summary = secret + " doesn't admit " + user.id.address();
  diagnostic.locations = {pairing_.At(edge.reference->range)};
  diagnostic.hint = "add " + user.id.address() + " to its spec.usableBy";
  if (edge.target < pairing_.desired_size()) {
    const Location at = pairing_.At(pairing_.desired(edge.target).range);
    diagnostic.hint += " (" + PlaceInWords(at) + ")";
  }
  diagnostics.Add(std::move(diagnostic));
}

// Among desired resources, and through live ones that aren't desired here.
// Live resources and references are both sorted, so one walk meets both.
std::vector<Graph::Edge> References::GraphEdges() const {
  std::vector<Graph::Edge> edges;
  edges.reserve(edges_.size());
  for (const Edge& edge : edges_) edges.emplace_back(edge.user, edge.target);
  const std::uint32_t size = pairing_.desired_size();
  const std::vector<LiveReference>& references = pairing_.snapshot().references;
  auto reference = references.begin();
  for (std::uint32_t from = 0; from < pairing_.live_size(); ++from) {
    if (!pairing_.StaysLive(from)) continue;
    const ResourceId& id = pairing_.live(from).id;
    while (reference != references.end() && reference->from < id) ++reference;
    for (; reference != references.end() && reference->from == id;
         ++reference) {
      const std::string& to = reference->to.address();
      const std::uint32_t desired = pairing_.FindDesired(to);
      const std::uint32_t live =
          desired == kNone ? pairing_.FindLive(to) : kNone;
      if (desired != kNone) edges.emplace_back(size + from, desired);
      if (live != kNone) edges.emplace_back(size + from, size + live);
    }
  }
  return edges;
}

Location References::StepAt(std::uint32_t from, std::uint32_t to) const {
  std::string label =
      TargetId(from).address() + " refers to " + TargetId(to).address();
  if (from >= pairing_.desired_size()) {
    return pairing_.At(pairing_.live(from - pairing_.desired_size()),
                       std::move(label));
  }
  const auto [first, last] = Of(from);
  const Edge* edge =
      std::find_if(first, last, [&](const Edge& e) { return e.target == to; });
  return pairing_.At(edge->reference->range, std::move(label));
}

void References::ReportCycles(Diagnostics& diagnostics) const {
  const Graph graph(pairing_.desired_size() + pairing_.live_size(),
                    GraphEdges());
  for (const std::vector<Graph::Vertex>& cycle : graph.Cycles()) {
    Diagnostic diagnostic;
    diagnostic.code = "dependency-cycle";
    diagnostic.summary = "dependency cycle";
    for (std::size_t i = 0; i < cycle.size(); ++i) {
      diagnostic.locations.push_back(
          StepAt(cycle[i], cycle[(i + 1) % cycle.size()]));
    }
    diagnostics.Add(std::move(diagnostic));
  }
}

}  // namespace writ::engine
