// A place that credentials are delivered to. Each operation may be repeated: a
// Put of what's there already changes nothing, what is removed stays removed.
// Nothing but the named variable is ever touched.
//
// A failure's class says what to do next; most of all whether the operation may
// have happened all the same. No text of a failure holds the value, or any
// secret that the target is called with.
//
// One target is for one thread at a time. Operations block, until the deadline
// that the target was made with at the latest.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/result.h"
#include "schema/secret_value.h"
#include "schema/time.h"

namespace writ::reconciler {

enum class FailureClass : std::uint8_t {
  kThrottled,  // not done; come back later
  kTransient,  // not done; may be better next time
  kUnknown,    // done or not: observe before trying again
  kAuth,       // the target's own credential isn't enough
  kGone,       // the place isn't there
  kConflict,   // somebody else wrote meanwhile
  kInvalid,    // never done, however often it's tried
};

std::string_view Name(FailureClass failure_class);

struct TargetFailure {
  FailureClass failure_class = FailureClass::kInvalid;
  Error error;
  std::optional<Duration> retry_after;  // as the target asked
};

template <typename T>
using TargetResult = tl::expected<T, TargetFailure>;
using TargetStatus = tl::expected<void, TargetFailure>;

struct Capabilities {
  bool reads_back = false;        // Observe tells the value
  bool compares_version = false;  // Put honours expected_version
  bool activates = false;         // Activate has something to do
  bool reports_health = false;    // Health knows
  bool restores = false;          // Restore brings a version back
  bool removes = false;           // Remove takes the variable out
};

struct Observation {
  bool present = false;
  bool readable = false;  // then `value` is what is there
  SecretValue value;
  // Opaque; another one where the variable was written since. Empty where the
  // target has none. Never made from the value.
  std::string version;
};

// What an operation is done for. The same for each retry.
struct Delivery {
  std::string name;  // of the variable
  std::string rotation_id;
  int generation = 1;
};

struct PutRequest {
  Delivery delivery;
  const SecretValue& value;  // NOLINT: lives for one call
  // Fail with kConflict where the version is another. Empty: whatever it is.
  std::string expected_version;
};

struct Written {
  std::string version;  // as Observation has it; empty where none is told
};

enum class Health : std::uint8_t { kHealthy, kPending };

class Target {
 public:
  virtual ~Target() = default;

  // Of exec and webhook targets, what their Preflight answered.
  virtual Capabilities capabilities() const = 0;
  // Changes nothing: the place is there, the credential may write, the name is
  // one that it takes.
  virtual TargetStatus Preflight(const std::string& name) = 0;
  virtual TargetResult<Observation> Observe(const std::string& name) = 0;
  // Where its variables lie, in the words that FindShadows has for places.
  // Empty: nothing hides what is put there.
  virtual std::string ScopePath() const { return {}; }
  // Narrower places that have a variable of that name, which is what consumers
  // there get instead (rotation.md, F33). What the target's credential may not
  // look at is left out. Changes nothing.
  virtual TargetResult<std::vector<std::string>> FindShadows(
      const std::string& /*name*/) {
    return std::vector<std::string>();
  }
  virtual TargetResult<Written> Put(const PutRequest& request) = 0;
  // Makes what runs there see the value.
  virtual TargetStatus Activate(const Delivery& delivery) = 0;
  // Whether what Activate began has ended well; kInvalid where it ended badly.
  virtual TargetResult<Health> CheckHealth(const Delivery& delivery) = 0;
  virtual TargetStatus Remove(const std::string& name) = 0;
  // Makes an earlier version the current one again, by Observation's name.
  virtual TargetResult<Written> Restore(const Delivery& delivery,
                                        const std::string& version) = 0;
};

// A failure to return.
tl::unexpected<TargetFailure> FailTarget(FailureClass failure_class,
                                         ErrorCode code, std::string message,
                                         std::string remedy = {});
// What a Result's error is to a target that can't mend it.
tl::unexpected<TargetFailure> InvalidTarget(Error error);

}  // namespace writ::reconciler

// TRY for a TargetResult.
#define TRY_TARGET(...)                                                   \
  __extension__({                                                         \
    auto writ_try_result = (__VA_ARGS__);                                 \
    if (!writ_try_result) [[unlikely]] {                                  \
      return ::tl::unexpected<::writ::reconciler::TargetFailure>(         \
          std::move(writ_try_result).error());                            \
    }                                                                     \
    ::writ::reconciler::internal::TakeTarget(std::move(writ_try_result)); \
  })

namespace writ::reconciler::internal {

template <typename T>
T TakeTarget(TargetResult<T>&& result) {
  return *std::move(result);
}
inline void TakeTarget(TargetStatus&&) {}

}  // namespace writ::reconciler::internal
