#include "reconciler/cli/rotation_moving.h"

#include <utility>

#include "reconciler/cli/secrets_arguments.h"
#include "reconciler/cli/token_arguments.h"
#include "schema/time.h"

namespace writ::reconciler {
namespace {

Status CheckAccepted(StateStore& store) {
  if (!TRY(store.ReadFacts()).restored) return {};
  return Fail(ErrorCode::kUnsafe,
              "this state was restored from a backup and is not accepted yet",
              "compare with `writ plan`, then: writ state restore --accept");
}

Result<std::unique_ptr<LeaseKeeper>> TakeLease(const Session& session,
                                               const StateStore& store,
                                               const std::string& operation,
                                               Duration timeout) {
  OpenOptions options;
  options.folder = store.folder();
  options.mode = OpenMode::kReadWrite;
  options.clock = &session.clock;
  options.random = &session.random;
  return LeaseKeeper::Take(options, session.actor(), operation, timeout);
}

}  // namespace

Result<std::unique_ptr<Moving>> OpenMoving(Session& session,
                                           const MovingOptions& options,
                                           const std::string& operation) {
  auto opened = std::make_unique<Moving>();
  Moving& moving = *opened;
  const auto timeout = ParseDuration(options.lock_timeout);
  if (!timeout) {
    return Fail(ErrorCode::kInvalidArgument,
                "--lock-timeout wants a duration, such as 30s");
  }
  const std::string folder = TRY(FindStateFolder(session, options.source));
  moving.store = TRY(OpenState(session, folder, OpenMode::kReadWrite, ""));
  TRY(CheckAccepted(*moving.store));
  moving.keys = TRY(FindKeys(*moving.store));
  if (!moving.keys) {
    return Fail(ErrorCode::kPermission,
                "rotating needs the master key, and there is none",
                "name its file in WRIT_MASTER_KEY_FILE");
  }
  HostFile host = TRY(ReadHostFile(options.source.host_file));
  SecretsArguments secrets;
  secrets.source = options.source;
  RotationSetup setup;
  setup.secret_environment =
      TRY(SecretEnvironmentOf(session, secrets, *moving.store));
  moving.lease = TRY(TakeLease(session, *moving.store, operation, *timeout));
  setup.lease_token = moving.lease->token();
  moving.run = std::make_unique<RotationRun>(EffectsOf(session), *moving.store,
                                             *moving.keys, std::move(host),
                                             std::move(setup));
  return opened;
}

}  // namespace writ::reconciler
