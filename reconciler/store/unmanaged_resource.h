// Resources that no manifest declares: made, changed and removed by hand or
// over HTTP. What git declares is changed in git: these refuse it (kConflict),
// naming the place. Each is one transaction with its audit entry.
//
// In the store's thread. Errors: kInvalidArgument for what a manifest couldn't
// say either, kNotFound, kConflict, and those of the store.
#pragma once

#include <string>

#include "reconciler/store/state_store.h"
#include "schema/resource.h"
#include "schema/resource_id.h"
#include "schema/result.h"
#include "schema/time.h"
#include "schema/value.h"

namespace writ::reconciler {

struct Authorship {
  Timestamp at;
  std::string actor;
};

// A document of one kind: apiVersion and metadata filled in.
Value UnmanagedDocument(const ResourceId& id, Value spec);
// Judged as a manifest would be.
Result<Resource> ParseUnmanaged(Value document);
// kConflict where a manifest declares it.
Result<StoredResource> ReadUnmanaged(StateStore& store, const ResourceId& id);

// `action` is the audit's: "secret.create". kConflict where it is there.
Status CreateUnmanaged(StateStore& store, const Resource& resource,
                       const std::string& action, const Authorship& by);
// Replaces the spec of one that is there; labels, annotations and lifecycle
// stay as they are.
Status ReplaceUnmanaged(StateStore& store, const ResourceId& id, Value spec,
                        const std::string& action, const Authorship& by);
// The same whoever declares it: drift, where a manifest does.
Status ReplaceLive(StateStore& store, const ResourceId& id, Value spec,
                   const std::string& action, const Authorship& by);
// Into what is kept of one: what its owner applied last stays on record, and
// the next plan looks at it.
void WriteContent(StoredResource& stored, std::string content,
                  const Authorship& by);
Status RemoveUnmanaged(StateStore& store, const ResourceId& id,
                       const std::string& action, const Authorship& by);

}  // namespace writ::reconciler
