#include "reconciler/cli/source_fetching.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "reconciler/cli/common_arguments.h"
#include "reconciler/fetching/source_cache.h"
#include "reconciler/host/host_file.h"
#include "schema/time.h"

namespace writ::reconciler {
namespace {

namespace fs = std::filesystem;

std::string VariableOr(const Session& session, const char* name,
                       std::string otherwise) {
  auto value = session.variable(name);
  return value && !value->empty() ? std::move(*value) : std::move(otherwise);
}

// A file that a variable names, from the current folder, or else the host file;
// empty: none is named.
Result<std::string> FileNamedBy(const Session& session, const char* name,
                                const std::string& granted = {}) {
  const std::string named = VariableOr(session, name, "");
  const std::string& file = named.empty() ? granted : named;
  if (file.empty()) return file;
  const fs::path path = (fs::path(session.cwd) / file).lexically_normal();
  std::error_code ignored;
  if (fs::is_regular_file(path, ignored)) return path.string();
  return Fail(ErrorCode::kNotFound,
              (named.empty() ? "the host file" : std::string(name)) +
                  " names a file that isn't there: " + file);
}

Result<std::string> CacheFolder(const Session& session) {
  const std::string cache = VariableOr(session, "XDG_CACHE_HOME", "");
  if (!cache.empty() && fs::path(cache).is_absolute()) {
    return cache + "/writ/git";
  }
  const std::string home = VariableOr(session, "HOME", "");
  if (!home.empty()) return home + "/.cache/writ/git";
  return Fail(ErrorCode::kInvalidArgument,
              "there is no place for a copy of the source",
              "set HOME or XDG_CACHE_HOME");
}

Status ReadLimits(const SourceArguments& arguments, FetchOptions& options) {
  const auto timeout = ParseDuration(arguments.fetch_timeout);
  if (!timeout || *timeout <= Duration(0) ||
      *timeout > std::chrono::hours(24)) {
    return Fail(ErrorCode::kInvalidArgument,
                "--fetch-timeout wants a duration like 60s, not \"" +
                    arguments.fetch_timeout + "\"");
  }
  constexpr std::int64_t kMostMib = 1 << 20;
  if (arguments.fetch_limit < 1 || arguments.fetch_limit > kMostMib) {
    return Fail(ErrorCode::kInvalidArgument,
                "--fetch-limit wants a number of MiB, not " +
                    std::to_string(arguments.fetch_limit));
  }
  options.timeout = *timeout;
  options.max_bytes = static_cast<std::uint64_t>(arguments.fetch_limit) << 20;
  return {};
}

// Branches and tags are fetched anyway.
std::string OtherRef(const std::string& ref) {
  const bool is_other = ref.starts_with("refs/") &&
                        !ref.starts_with("refs/heads/") &&
                        !ref.starts_with("refs/tags/");
  return is_other ? ref : "";
}

}  // namespace

Result<std::string> FetchedFolder(const Session& session,
                                  const SourceArguments& arguments) {
  const SourceUrl url = TRY(ParseSourceUrl(arguments.path));
  if (arguments.working_tree) {
    return Fail(ErrorCode::kInvalidArgument,
                "a source that lies elsewhere has no working tree");
  }
  FetchOptions options;
  TRY(ReadLimits(arguments, options));
  std::error_code error;
  options.program = fs::read_symlink("/proc/self/exe", error).string();
  options.cache_folder = TRY(CacheFolder(session));
  options.ref = OtherRef(arguments.ref);
  const HostFile host = TRY(ReadHostFile(arguments.host_file));
  options.ca_file = TRY(FileNamedBy(session, "WRIT_CA_FILE", host.ca_file));
  options.known_hosts_file =
      TRY(FileNamedBy(session, "WRIT_KNOWN_HOSTS_FILE", host.known_hosts_file));
  options.ssh_key_file = TRY(FileNamedBy(session, "WRIT_SSH_KEY_FILE"));
  options.agent_socket = VariableOr(session, "SSH_AUTH_SOCK", "");
  options.home = VariableOr(session, "HOME", "/");
  options.user = VariableOr(session, "WRIT_GIT_USER", "git");
  options.token = SecretValue::Take(VariableOr(session, "WRIT_GIT_TOKEN", ""));
  return FetchSource(url, options);
}

}  // namespace writ::reconciler
