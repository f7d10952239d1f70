// What a command runs in: streams, terminal, environment, clock. Injected, so
// that tests run commands without a process.
#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>

#include "reconciler/clock.h"
#include "schema/diagnostic.h"
#include "schema/error.h"
#include "schema/value.h"

namespace writ::reconciler {

struct Session {
  std::ostream& out;  // results
  std::ostream& err;  // the rest
  std::istream& in;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  bool in_is_terminal = false;
  int width = 80;
  bool color = false;  // a terminal, and neither NO_COLOR nor --no-color
  const Clock& clock;
  Random& random;
  std::string cwd;
  // "ana@runner-4". Asked for only by what writes: it reads files of the
  // system's.
  std::function<std::string()> actor;
  std::function<std::optional<std::string>(const char* name)> variable;
  // True once SIGINT or SIGTERM has come.
  std::function<bool()> interrupted;
  // Blocks until `in` can be read; false once interrupted. Empty: it always
  // can.
  std::function<bool()> await_input = {};
  // Runs for somebody elsewhere, by a gateway: the arguments name places of
  // this machine, which are nobody else's business.
  bool is_served = false;
};

// A path that the user gave, from where the command runs.
std::string AbsolutePath(const Session& session, const std::string& path);

// How a command speaks when it fails.
enum class OutputFormat : std::uint8_t { kText, kJson, kGithub };

std::optional<OutputFormat> ParseOutputFormat(const std::string& text);

// The error with its context and remedy: as text on stderr, or as JSON on
// stdout with `exit_code`. Returns how the process ends.
ExitCode ReportError(Session& session, const Error& error,
                     OutputFormat format = OutputFormat::kText);

// What a command found, as JSON on stdout: `format_version` before it,
// `exit_code` behind it. Returns the exit code. REQUIRES: a map.
ExitCode PrintResult(Session& session, Value found,
                     ExitCode exit_code = ExitCode::kDone);

// Diagnostics on stdout where they are the result (validate), else on stderr.
// `folder` leads from the repository's root to the source's: annotations name
// files from there.
void ReportDiagnostics(Session& session, const Diagnostics& diagnostics,
                       OutputFormat format, ExitCode exit_code, bool as_result,
                       const std::string& folder = {});

}  // namespace writ::reconciler
