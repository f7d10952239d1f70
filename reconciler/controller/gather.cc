#include "reconciler/controller/gather.h"

#include <cstddef>
#include <utility>

#include "reconciler/controller/change_gathering.h"
#include "reconciler/controller/stored_events.h"
#include "reconciler/controller/stored_values.h"

namespace writ::reconciler {
namespace {

using engine::LiveResource;

void CopyFacts(const StateFacts& facts, engine::Snapshot& live) {
  live.lineage = facts.lineage;
  live.serial = facts.serial;
  live.environment = facts.environment;
}

}  // namespace

Result<std::optional<Gathered>> GatherChanged(
    manifests::Source& source, StateStore& store, const StateFacts& facts,
    const BaseRecord& base, const manifests::LoadOptions& options,
    manifests::DesiredState loaded_without_files) {
  ChangeGathering gathering(source, store, base, options,
                            std::move(loaded_without_files));
  auto gathered = TRY(gathering.Run());
  if (!gathered) return std::nullopt;
  CopyFacts(facts, gathered->live);
  TRY(AddStoredValues(store, gathered->live));
  TRY(AddStoredEvents(store.folder(), gathered->live));
  gathered->live.existing =
      TRY(store.CountOwned(gathered->desired.repository.name));
  return gathered;
}

Result<engine::Snapshot> GatherAll(StateStore& store, const StateFacts& facts,
                                   const std::string& owner,
                                   const std::vector<Resource>& desired) {
  engine::Snapshot live = TRY(store.ReadAll(/*contents=*/false));
  std::vector<ResourceId> differing;
  std::vector<std::size_t> places;
  auto wanted = desired.begin();
  for (std::size_t i = 0; i < live.resources.size(); ++i) {
    const LiveResource& row = live.resources[i];
    while (wanted != desired.end() && wanted->id < row.id) ++wanted;
    // What isn't ours is compared as a whole when it is taken over.
    const bool same = wanted != desired.end() && wanted->id == row.id &&
                      wanted->digest == row.content_digest &&
                      row.owner == owner;
    if (same) continue;
    differing.push_back(row.id);
    places.push_back(i);
  }
  std::vector<LiveResource> contents = TRY(store.ReadResources(differing));
  std::size_t next = 0;
  for (std::size_t place : places) {
    if (next < contents.size() &&
        contents[next].id == live.resources[place].id) {
      live.resources[place] = std::move(contents[next++]);
    }
  }
  CopyFacts(facts, live);
  TRY(AddStoredValues(store, live));
  TRY(AddStoredEvents(store.folder(), live));
  live.existing = TRY(store.CountOwned(owner));
  for (const Resource& resource : desired) {
    if (resource.id.kind() != "EventSchema") continue;
    const LiveResource* row = live.Find(resource.id);
    if (row == nullptr || row->content_digest == resource.digest) continue;
    live.schema_history.push_back(
        { resource.id, TRY(store.ReadSchemaHistory(resource.id)) });
  }
  return live;
}

}  // namespace writ::reconciler
