#include "manifests/source/location.h"

#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace writ::manifests {
namespace {

// "https://host/repo", or "git@host:repo" as git writes it for ssh.
bool IsUrl(std::string_view path) {
  if (path.find("://") != std::string_view::npos) return true;
  const std::size_t colon = path.find(':');
  const std::size_t at = path.find('@');
  return colon != std::string_view::npos && at < colon &&
         path.substr(0, colon).find('/') == std::string_view::npos;
}

Result<std::string> CanonicalFolder(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::path found = fs::canonical(path, error);
  if (error && IsUrl(path)) {
    return Fail(ErrorCode::kUnsupported,
                "\"" + path + "\" is an address, not a folder here",
                "name it with --source, or: git clone " + path);
  }
  if (error) {
    const bool refused = error == std::errc::permission_denied;
    return Fail(refused ? ErrorCode::kPermission : ErrorCode::kNotFound,
                "can't open \"" + path + "\": " + error.message());
  }
  if (!fs::is_directory(found, error)) found = found.parent_path();
  return found.string();
}

// "" for the root itself and for places that are no part of the working tree:
// the repository's own folder, a bare repository.
std::string Within(const git::Repository& repository, const std::string& path) {
  const std::string root = repository.folder();
  if (repository.bare() || !path.starts_with(root + "/")) return "";
  std::string inside = path.substr(root.size() + 1);
  if (inside == ".git" || inside.starts_with(".git/")) return "";
  return inside;
}

}  // namespace

Result<SourceLocation> Locate(const std::string& path) {
  SourceLocation location;
  location.path = TRY(CanonicalFolder(path));
  auto repository = git::Repository::Open(location.path, git::Search::kUpwards);
  if (repository) {
    location.start = Within(*repository, location.path);
    location.repository = std::move(*repository);
    return location;
  }
  if (repository.error().code == ErrorCode::kNotFound) return location;
  return tl::unexpected<Error>(std::move(repository).error());
}

Result<SourceLocation> LocateRepository(const std::string& path) {
  SourceLocation location = TRY(Locate(path));
  if (location.repository) return location;
  return Fail(ErrorCode::kNotFound,
              location.path + " is not in a git repository");
}

}  // namespace writ::manifests
