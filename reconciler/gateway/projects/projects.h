// Projects over HTTP, as Vaultlier's clients speak (reference: docs/gateway.md,
// "Projects"): configuration, schema and values by project key, the list of
// projects by account token.
//
// Whatever touches the state runs on a thread of its own, one after the other.
// Every answer is no-store. Safe from any thread; authenticator, uses, clock
// and random outlive it.
#pragma once

#include <memory>
#include <vector>

#include "reconciler/gateway/access/authenticator.h"
#include "reconciler/gateway/http.h"
#include "reconciler/gateway/projects/project_store.h"
#include "reconciler/keys/key_ring.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

struct ProjectsOptions {
  ProjectStoreOptions store;
  Authenticator* authenticator = nullptr;
  UseSink* uses = nullptr;  // may be null
};

class Projects {
 public:
  // REQUIRES: authenticator. Errors of ProjectStore::Open.
  static Result<std::unique_ptr<Projects>> Open(ProjectsOptions options,
                                                const KeyRing& keys);
  ~Projects();
  Projects(const Projects&) = delete;
  Projects& operator=(const Projects&) = delete;

  // Live as long as this does.
  std::vector<Route> routes();

 private:
  struct Parts;
  explicit Projects(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace writ::reconciler::gateway
