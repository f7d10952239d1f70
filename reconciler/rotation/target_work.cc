#include "reconciler/rotation/target_work.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "schema/check.h"

namespace writ::reconciler {
namespace {

namespace event = engine::rotation::event;
using engine::rotation::Action;
using engine::rotation::ErrorClass;
using engine::rotation::Event;

ErrorClass ClassOf(FailureClass failure) {
  switch (failure) {
    case FailureClass::kThrottled:
      return ErrorClass::kThrottled;
    case FailureClass::kTransient:
      return ErrorClass::kTransient;
    case FailureClass::kUnknown:
      return ErrorClass::kUnknown;
    case FailureClass::kAuth:
      return ErrorClass::kAuth;
    case FailureClass::kGone:
      return ErrorClass::kGone;
    case FailureClass::kConflict:
      return ErrorClass::kConflict;
    case FailureClass::kInvalid:
      return ErrorClass::kInvalid;
  }
  return ErrorClass::kUnknown;
}

// A value that nobody would see is not written, and nothing revoked for it.
TargetStatus CheckShadows(TargetWork& work) {
  const auto& known = work.other_places;
  for (const std::string& place :
       TRY_TARGET(work.open.target->FindShadows(work.delivery.name))) {
    if (std::find(known.begin(), known.end(), place) != known.end()) continue;
    return FailTarget(FailureClass::kInvalid, ErrorCode::kConflict,
                      work.delivery.name + " in " + place + " hides it there",
                      "remove it, or deliver the token there as well");
  }
  return {};
}

Event Preflight(TargetWork& work) {
  Target& target = *work.open.target;
  if (auto ready = target.Preflight(work.delivery.name); !ready) {
    return FailedOf(work.action, work.target, ready.error());
  }
  if (auto shadows = CheckShadows(work); !shadows) {
    return FailedOf(work.action, work.target, shadows.error());
  }
  auto seen = target.Observe(work.delivery.name);
  if (!seen) return FailedOf(work.action, work.target, seen.error());
  const Capabilities can = target.capabilities();
  event::Ready ready;
  ready.target = work.target;
  ready.can.reads_back = can.reads_back;
  ready.can.activates = can.activates;
  ready.can.reports_health = can.reports_health;
  ready.can.restores = can.restores;
  ready.can.probes = work.open.probe != nullptr;
  ready.version = seen->version;
  if (seen->present && seen->readable)
    ready.digest = work.digests.Of(seen->value);
  return ready;
}

Event Observe(TargetWork& work) {
  auto seen = work.open.target->Observe(work.delivery.name);
  if (!seen) return FailedOf(work.action, work.target, seen.error());
  event::Observed observed;
  observed.target = work.target;
  // What isn't there was read as well.
  observed.readable = seen->readable || !seen->present;
  observed.version = seen->version;
  if (seen->present && seen->readable) {
    observed.digest = work.digests.Of(seen->value);
    if (observed.digest.empty()) observed.readable = false;
  }
  return observed;
}

Event Put(TargetWork& work) {
  CHECK(work.value != nullptr);
  auto written = work.open.target->Put(
      {work.delivery, *work.value, std::move(work.version)});
  if (!written) return FailedOf(work.action, work.target, written.error());
  return event::Written{work.target, written->version};
}

Event CheckHealth(TargetWork& work) {
  constexpr Duration kSoon = std::chrono::seconds(5);
  auto health = work.open.target->CheckHealth(work.delivery);
  if (!health) return FailedOf(work.action, work.target, health.error());
  if (*health == Health::kHealthy) return event::Healthy{work.target};
  // It takes its time: no try of the limit is spent on waiting.
  return event::Failed{work.action, work.target, ErrorClass::kThrottled,
                       "its consumer isn't up yet", kSoon};
}

Event RunProbe(TargetWork& work) {
  CHECK(work.value != nullptr);
  if (!work.open.probe) return event::Probed{work.target};
  if (auto probed = work.open.probe->Run(*work.value); !probed) {
    return FailedOf(work.action, work.target, probed.error());
  }
  return event::Probed{work.target};
}

}  // namespace

ValueDigests::ValueDigests(const KeyRing& keys, std::string token_uid,
                           std::string_view like)
    : keys_(keys),
      token_uid_(std::move(token_uid)),
      generation_(keys.newest()) {
  const std::size_t colon = like.find(':');
  if (colon == std::string_view::npos) return;
  std::int64_t generation = 0;
  const auto parsed =
      std::from_chars(like.data(), like.data() + colon, generation);
  if (parsed.ptr == like.data() + colon) generation_ = generation;
}

std::string ValueDigests::Of(const SecretValue& value) const {
  const auto digest = keys_.ValueDigest(generation_, token_uid_, value);
  if (!digest) return {};
  return std::to_string(generation_) + ":" + digest->Hex();
}

std::string InOneLine(const Error& error) {
  std::string line = Describe(error);
  if (!error.remedy.empty()) line += " (" + error.remedy + ")";
  return line;
}

event::Failed FailedOf(Action action, const std::string& subject,
                       const TargetFailure& failure) {
  event::Failed failed;
  failed.action = action;
  failed.subject = subject;
  failed.error = ClassOf(failure.failure_class);
  failed.text = InOneLine(failure.error);
  failed.retry_after = failure.retry_after;
  return failed;
}

Event Perform(TargetWork& work) {
  switch (work.action) {
    case Action::kPreflight:
      return Preflight(work);
    case Action::kObserve:
      return Observe(work);
    case Action::kPut:
      return Put(work);
    case Action::kActivate: {
      auto activated = work.open.target->Activate(work.delivery);
      if (activated) return event::Activated{work.target};
      return FailedOf(work.action, work.target, activated.error());
    }
    case Action::kCheckHealth:
      return CheckHealth(work);
    case Action::kProbe:
      return RunProbe(work);
    case Action::kRestore: {
      auto restored = work.open.target->Restore(work.delivery, work.version);
      if (restored) return event::Restored{work.target};
      return FailedOf(work.action, work.target, restored.error());
    }
    case Action::kMint:
    case Action::kReadUsage:
    case Action::kEraseValue:
    case Action::kRevoke:
    case Action::kNotify:
    case Action::kWait:
      break;
  }
  CHECK(false);
  return event::Notified{};
}

}  // namespace writ::reconciler
