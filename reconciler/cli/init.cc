// Lays out a configuration repository that validates as it is.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <ostream>
#include <string_view>
#include <system_error>
#include <utility>

#include "reconciler/cli/ci_files.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/common_arguments.h"
#include "schema/ascii_case.h"
#include "schema/result.h"

namespace writ::reconciler {
namespace {

struct InitArguments {
  std::string folder = ".";
  std::string name;
  bool json = false;
};

void DeclareInit(Options& options, InitArguments& arguments) {
  options.Positional("FOLDER", arguments.folder, false,
                     "Where (default: the current folder)");
  options.Text("--name", arguments.name,
               "The repository's name, written on every live object as its "
               "owner (default: the folder's)");
}

// A folder's name as a repository's: lower case, hyphens for the rest.
std::string NameOf(const std::filesystem::path& folder) {
  std::string name;
  for (char c : folder.filename().string()) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 && byte < 128) {
      name += LowerCase(c);
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name.empty() ? "configuration" : name;
}

std::string RepositoryText(const std::string& name) {
  return "apiVersion: writ/v1\n"
         "kind: Repository\n"
         "metadata: {name: " +
         name +
         "}\n"
         "spec:\n"
         "  include: [\"manifests/**/*.yaml\"]\n"
         "  defaultEnvironment: staging\n"
         "  environments:\n"
         "    staging:\n"
         "      state: sqlite:state/staging\n"
         "    production:\n"
         "      state: sqlite:state/production\n";
}

std::string ManifestText(const std::string& name) {
  return "apiVersion: writ/v1\n"
         "kind: Workspace\n"
         "metadata: {name: " +
         name +
         "}\n"
         "spec: {displayName: " +
         name +
         "}\n"
         "---\n"
         "apiVersion: writ/v1\n"
         "kind: App\n"
         "metadata: {name: order-service}\n"
         "spec: {workspace: " +
         name +
         ", displayName: Order Service}\n"
         "---\n"
         "apiVersion: writ/v1\n"
         "kind: EventSchema\n"
         "metadata: {name: order.placed}\n"
         "spec:\n"
         "  app: order-service\n"
         "  description: A customer placed an order.\n"
         "  fields:\n"
         "    - {name: orderId, type: string, required: true}\n"
         "    - {name: amountCents, type: number, required: true}\n";
}

// O_EXCL: what is there already is never written over.
Result<bool> WriteNew(const std::filesystem::path& path,
                      std::string_view text) {
  const int file =
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file < 0 && errno == EEXIST) return false;
  if (file < 0) {
    return Fail(ErrorCode::kIo,
                "can't create " + path.string() + ": " + std::strerror(errno));
  }
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t written = write(file, rest.data(), rest.size());
    if (written < 0) {
      const std::string cause = std::strerror(errno);
      close(file);
      return Fail(ErrorCode::kIo,
                  "can't write " + path.string() + ": " + cause);
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  close(file);
  return true;
}

// For the host that the repository is at home on, where that can be told.
Status WriteCiFiles(Session& session, const std::filesystem::path& folder) {
  for (const CiFile& file : CiFilesOf(FindCiHost(folder))) {
    const std::filesystem::path path = folder / file.path;
    std::error_code failed;
    std::filesystem::create_directories(path.parent_path(), failed);
    if (failed) {
      return Fail(ErrorCode::kIo, "can't create " +
                                      path.parent_path().string() + ": " +
                                      failed.message());
    }
    const bool written = TRY(WriteNew(path, file.text));
    session.out << (written ? "wrote " : "kept  ") << file.path << "\n";
  }
  return {};
}

Result<ExitCode> Init(Session& session, const InitArguments& arguments) {
  const std::filesystem::path folder =
      (std::filesystem::path(session.cwd) / arguments.folder)
          .lexically_normal();
  std::filesystem::path named = folder;
  if (named.filename().empty()) named = named.parent_path();
  const std::string name =
      arguments.name.empty() ? NameOf(named) : arguments.name;
  TRY(CheckRepositoryName(name, "--name"));
  std::error_code failed;
  if (std::filesystem::exists(folder / "writ.yaml", failed)) {
    return Fail(ErrorCode::kInvalidArgument,
                "there is a writ.yaml in " + folder.string() + " already",
                "see: writ validate");
  }
  std::filesystem::create_directories(folder / "manifests", failed);
  if (failed) {
    return Fail(ErrorCode::kIo, "can't create " +
                                    (folder / "manifests").string() + ": " +
                                    failed.message());
  }
  const std::array<std::pair<std::string, std::string>, 3> files = {{
      {"writ.yaml", RepositoryText(name)},
      {"manifests/" + name + ".yaml", ManifestText(name)},
      {".gitignore", "/state/\n"},
  }};
  for (const auto& [path, text] : files) {
    const bool written = TRY(WriteNew(folder / path, text));
    session.out << (written ? "wrote " : "kept  ") << path << "\n";
  }
  TRY(WriteCiFiles(session, folder));
  session.out << "\nNext:\n"
                 "  writ validate\n"
                 "  git init && git add -A && git commit -m \"Start\"\n"
                 "  writ plan\n";
  return ExitCode::kDone;
}

}  // namespace

Command InitCommand() {
  Command command = MakeCommand<InitArguments>(
      "init", "Lay out a configuration repository", DeclareInit,
      RunReporting<InitArguments, Init>);
  command.description =
      "Writes writ.yaml, a first manifest, .gitignore, and the CI files of "
      "GitHub "
      "or GitLab where\nthe repository is at home there. Never writes over a "
      "file "
      "that is there.";
  command.examples = {
      "writ init                              # the current folder",
      "writ init configuration --name acme",
  };
  return command;
}

}  // namespace writ::reconciler
