#include <filesystem>
#include <system_error>
#include <utility>

#include "manifests/source/directory_source.h"
#include "manifests/source/git_source.h"
#include "manifests/source/location.h"
#include "manifests/source/revision.h"
#include "manifests/source/source.h"
#include "manifests/source/source_path.h"

namespace writ::manifests {
namespace {

// `folder` below `base`; a link that leads out of it is no way in.
Result<std::string> FolderBelow(const std::string& base,
                                const std::string& folder) {
  const std::string path = JoinPath(base, folder);
  std::error_code error;
  const std::string found = std::filesystem::canonical(path, error).string();
  if (error) {
    return Fail(ErrorCode::kNotFound, "there is no folder " + path);
  }
  if (found != path) {
    return Fail(ErrorCode::kInvalidArgument,
                path + " lies behind a link; links are not followed");
  }
  return found;
}

std::string SearchRoot(const std::string& base, const std::string& start) {
  std::string folder = start;
  while (true) {
    std::error_code error;
    const auto facts = std::filesystem::symlink_status(
        JoinPath(base, JoinPath(folder, kRepositoryFile)), error);
    if (std::filesystem::is_regular_file(facts)) return folder;
    if (folder.empty()) return start;
    folder = ParentPath(folder);
  }
}

Result<std::unique_ptr<Source>> OpenPlainFolder(const SourceLocation& location,
                                                const SourceRequest& request) {
  if (!request.working_tree && request.ref != "HEAD") {
    return Fail(ErrorCode::kInvalidArgument,
                location.path + " is not in a git repository, so it has no \"" +
                    request.ref + "\"");
  }
  DirectoryOptions options;
  const std::string folder = TRY(NormalizePath(request.folder));
  options.root = TRY(FolderBelow(location.path, folder));
  options.limits = request.limits;
  return OpenDirectory(std::move(options));
}

Result<std::unique_ptr<Source>> OpenWorkingTree(SourceLocation location,
                                                const SourceRequest& request) {
  const std::string base = location.repository->folder();
  if (location.repository->bare()) {
    const std::string branch = git::CurrentBranch(*location.repository);
    return Fail(ErrorCode::kInvalidArgument,
                base + " is a bare repository; it has no working tree",
                "read a commit of it: --ref " +
                    (branch.empty() ? "BRANCH" : branch) +
                    ", where the command has --ref; else work in a clone");
  }
  DirectoryOptions options;
  options.folder = request.folder.empty() ? SearchRoot(base, location.start)
                                          : TRY(NormalizePath(request.folder));
  options.root = TRY(FolderBelow(base, options.folder));
  options.limits = request.limits;
  options.dirty = TRY(HasUncommittedChanges(request));
  options.ignore = TRY(git::IgnoreRules::Open(std::move(*location.repository)));
  return OpenDirectory(std::move(options));
}

}  // namespace

Result<std::unique_ptr<Source>> OpenSource(const SourceRequest& request) {
  SourceLocation location = TRY(Locate(request.path));
  if (!location.repository) return OpenPlainFolder(location, request);
  if (request.working_tree) {
    return OpenWorkingTree(std::move(location), request);
  }
  return git::OpenRevision(std::move(*location.repository), request,
                           location.start);
}

}  // namespace writ::manifests
