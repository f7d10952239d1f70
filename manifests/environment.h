// What one environment makes of documents: its variables and patches put in,
// then validated. Patches are added first, in the order they apply; after
// that, Resolve may be called from several threads.
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "manifests/overlay.h"
#include "manifests/repository.h"
#include "schema/resource.h"
#include "schema/validator.h"
#include "schema/value.h"

namespace writ::manifests {

class Environment {
 public:
  // `variables` as ResolveVariables gives them.
  Environment(EnvironmentConfig config, Value variables);

  const EnvironmentConfig& config() const { return config_; }
  const Value& variables() const { return variables_; }

  // A document of kind Patch of this environment; errors go to the reporter.
  void AddPatch(Value document, Reporter& reporter);

  // Whether a patch may change the document; if not, and if it refers to no
  // variable, every environment resolves it alike.
  bool MayPatch(const Value& document) const;

  // The resource; nullopt after an error. REQUIRES: document is a map.
  std::optional<Resource> Resolve(Value document, Reporter& reporter) const;

  // An error for each patch that meant no document; `addresses` are those
  // there are, for a suggestion.
  void ReportUnusedPatches(const std::vector<std::string_view>& addresses,
                           Reporter& reporter) const;

 private:
  struct Entry {
    Patch patch;
    std::size_t order = 0;
    mutable std::atomic<bool> used{false};
  };
  using Index = std::unordered_map<std::string, std::vector<const Entry*>>;

  std::vector<const Entry*> Candidates(const Value& document,
                                       const std::string& address) const;

  EnvironmentConfig config_;
  Value variables_;
  std::deque<Entry> patches_;  // entries never move
  Index by_address_;
  Index by_kind_;
};

}  // namespace writ::manifests
