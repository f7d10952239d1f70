#include "reconciler/cli/state_arguments.h"

#include <ostream>
#include <utility>

namespace writ::reconciler {

void DeclareStateCommon(Options& options, StateArguments& arguments) {
  DeclareSource(options, arguments.source);
  DeclareEnvironment(options, arguments.source);
  DeclareState(options, arguments.source);
  options.Flag("--json", arguments.json, "Print JSON");
}

Result<std::unique_ptr<StateStore>> OpenStateOf(const Session& session,
                                                const StateArguments& arguments,
                                                OpenMode mode) {
  const std::string folder = TRY(FindStateFolder(session, arguments.source));
  return OpenState(session, folder, mode, "");
}

Result<ResourceId> AddressOf(const StateArguments& arguments) {
  const auto id = ResourceId::Parse(arguments.address);
  if (!id) {
    return Fail(ErrorCode::kInvalidArgument,
                "\"" + arguments.address + "\" is no address",
                "write Kind/name or Kind/parent/name");
  }
  return *id;
}

ExitCode Tell(Session& session, const StateArguments& arguments, Value done,
              const std::string& sentence) {
  if (arguments.json) return PrintResult(session, std::move(done));
  session.out << sentence << "\n";
  return ExitCode::kDone;
}

Result<StoredResource> ReadStoredOf(StateStore& store, const ResourceId& id) {
  auto stored = TRY(store.ReadStored(id));
  if (!stored) {
    return Fail(ErrorCode::kNotFound, id.address() + " is not live",
                "see: writ state list");
  }
  return std::move(*stored);
}

}  // namespace writ::reconciler
