// Who asks at one of Vaultlier's paths (S-20…S-26): a project key for one
// project, by role, address and expiry; an account token for the list of
// projects alone.
//
//   none                        401 auth/missing_api_key
//   malformed, unknown, revoked,
//   expired, another project's  401 auth/invalid_api_key, all alike
//   from where it may not be    403 auth/ip_not_allowed
//   VIEWER where MEMBER is      403 auth/insufficient_role
//
// Use is recorded, refused tries of known credentials too (T-09).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "reconciler/clock.h"
#include "reconciler/gateway/access/authenticator.h"
#include "reconciler/gateway/http.h"
#include "reconciler/gateway/projects/project_error.h"

namespace writ::reconciler::gateway {

enum class ProjectRole : std::uint8_t { kViewer, kMember, kAccount };

class ProjectAccess {
 public:
  // `uses` may be null. All outlive this.
  ProjectAccess(Authenticator& authenticator, UseSink* uses, const Clock& clock)
      : authenticator_(authenticator), uses_(uses), clock_(clock) {}

  // Not which project: that is asked of the state (MayOpen).
  ProjectResult<std::shared_ptr<const Principal>> Admit(
      const HttpRequest& request, ProjectRole role) const;

 private:
  void RecordUse(const HttpRequest& request, const Principal& principal,
                 bool refused) const;

  Authenticator& authenticator_;
  UseSink* uses_;
  const Clock& clock_;
};

// Whom the audit names: "Token/payments/api (crd_…)".
std::string ActorOf(const Principal& principal);

tl::unexpected<ProjectError> InvalidKey();

}  // namespace writ::reconciler::gateway
