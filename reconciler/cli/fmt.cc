#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <ostream>
#include <string_view>
#include <utility>

#include "manifests/format/format.h"
#include "manifests/manifest_file.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/common_arguments.h"
#include "schema/report/escape.h"
#include "schema/validator.h"

namespace writ::reconciler {
namespace {

struct FmtArguments {
  SourceArguments source;
  std::vector<std::string> files;
  bool check = false;
  bool json = false;
};

void DeclareFmt(Options& options, FmtArguments& arguments) {
  DeclareSource(options, arguments.source);
  options.Positionals("FILE", arguments.files, false,
                      "Only these, relative to the source (default: every "
                      "YAML file)");
  options.Flag("--check", arguments.check,
               "Write nothing; list what would change and end 2");
}

Status Failed(const std::string& what, const std::string& path) {
  return Fail(ErrorCode::kIo,
              "can't " + what + " " + path + ": " + std::strerror(errno));
}

// Writes beside the file, then renames over it, so that a killed process leaves
// the old text or the new one.
Status Rewrite(const std::string& path, std::string_view text) {
  struct stat before = {};
  if (lstat(path.c_str(), &before) != 0) return Failed("read", path);
  const std::string draft = path + ".writ-fmt";
  const int file =
      open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
           before.st_mode & 0777);
  if (file < 0) return Failed("create", draft);
  std::string_view rest = text;
  bool whole = true;
  while (whole && !rest.empty()) {
    const ssize_t written = write(file, rest.data(), rest.size());
    whole = written > 0;
    if (whole) rest.remove_prefix(static_cast<std::size_t>(written));
  }
  whole = whole && fchmod(file, before.st_mode & 0777) == 0 && fsync(file) == 0;
  close(file);
  if (!whole || std::rename(draft.c_str(), path.c_str()) != 0) {
    Status failed = Failed("write", path);
    unlink(draft.c_str());
    return failed;
  }
  return {};
}

bool Asked(const FmtArguments& arguments, const std::string& path) {
  if (arguments.files.empty()) return true;
  for (const std::string& file : arguments.files) {
    if (std::filesystem::path(file).lexically_normal() == path) return true;
  }
  return false;
}

// What keeps the YAML from being read, as validate says it; false where it can
// be read.
bool ReportYaml(const std::string& path, const std::string& text,
                Diagnostics& diagnostics) {
  const SourceFiles files = {path};
  manifests::ManifestFile file(text, 0);
  Reporter reporter(
      files,
      [&](std::uint32_t, std::uint32_t line) { return file.Excerpt(line); },
      diagnostics);
  file.Parse(reporter);
  return reporter.error_count() > 0;
}

Result<ExitCode> Format(Session& session, const FmtArguments& arguments) {
  SourceArguments source_arguments = arguments.source;
  source_arguments.working_tree = true;
  auto source = TRY(OpenSourceOf(session, source_arguments));
  Diagnostics diagnostics;
  const auto entries = TRY(source->List(diagnostics));
  auto reader = TRY(source->NewReader());
  std::size_t changed = 0;
  std::size_t seen = 0;
  for (const manifests::SourceEntry& entry : entries) {
    if (!Asked(arguments, entry.path)) continue;
    ++seen;
    const std::string text = TRY(reader->Read(entry));
    const auto formatted = manifests::FormatYaml(text);
    if (!formatted) {
      if (ReportYaml(entry.path, text, diagnostics)) continue;
      Diagnostic diagnostic;
      diagnostic.code = "not-formatted";
      diagnostic.summary = Describe(formatted.error());
      diagnostic.locations = {Location{entry.path, 0, 0, 0, {}}};
      diagnostics.Add(std::move(diagnostic));
      continue;
    }
    if (formatted->text == text) continue;
    ++changed;
    session.out << EscapeTerminal(entry.path) << "\n";
    if (!arguments.check) {
      TRY(Rewrite(source->base_folder() + "/" + entry.path, formatted->text));
    }
  }
  if (!arguments.files.empty() && seen < arguments.files.size()) {
    return Fail(ErrorCode::kNotFound,
                "some of the files named are no YAML files of the source");
  }
  diagnostics.Sort();
  ReportDiagnostics(session, diagnostics, OutputFormat::kText,
                    ExitCode::kInvalid, /*as_result=*/false);
  if (diagnostics.HasErrors()) return ExitCode::kInvalid;
  return arguments.check && changed > 0 ? ExitCode::kChanges : ExitCode::kDone;
}

}  // namespace

Command FmtCommand() {
  Command command = MakeCommand<FmtArguments>(
      "fmt", "Format manifests; comments and meaning stay", DeclareFmt,
      RunReporting<FmtArguments, Format>);
  command.description =
      "Indentation, spacing, quoting, and the order of apiVersion, kind, "
      "metadata, lifecycle, spec\nwhere no comment stands between. Prints the "
      "files it changes.";
  command.examples = {
      "writ fmt",
      "writ fmt --check                       # for CI: ends 2 when needed",
  };
  return command;
}

}  // namespace writ::reconciler
