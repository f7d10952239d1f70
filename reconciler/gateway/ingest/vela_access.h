// Who asks at one of Vela's paths: the credential out of x-api-key or
// Authorization, and whether it is of the class that the path wants.
//
//   none, malformed, unknown, revoked, …   401, all alike
//   both headers, or one of them twice     400
//   live, but of another class             403
//   revocations can't be seen              503
//
// Use is recorded, refused tries of known credentials too (T-09).
#pragma once

#include <memory>
#include <string_view>

#include "reconciler/clock.h"
#include "reconciler/gateway/access/authenticator.h"
#include "reconciler/gateway/http.h"
#include "reconciler/gateway/ingest/vela_shape.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

class VelaAccess {
 public:
  // `uses` may be null. All outlive this.
  VelaAccess(Authenticator& authenticator, UseSink* uses, const Clock& clock)
      : authenticator_(authenticator), uses_(uses), clock_(clock) {}

  // `type`: a Token's spec.type.
  tl::expected<std::shared_ptr<const Principal>, VelaError> Admit(
      const HttpRequest& request, std::string_view type) const;

  // Whether Admit would let it in, by its head alone; nothing is recorded.
  bool WouldAdmit(const HttpRequest& request, std::string_view type) const;

  Timestamp Now() const { return clock_.Now(); }

 private:
  void RecordUse(const HttpRequest& request, const Principal& principal,
                 bool refused) const;

  Authenticator& authenticator_;
  UseSink* uses_;
  const Clock& clock_;
};

}  // namespace writ::reconciler::gateway
