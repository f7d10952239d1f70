#include "schema/facts.h"

namespace writ {

std::string ShortRevision(const Commit& commit) {
  constexpr std::size_t kShown = 7;  // as git abbreviates by default
  return commit.id.empty() ? "working tree" : commit.id.substr(0, kShown);
}

}  // namespace writ
