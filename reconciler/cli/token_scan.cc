// writ token scan.
#include <filesystem>
#include <ostream>
#include <utility>

#include "engine/plan/plan_words.h"
#include "reconciler/cli/token_arguments.h"
#include "reconciler/credentials/token_scan.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

void DeclareScan(Options& options, TokenArguments& arguments) {
  options.Positional("PATH", arguments.path, false,
                     "A file or a folder (default: the current one)");
  options.Flag("--json", arguments.json, "Print JSON");
}

Value ToValue(const TokenScan& scan) {
  Value::List found;
  for (const FoundToken& token : scan.found) {
    Value item;
    item.Set("file", token.file);
    item.Set("line", static_cast<std::int64_t>(token.line));
    item.Set("column", static_cast<std::int64_t>(token.column));
    item.Set("hint", token.hint);
    found.push_back(std::move(item));
  }
  Value value;
  value.Set("files", scan.files);
  value.Set("found", std::move(found));
  value.Set("unreadable",
            Value::List(scan.unreadable.begin(), scan.unreadable.end()));
  return value;
}

void Print(std::ostream& out, const TokenScan& scan) {
  for (const FoundToken& token : scan.found) {
    out << EscapeTerminal(token.file) << ":" << token.line << ":"
        << token.column << "  " << EscapeTerminal(token.hint) << "\n";
  }
  out << engine::Counted(static_cast<std::int64_t>(scan.found.size()), "token",
                         "tokens")
      << " in " << engine::Counted(scan.files, "file", "files") << "\n";
  if (!scan.found.empty()) {
    out << "Revoke them: writ token leaked - < FILE\n";
  }
}

Result<ExitCode> Scan(Session& session, const TokenArguments& arguments) {
  const std::filesystem::path path =
      arguments.path.empty() ? "." : arguments.path;
  // Relative to where the command runs, and shown as it was written.
  const TokenScan scan =
      TRY(ScanForTokens(path.lexically_normal().string(), session.interrupted));
  const bool is_clean = scan.found.empty() && scan.unreadable.empty();
  const ExitCode exit_code = is_clean ? ExitCode::kDone : ExitCode::kError;
  for (const std::string& file : scan.unreadable) {
    session.err << "error: can't read " << EscapeTerminal(file) << "\n";
  }
  if (arguments.json) return PrintResult(session, ToValue(scan), exit_code);
  Print(session.out, scan);
  return exit_code;
}

}  // namespace

Command TokenScanCommand() {
  Command scan = MakeCommand<TokenArguments>(
      "scan", "Find real tokens in files, offline", DeclareScan,
      RunReporting<TokenArguments, Scan>);
  scan.description =
      "A token is real where its checksum holds, so that placeholders aren't "
      "reported; whether it is\nvalid isn't asked. Ends 1 where there is one, "
      "so that a commit hook or a CI step stops, and where\na file can't be "
      "read; else 0. Shows no more than what lists show.";
  scan.examples = {"writ token scan .", "writ token scan --json build/log.txt"};
  return scan;
}

}  // namespace writ::reconciler
