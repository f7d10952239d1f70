// A subcommand: its words, its options and what it does. Declared with plain
// types; only command_line.cc knows the library that parses.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/cli/session.h"
#include "schema/error.h"
#include "schema/result.h"

namespace writ::reconciler {

// Binds options to variables that outlive parsing. Names are as written:
// "--env", "-v,--verbose".
class Options {
 public:
  virtual ~Options() = default;
  virtual void Flag(const std::string& names, bool& value,
                    const std::string& help) = 0;
  virtual void Text(const std::string& names, std::string& value,
                    const std::string& help) = 0;
  // May stand several times.
  virtual void Texts(const std::string& names, std::vector<std::string>& values,
                     const std::string& help) = 0;
  virtual void Integer(const std::string& names, std::int64_t& value,
                       const std::string& help) = 0;
  // An option that may stand with or without a value.
  virtual void Choice(const std::string& names, std::string& value,
                      const std::vector<std::string>& choices,
                      const std::string& help) = 0;
  virtual void Positional(const std::string& name, std::string& value,
                          bool required, const std::string& help) = 0;
  virtual void Positionals(const std::string& name,
                           std::vector<std::string>& values, bool required,
                           const std::string& help) = 0;
};

struct Command {
  std::string name;
  std::string summary;      // one line, for lists
  std::string description;  // what it does, below the summary; may be empty
  std::vector<std::string> examples;  // command lines, each with a comment
  std::function<void(Options&)> declare;
  std::function<ExitCode(Session&)> run;
  std::vector<Command> subcommands;  // then `run` is empty
};

// Makes a command whose arguments live in a struct of their own:
//   struct Arguments { ... };
//   Command command = MakeCommand<Arguments>("plan", "…", Declare, Run);
template <typename Arguments>
Command MakeCommand(std::string name, std::string summary,
                    void (*declare)(Options&, Arguments&),
                    ExitCode (*run)(Session&, const Arguments&)) {
  auto arguments = std::make_shared<Arguments>();
  Command command;
  command.name = std::move(name);
  command.summary = std::move(summary);
  command.declare = [arguments, declare](Options& options) {
    declare(options, *arguments);
  };
  command.run = [arguments, run](Session& session) {
    return run(session, *arguments);
  };
  return command;
}

// A body that may fail, as a command runs it: its error is reported in the
// format that `--json` of the arguments asks for.
template <typename Arguments,
          Result<ExitCode> (*Body)(Session&, const Arguments&)>
ExitCode RunReporting(Session& session, const Arguments& arguments) {
  auto done = Body(session, arguments);
  if (done) return *done;
  return ReportError(
      session, done.error(),
      arguments.json ? OutputFormat::kJson : OutputFormat::kText);
}

}  // namespace writ::reconciler
