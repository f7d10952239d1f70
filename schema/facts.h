// Plain facts that decisions need and that somebody with effects has gathered:
// which commit, how a credential is used, whether a schema change breaks.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "schema/time.h"

namespace writ {

// A revision of the source. A folder outside git and a working tree have no id.
struct Commit {
  std::string id;       // 40 or 64 hexadecimal characters; empty: none
  std::string tree_id;  // of the folder that is the source's root; may be empty
  std::string subject;  // first line of the message
  std::string author_name;
  std::string author_email;
  std::optional<Timestamp> authored_at;
  std::string ref;     // the ref that was asked for: "HEAD", "refs/heads/main"
  bool dirty = false;  // uncommitted changes are part of what was read

  bool operator==(const Commit&) const = default;
};

// "3f9c2e1", or "working tree" where there is no commit.
std::string ShortRevision(const Commit& commit);

// How often a credential was used (gateway's record).
struct Usage {
  std::int64_t count_7d = 0;
  std::optional<Timestamp> last_used_at;
  // What it was used for in the last 30 days, and when last.
  std::map<std::string, Timestamp> scopes = {};

  bool operator==(const Usage&) const = default;
};

// Whether a changed event schema still reads what was written before
// (schema/event/compatibility.h).
struct Compatibility {
  bool breaking = false;
  std::vector<std::string> reasons;  // "spec.fields[currency].required: …"

  bool operator==(const Compatibility&) const = default;
};

}  // namespace writ
