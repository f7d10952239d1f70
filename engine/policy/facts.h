// What policies see, gathered by whoever has effects before anything is judged
// (language.md, "Policy facts"). Expressions see it as
//
//   change    {address, kind, name, parent, action, cause, reason, paths,
//              before, after, labels, usage, compatibility, missingValues}
//   resource  change.after, or change.before where there is no after
//   graph     {dependents, references} of the change
//   plan      {changes, counts}
//   commit    {id, author, signedBy}
//   environment, params, now
//
// `now` is a timestamp; all else is plain data, in which points and lengths of
// time are texts: timestamp(resource.spec.expiresAt), and span("90d") for what
// manifests write as a duration. What isn't known is null.
//
// Plain values.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/diagnostic.h"
#include "schema/facts.h"
#include "schema/kind.h"
#include "schema/resource_id.h"
#include "schema/time.h"
#include "schema/value.h"

namespace writ::engine {

struct ChangeFacts {
  ResourceId id;
  // The address before, of a move; absent: `id`.
  std::optional<ResourceId> moved_from;
  std::string action;  // "create", "update", …, "no-op"
  std::string cause;   // "git"
  std::string reason;  // "not_live"
  std::vector<std::string> paths;
  // {metadata, lifecycle, spec} as PolicyView gives them; null: none.
  std::shared_ptr<const Value> before;
  std::shared_ptr<const Value> after;
  std::optional<Usage> usage;
  std::optional<Compatibility> compatibility;
  std::optional<std::vector<std::string>> missing_values;
  std::vector<std::string> dependents;  // addresses, sorted
  std::vector<std::string> references;
  Location written_at;
};

struct CommitFacts {
  std::string id;      // empty: null
  std::string author;  // the address; empty: null
  std::optional<std::string> signed_by;
};

struct PlanFacts {
  std::string environment;
  CommitFacts commit;
  Timestamp now;
  std::vector<ChangeFacts> changes;
};

// A resource's normalised content as policies may see it: sensitive values
// replaced, and the scopes of a token's scope sets (`scopes_of` gives those of
// a set, by the reference as written) among its spec.scopes. Hands the content
// itself back where it is the same. Null stays null.
std::shared_ptr<const Value> PolicyView(
    const Kind& kind, std::shared_ptr<const Value> content,
    const std::function<std::vector<std::string>(std::string_view set)>&
        scopes_of);

}  // namespace writ::engine
