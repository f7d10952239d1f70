// Names that neither a table nor the graph of resources resolves: policies in
// writ.yaml, environments in policies, what tests speak of.
#pragma once

#include <vector>

#include "manifests/manifest_set.h"
#include "reconciler/store/state_store.h"
#include "schema/diagnostic.h"
#include "schema/resource_id.h"
#include "schema/result.h"

namespace writ::reconciler {

struct NamesInput {
  // Holds all own policies, read or not.
  const manifests::DesiredState* desired = nullptr;
  StateStore* store = nullptr;  // null: no state yet
  // Whether `desired` is all that is declared; if not, these live resources
  // aren't any more.
  bool complete = true;
  const std::vector<ResourceId>* undeclared = nullptr;
};

// enforcement and secretEnvironment of the environment, and the environments
// that policies match.
Status CheckNames(const NamesInput& input, Diagnostics& diagnostics);

// What tests name has to be declared in one of the environments. Where others,
// which aren't given, add resources of their own, nothing is said. REQUIRES:
// complete states of one load.
void CheckTestNames(const std::vector<const manifests::DesiredState*>& states,
                    Diagnostics& diagnostics);

// Addresses that a test's references may mean; each reference wants one.
struct TestReference {
  const Resource* test = nullptr;
  const Reference* reference = nullptr;
  std::vector<ResourceId> candidates;
};
std::vector<TestReference> ReferencesOfTests(
    const std::vector<Resource>& tests);

}  // namespace writ::reconciler
