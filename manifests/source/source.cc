#include "manifests/source/source.h"

namespace writ::manifests {

const std::string& Source::folder() const {
  static const std::string kNone;
  return kNone;
}

Result<std::vector<SourceEntry>> Source::ListBelow(const std::string& folder,
                                                   Diagnostics& diagnostics) {
  std::vector<SourceEntry> entries = TRY(List(diagnostics));
  std::erase_if(entries, [&](const SourceEntry& entry) {
    return !entry.path.starts_with(folder + "/");
  });
  return entries;
}

Result<bool> Source::HasFolder(const std::string& folder) {
  Diagnostics ignored;  // List has reported them
  return !TRY(ListBelow(folder, ignored))
  .empty();
}

}  // namespace writ::manifests
