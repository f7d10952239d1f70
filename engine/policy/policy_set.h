// The policies and exceptions of one revision, compiled: expressions parsed and
// checked against the tables of the kinds that a policy matches, matches
// indexed. What is wrong is a diagnostic at its place in the file; such a
// policy stays in the set and answers every change that it may mean with an
// error, so that a guard which can't be read never means that there is none.
//
// Immutable; safe from any thread. Owns copies of all it needs.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/policy/finding.h"
#include "schema/diagnostic.h"
#include "schema/resource.h"
#include "schema/value.h"

namespace writ::engine {

// Where bytes of a text are written, for each offset one place; the scalar's
// own place where that can't be said (manifests/text_places.h).
using TextPlaces = std::function<std::vector<SourceRange>(
    const Value& text, const std::vector<std::uint32_t>& offsets)>;

// A Policy or PolicyException.
struct GuardDocument {
  std::string name;
  std::shared_ptr<const Value> content;  // normalised: {metadata, spec}
  // That the content's ranges count in; null: it has none, and `at` stands for
  // every place in it.
  const SourceFiles* files = nullptr;
  Location at;
  std::string pack;  // of a policy that comes with writ; else empty
};

// REQUIRES: a resource of kind Policy or PolicyException; files outlives the
// result.
GuardDocument GuardOf(const Resource& resource, const SourceFiles& files);

struct PolicySetOptions {
  // writ.yaml's, over the policies' own.
  std::map<std::string, Enforcement> enforcement;
  TextPlaces places;  // empty: a scalar's place stands for all within
  bool lints = true;
  // Policies that are declared, but have errors of their own; empty: none.
  std::function<bool(const std::string& name)> is_refused;
};

struct Policy;           // engine/policy/policy.h
struct PolicyException;  // engine/policy/exception.h

class PolicySet {
 public:
  PolicySet() = default;
  // Errors and warnings go to `diagnostics`, unsorted and without excerpts.
  PolicySet(const std::vector<GuardDocument>& policies,
            const std::vector<GuardDocument>& exceptions,
            const PolicySetOptions& options, Diagnostics& diagnostics);

  bool empty() const { return policies_.empty(); }
  // By name.
  const std::vector<std::shared_ptr<const Policy>>& policies() const {
    return policies_;
  }
  const std::vector<std::shared_ptr<const PolicyException>>& exceptions()
      const {
    return exceptions_;
  }
  // Null where there is none.
  const Policy* Find(std::string_view name) const;
  // Policies whose match may take such a change, by name. `action` empty: any.
  std::vector<const Policy*> Candidates(std::string_view kind,
                                        std::string_view action) const;

 private:
  std::vector<std::shared_ptr<const Policy>> policies_;
  std::vector<std::shared_ptr<const PolicyException>> exceptions_;
};

}  // namespace writ::engine
