#include "reconciler/targets/target.h"

#include <utility>

namespace writ::reconciler {

std::string_view Name(FailureClass failure_class) {
  switch (failure_class) {
    case FailureClass::kThrottled:
      return "throttled";
    case FailureClass::kTransient:
      return "transient";
    case FailureClass::kUnknown:
      return "unknown";
    case FailureClass::kAuth:
      return "auth";
    case FailureClass::kGone:
      return "gone";
    case FailureClass::kConflict:
      return "conflict";
    case FailureClass::kInvalid:
      return "invalid";
  }
  return "invalid";
}

tl::unexpected<TargetFailure> FailTarget(FailureClass failure_class,
                                         ErrorCode code, std::string message,
                                         std::string remedy) {
  return tl::unexpected(TargetFailure{
      failure_class, Error{code, std::move(message), std::move(remedy), {}},
      std::nullopt});
}

tl::unexpected<TargetFailure> InvalidTarget(Error error) {
  return tl::unexpected(
      TargetFailure{FailureClass::kInvalid, std::move(error), std::nullopt});
}

}  // namespace writ::reconciler
