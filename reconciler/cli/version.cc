#include <ostream>
#include <utility>

#include "reconciler/cli/commands.h"
#include "reconciler/version.h"
#include "schema/kind.h"
#include "schema/value.h"

namespace writ::reconciler {
namespace {

struct VersionArguments {
  bool json = false;
};

void DeclareVersion(Options& options, VersionArguments& arguments) {
  options.Flag("--json", arguments.json, "Print JSON");
}

ExitCode Run(Session& session, const VersionArguments& arguments) {
  if (!arguments.json) {
    session.out << "writ " << kVersion << "\n";
    return ExitCode::kDone;
  }
  Value value;
  value.Set("version", kVersion);
  value.Set("kind_tables", KindTablesFingerprint());
  return PrintResult(session, std::move(value));
}

}  // namespace

Command VersionCommand() {
  Command command = MakeCommand<VersionArguments>(
      "version", "Print the version", DeclareVersion, Run);
  command.examples = {"writ version --json"};
  return command;
}

}  // namespace writ::reconciler
