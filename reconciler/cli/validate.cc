#include <memory>
#include <ostream>
#include <utility>

#include "reconciler/cli/commands.h"
#include "reconciler/cli/common_arguments.h"
#include "reconciler/controller/validation.h"

namespace writ::reconciler {
namespace {

struct ValidateArguments {
  SourceArguments source;
  std::string format = "text";
};

void DeclareValidate(Options& options, ValidateArguments& arguments) {
  DeclareSource(options, arguments.source);
  options.Text("--ref", arguments.source.ref,
               "Read a commit instead of the working tree");
  options.Text("-e,--env", arguments.source.environment,
               "One environment only (default: all of them)");
  DeclareVariables(options, arguments.source);
  DeclareParallelism(options, arguments.source);
  options.Choice("--format", arguments.format, {"text", "json", "github"},
                 "How mistakes are printed (default: text)");
}

std::string Summary(const Diagnostics& diagnostics,
                    const ValidationCounts& counts) {
  const auto plural = [](std::size_t n, const char* noun) {
    return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
  };
  if (diagnostics.HasErrors()) {
    return plural(diagnostics.error_count(), "error") + " in " +
           std::to_string(counts.files_with_errors) + " of " +
           plural(counts.files, "file") + ". Nothing was planned.";
  }
  std::string text = plural(counts.resources, "resource") + " in " +
                     plural(counts.files, "file") + ": valid";
  if (counts.environments > 1) {
    text += " in " + plural(counts.environments, "environment");
  }
  if (diagnostics.warning_count() > 0) {
    text += ", " + plural(diagnostics.warning_count(), "warning");
  }
  return text + ".";
}

// A state that can't be read is no reason against manifests.
std::unique_ptr<StateStore> FindState(
    const Session& session, const SourceArguments& arguments,
    const manifests::EnvironmentConfig& environment,
    const manifests::Source& source) {
  const auto folder =
      StateFolderOf(session, arguments, &environment, source.base_folder());
  if (!folder) return nullptr;
  auto store =
      OpenState(session, *folder, OpenMode::kReadOnly, environment.name);
  return store ? std::move(*store) : nullptr;
}

ExitCode Run(Session& session, const ValidateArguments& arguments) {
  const OutputFormat format = *ParseOutputFormat(arguments.format);
  SourceArguments source_arguments = arguments.source;
  source_arguments.working_tree = source_arguments.ref == "HEAD";
  auto source = OpenSourceOf(session, source_arguments);
  if (!source) return ReportError(session, source.error(), format);
  auto options = LoadOptionsOf(source_arguments);
  if (!options) return ReportError(session, options.error(), format);
  Diagnostics diagnostics;
  const StateOf state_of =
      [&](const manifests::EnvironmentConfig& environment) {
        return FindState(session, source_arguments, environment, **source);
      };
  const auto counts = ValidateAll(**source, *options, state_of, diagnostics);
  if (!counts) return ReportError(session, counts.error(), format);
  Complete(diagnostics, **source);
  const ExitCode exit_code =
      diagnostics.HasErrors() ? ExitCode::kInvalid : ExitCode::kDone;
  ReportDiagnostics(session, diagnostics, format, exit_code,
                    /*as_result=*/true, (*source)->folder());
  if (format != OutputFormat::kJson) {
    session.err << Summary(diagnostics, *counts) << "\n";
  }
  return exit_code;
}

}  // namespace

Command ValidateCommand() {
  Command command = MakeCommand<ValidateArguments>(
      "validate", "Check every manifest, and show all mistakes at once",
      DeclareValidate, Run);
  command.description =
      "Reads the working tree, uncommitted changes included. Starts no process "
      "and opens no connection.";
  command.examples = {
      "writ validate                          # the repository around here",
      "writ validate --env production         # one environment only",
      "writ validate --format github          # annotations in a pull request",
  };
  return command;
}

}  // namespace writ::reconciler
