// What is live, as a value: gathered by the reconciler before anything is
// decided. It may hold only a part of the state: every resource a decision
// about the given desired resources can touch or mention (see
// engine/plan/planner.h). Immutable once handed over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/digest.h"
#include "schema/facts.h"
#include "schema/resource_id.h"
#include "schema/time.h"

namespace writ::engine {

// Where the applied content of a live resource came from.
struct Provenance {
  std::string commit;  // id; empty: not from git
  std::string subject;
  std::string author;  // "Ana Ruiz <ana@acme.example>"
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  bool operator==(const Provenance&) const = default;
};

struct LiveResource {
  ResourceId id;
  ResourceId parent;                 // empty for kinds without one
  std::string uid;                   // kept through moves
  std::optional<std::string> owner;  // none: unmanaged
  std::int64_t generation = 0;       // moves with spec, address, ownership,
                                     // protection, suspension
  std::string content;               // canonical JSON, as Resource::content
  // What the owner last applied: canonical JSON; empty: the same as content.
  std::string applied;
  Digest content_digest;
  // Resource::digest of the last apply: of the manifest's content as resolved,
  // before computed and ignored fields were merged in.
  Digest desired_digest;
  bool protect = false;
  bool forget_on_delete = false;
  // Set by `writ state`, a revocation or a restore, never by manifests; not
  // drift. Empty: none. "revoked by X on D".
  std::string status;
  bool implied = false;  // the default token of an app
  Provenance provenance;
  // Who wrote the content last, and when: names the author of drift.
  std::string changed_by;
  std::optional<Timestamp> changed_at;
  // What deleting it would lose (T-12): events, values, recent use. Absent:
  // nothing, or not known here.
  std::optional<Usage> usage;
  std::int64_t stored_items = 0;  // events, values, credentials
};

// `from` refers to `to`, both by address.
struct LiveReference {
  ResourceId from;
  ResourceId to;
  bool is_parent = false;

  auto operator<=>(const LiveReference&) const = default;
};

struct Snapshot {
  std::string lineage;      // empty: there is no state yet
  std::int64_t serial = 0;  // of the newest change that a plan depends on
  std::string environment;
  std::vector<LiveResource> resources;    // by address
  std::vector<LiveReference> references;  // sorted, unique
  std::int64_t existing = 0;  // resources this repository owns, in all
  // Event schemas' earlier applied contents, newest first, by address; for the
  // transitive compatibility modes.
  struct History {
    ResourceId id;
    std::vector<std::string> contents;
  };
  std::vector<History> schema_history;

  // Null where it isn't here. Binary search.
  const LiveResource* Find(const ResourceId& id) const;
};

}  // namespace writ::engine
