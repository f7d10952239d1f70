// A folder as a Source: outside git, or a repository's working tree. No link is
// followed on the way to a file, not even one put there between listing and
// reading. Internal to manifests/source; OpenSource is the way in.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "manifests/source/ignore_rules.h"
#include "manifests/source/source.h"
#include "schema/result.h"

namespace writ::manifests {

struct DirectoryOptions {
  std::string root;  // absolute; links in it have been resolved
  SourceLimits limits;
  // For a working tree: what to leave alone, and where the root lies in it.
  std::optional<git::IgnoreRules> ignore;
  std::string folder;
  bool dirty = false;  // a working tree with uncommitted changes
};

// kNotFound, kPermission, kIo: the root can't be opened.
Result<std::unique_ptr<Source>> OpenDirectory(DirectoryOptions options);

}  // namespace writ::manifests
