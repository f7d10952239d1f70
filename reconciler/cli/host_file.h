// The operator's file (language.md, "The host file"; security.md): what git
// must never grant itself. Read from --host-config, else /etc/writ/host.yaml;
// one that is group- or world-writable is refused, an absent one grants
// nothing.
#pragma once

#include <map>
#include <string>

#include "schema/result.h"

namespace writ::reconciler {

struct HostFile {
  // By environment: the ref it may be applied from.
  std::map<std::string, std::string> apply_from;
};

// An empty path means the default one, which may be absent.
// kPermission for loose modes, kInvalidManifest with file:line for mistakes.
Result<HostFile> ReadHostFile(const std::string& path);

}  // namespace writ::reconciler
