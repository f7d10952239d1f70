#include "manifests/source/source.h"

namespace writ::manifests {

Result<std::vector<SourceEntry>> Source::ListBelow(const std::string& folder,
                                                   Diagnostics& diagnostics) {
  std::vector<SourceEntry> entries = TRY(List(diagnostics));
  std::erase_if(entries, [&](const SourceEntry& entry) {
    return !entry.path.starts_with(folder + "/");
  });
  return entries;
}

}  // namespace writ::manifests
