#include "schema/json_schema.h"

#include <ostream>
#include <string_view>
#include <vector>

#include "reconciler/cli/commands.h"
#include "schema/validator.h"

namespace writ::reconciler {
namespace {

struct SchemaArguments {
  std::string kind;
};

void DeclareSchema(Options& options, SchemaArguments& arguments) {
  options.Positional("KIND", arguments.kind, false,
                     "A kind, as in `kind: App` (default: all of them)");
}

ExitCode Run(Session& session, const SchemaArguments& arguments) {
  if (arguments.kind.empty()) {
    session.out << JsonSchemaForAll() << "\n";
    return ExitCode::kDone;
  }
  if (const Kind* kind = FindKind(arguments.kind)) {
    session.out << JsonSchemaFor(*kind) << "\n";
    return ExitCode::kDone;
  }
  std::vector<std::string_view> names;
  for (const Kind* kind : AllKinds()) names.push_back(kind->name);
  const auto near = Suggest(arguments.kind, names);
  return ReportError(session,
                     Error{ErrorCode::kInvalidArgument,
                           "there is no kind \"" + arguments.kind + "\"",
                           near ? "did you mean \"" + std::string(*near) + "\"?"
                                : "writ explain-kind lists them",
                           {}});
}

}  // namespace

Command SchemaCommand() {
  Command command = MakeCommand<SchemaArguments>(
      "schema", "Print the JSON Schema of manifests, for editors",
      DeclareSchema, Run);
  command.description =
      "JSON Schema draft-07. An editor with a YAML language server completes "
      "and checks manifests by it.";
  command.examples = {
      "writ schema > .writ/manifest.schema.json",
      "writ schema App                        # one kind",
  };
  return command;
}

}  // namespace writ::reconciler
