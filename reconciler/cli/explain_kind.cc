#include <ostream>

#include "reconciler/cli/commands.h"
#include "schema/explain.h"
#include "schema/kind.h"

namespace writ::reconciler {
namespace {

struct ExplainKindArguments {
  std::string path;
};

void DeclareExplainKind(Options& options, ExplainKindArguments& arguments) {
  options.Positional("KIND[.FIELD]", arguments.path, false,
                     "A kind, or a field of it: Token.rotation");
}

ExitCode Run(Session& session, const ExplainKindArguments& arguments) {
  if (arguments.path.empty()) {
    for (const Kind* kind : AllKinds()) {
      const std::size_t gap =
          kind->name.size() < 18 ? 18 - kind->name.size() : 1;
      session.out << kind->name << std::string(gap, ' ')
                  << kind->doc.substr(0, kind->doc.find(". ")) << "\n";
    }
    return ExitCode::kDone;
  }
  if (const auto text = ExplainField(arguments.path, session.width)) {
    session.out << *text;
    return ExitCode::kDone;
  }
  return ReportError(
      session, Error{ErrorCode::kInvalidArgument,
                     "there is no kind or field \"" + arguments.path + "\"",
                     SuggestField(arguments.path),
                     {}});
}

}  // namespace

Command ExplainKindCommand() {
  Command command = MakeCommand<ExplainKindArguments>(
      "explain-kind", "Document a kind, or a field of it", DeclareExplainKind,
      Run);
  command.examples = {
      "writ explain-kind                      # the kinds",
      "writ explain-kind Token.rotation       # a field",
  };
  return command;
}

}  // namespace writ::reconciler
