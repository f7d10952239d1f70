// writ config pull and diff: a project's values into a .env file, and what
// differs between the two, by key alone.
#include <algorithm>
#include <filesystem>
#include <map>
#include <ostream>
#include <set>
#include <string_view>
#include <utility>

#include "reconciler/cli/config_arguments.h"
#include "reconciler/host/dotenv_text.h"
#include "reconciler/host/environment_names.h"
#include "reconciler/secrets/private_file.h"
#include "schema/text_list.h"

namespace writ::reconciler {
namespace {

void DeclarePull(Options& options, ConfigArguments& arguments) {
  DeclareConfigCommon(options, arguments);
  options.Text("--out", arguments.file, "The .env file to write (0600)");
  options.Flag("--force", arguments.force, "Replace the file");
  options.Flag("--json", arguments.json, "Print JSON");
}

void DeclareDiff(Options& options, ConfigArguments& arguments) {
  DeclareConfigCommon(options, arguments);
  options.Positional("FILE", arguments.file, true, "A .env file");
  options.Flag("--detailed-exitcode", arguments.detailed_exitcode,
               "End 2 where they differ");
  options.Flag("--json", arguments.json, "Print JSON");
}

Result<SecretValue> ToDotenv(const std::vector<ConfigSession::Entry>& entries) {
  SecretValue text;
  for (const ConfigSession::Entry& entry : entries) {
    const std::string key = entry.secret.key();
    if (ChangesPrograms(key)) {
      return Fail(ErrorCode::kPermission,
                  key +
                      " changes how programs run, and is written to no "
                      ".env file",
                  "give the secret another key");
    }
    text = TRY(
        While(WithVariable(text.Reveal(), key, entry.value), "writing " + key));
  }
  return text;
}

Result<ExitCode> Pull(Session& session, const ConfigArguments& arguments) {
  if (arguments.file.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "config pull wants --out FILE; values are never printed",
                "to use them without a file: writ run -- CMD");
  }
  auto config = TRY(ConfigSession::Open(session, arguments, KeyRole::kViewer));
  const auto entries = TRY(config->ReadAll());
  const SecretValue text = TRY(ToDotenv(entries));
  const std::string file = AbsolutePath(session, arguments.file);
  TRY(config->AuditRead("pull", entries.size()));
  TRY(WritePrivateFile(
      file, text, arguments.force ? Overwrite::kReplace : Overwrite::kNever));
  if (arguments.json) {
    Value done;
    done.Set("file", file);
    done.Set("values", static_cast<std::int64_t>(entries.size()));
    return PrintResult(session, std::move(done));
  }
  session.out << "Wrote " << entries.size() << " values of "
              << config->project() << " in " << config->environment() << " to "
              << file << " (0600). Keep it out of git.\n";
  return ExitCode::kDone;
}

struct Difference {
  std::vector<std::string> only_project;
  std::vector<std::string> only_file;
  std::vector<std::string> differing;

  bool empty() const {
    return only_project.empty() && only_file.empty() && differing.empty();
  }
};

Result<Difference> Compare(const std::vector<ConfigSession::Entry>& entries,
                           std::string_view text) {
  Difference difference;
  std::set<std::string> known;
  for (const ConfigSession::Entry& entry : entries) {
    const std::string key = entry.secret.key();
    known.insert(key);
    const auto there = TRY(ReadVariable(text, key));
    if (!there) {
      difference.only_project.push_back(key);
    } else if (!SameSecret(*there, entry.value)) {
      difference.differing.push_back(key);
    }
  }
  for (const std::string& name : TRY(VariableNames(text))) {
    if (known.count(name) == 0) difference.only_file.push_back(name);
  }
  return difference;
}

Result<ExitCode> DiffConfig(Session& session,
                            const ConfigArguments& arguments) {
  auto config = TRY(ConfigSession::Open(session, arguments, KeyRole::kViewer));
  const auto text = TRY(ReadPrivateFile(AbsolutePath(session, arguments.file)));
  if (!text) {
    return Fail(ErrorCode::kNotFound, arguments.file + " isn't there");
  }
  const auto entries = TRY(config->ReadAll());
  const Difference difference = TRY(Compare(entries, text->Reveal()));
  TRY(config->AuditRead("diff", entries.size()));
  const ExitCode exit_code = arguments.detailed_exitcode && !difference.empty()
                                 ? ExitCode::kChanges
                                 : ExitCode::kDone;
  if (arguments.json) {
    Value found;
    found.Set("only_in_project", ListOfTexts(difference.only_project));
    found.Set("only_in_file", ListOfTexts(difference.only_file));
    found.Set("differing", ListOfTexts(difference.differing));
    return PrintResult(session, std::move(found), exit_code);
  }
  for (const std::string& key : difference.only_project) {
    session.out << "+ " << key << "  only in the project\n";
  }
  for (const std::string& key : difference.only_file) {
    session.out << "- " << key << "  only in the file\n";
  }
  for (const std::string& key : difference.differing) {
    session.out << "~ " << key << "  another value\n";
  }
  if (difference.empty()) session.out << "No differences.\n";
  return exit_code;
}

}  // namespace

std::vector<Command> ConfigPullCommands() {
  Command pull = MakeCommand<ConfigArguments>(
      "pull", "Write a project's values to a .env file", DeclarePull,
      RunReporting<ConfigArguments, Pull>);
  pull.examples = {
      "writ config pull --project payments --secret-env dev --out .env"};
  Command diff = MakeCommand<ConfigArguments>(
      "diff", "Compare a .env file with a project, by key", DeclareDiff,
      RunReporting<ConfigArguments, DiffConfig>);
  diff.examples = {"writ config diff .env --secret-env dev"};
  return {std::move(pull), std::move(diff)};
}

}  // namespace writ::reconciler
