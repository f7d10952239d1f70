// The questions of a HostFile.
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>

#include "reconciler/host/host_file.h"
#include "schema/json.h"

namespace writ::reconciler {
namespace {

struct FreeDeleter {
  void operator()(char* text) const { free(text); }  // NOLINT
};

std::optional<std::string> Resolved(const std::string& path) {
  if (path.find('\0') != std::string::npos) return std::nullopt;
  const std::unique_ptr<char, FreeDeleter> resolved(
      realpath(path.c_str(), nullptr));
  if (resolved == nullptr) return std::nullopt;
  return std::string(resolved.get());
}

bool IsBelow(const std::string& path, const std::string& folder) {
  if (folder == "/") return path.starts_with('/');
  return path.starts_with(folder) &&
         (path.size() == folder.size() || path[folder.size()] == '/');
}

bool IsInside(const std::string& path, const std::vector<std::string>& roots) {
  return std::any_of(roots.begin(), roots.end(), [&](const std::string& root) {
    const std::optional<std::string> folder = Resolved(root);
    return folder && IsBelow(path, *folder);
  });
}

tl::unexpected<Error> Refuse(const HostFile& host, std::string what,
                             const std::string& grant) {
  const std::string file = host.path.empty() ? "the host file" : host.path;
  return Fail(ErrorCode::kPermission, std::move(what),
              "to grant it, add to " + file + ", below spec: " + grant);
}

// A YAML flow list of strings.
std::string FlowList(const std::vector<std::string>& texts) {
  std::string list = "[";
  for (const std::string& text : texts) {
    if (list.size() > 1) list += ", ";
    list += QuoteJson(text);
  }
  return list + "]";
}

bool Grants(const std::vector<std::string>& pattern,
            const std::vector<std::string>& argv) {
  if (pattern.size() != argv.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool any = i > 0 && pattern[i] == "*" && !argv[i].starts_with('-');
    if (!any && pattern[i] != argv[i]) return false;
  }
  return true;
}

Status RefuseWithheld(const HostFile& host, const std::string& path) {
  if (!IsInside(path, host.withheld)) return {};
  return Fail(ErrorCode::kPermission,
              path + " is writ's own; no grant reaches it");
}

}  // namespace

Status HostFile::MayRun(const std::vector<std::string>& argv) const {
  if (argv.empty() || !argv[0].starts_with('/')) {
    return Fail(ErrorCode::kPermission,
                "a program is named by its absolute path");
  }
  for (const std::vector<std::string>& pattern : exec) {
    if (Grants(pattern, argv)) return {};
  }
  return Refuse(
      *this,
      "this host doesn't let writ run " + argv[0] + " with these arguments",
      "exec: [{argv: " + FlowList(argv) + "}]");
}

Result<std::string> HostFile::MayReadFile(const std::string& file) const {
  const std::string folder = std::filesystem::path(file).parent_path().string();
  const std::string grant = "files: " + FlowList({folder});
  const std::optional<std::string> resolved = Resolved(file);
  if (!resolved) {
    // Whether a file is there is said of granted folders only.
    const std::optional<std::string> parent = Resolved(folder);
    if (parent && IsInside(*parent, files)) {
      return Fail(ErrorCode::kNotFound, "can't read " + file);
    }
    return Refuse(*this, "this host doesn't let writ read " + file, grant);
  }
  if (!file.starts_with('/') || !IsInside(*resolved, files)) {
    return Refuse(*this, "this host doesn't let writ read " + file, grant);
  }
  TRY(RefuseWithheld(*this, *resolved));
  return *resolved;
}

Result<std::string> HostFile::MayWriteDotenv(const std::string& file) const {
  const std::filesystem::path named(file);
  const std::string name = named.filename().string();
  const std::string folder = named.parent_path().string();
  if (!named.is_absolute() || name.empty() || name == "." || name == "..") {
    return Fail(ErrorCode::kPermission,
                "a .env file is named by its absolute path");
  }
  const std::optional<std::string> parent = Resolved(folder);
  if (!parent || !IsInside(*parent, dotenv)) {
    return Refuse(*this, "this host doesn't let writ write " + file,
                  "dotenv: " + FlowList({folder}));
  }
  const std::string resolved =
      *parent == "/" ? "/" + name : *parent + "/" + name;
  TRY(RefuseWithheld(*this, resolved));
  struct stat facts = {};
  if (lstat(resolved.c_str(), &facts) == 0) {
    if (!S_ISREG(facts.st_mode)) {
      return Fail(ErrorCode::kPermission,
                  file + " is a link or no regular file",
                  "name the file itself");
    }
  } else if (errno != ENOENT) {
    return Fail(ErrorCode::kIo,
                "can't look at " + file + ": " + std::strerror(errno));
  }
  return resolved;
}

Status HostFile::MayReadEnv(std::string_view name) const {
  if (name.starts_with("WRIT_")) {
    return Fail(ErrorCode::kPermission,
                std::string(name) + " is writ's own; no grant reaches it");
  }
  if (std::find(env.begin(), env.end(), name) != env.end()) return {};
  return Refuse(
      *this,
      "this host doesn't let writ read the variable " + std::string(name),
      "env: " + FlowList({std::string(name)}));
}

bool HostFile::Names(const IpAddress& address) const {
  return std::any_of(
      networks.begin(), networks.end(),
      [&](const IpNetwork& network) { return network.Contains(address); });
}

Status HostFile::MayCall(const IpAddress& address) const {
  if (Names(address)) return {};
  return Refuse(
      *this, "this host doesn't let writ call " + address.Text(),
      "networks: [\"" + IpNetwork{address, address.bits()}.Text() + "\"]");
}

namespace {

// "vault.example.org" of "https://vault.example.org:8200"; "[::1]:8200".
std::string_view HostNameOf(std::string_view origin) {
  const std::string_view host =
      origin.substr(std::min(origin.find("//") + 2, origin.size()));
  return host.starts_with('[') ? host : host.substr(0, host.find(':'));
}

}  // namespace

std::optional<std::string> HostFile::BaseUrl(
    std::string_view type_or_host) const {
  const auto found = hosts.find(std::string(type_or_host));
  if (found == hosts.end()) return std::nullopt;
  return found->second;
}

std::string HostFile::AuthoritiesOf(std::string_view url) const {
  const auto found = authorities.find(std::string(HostNameOf(OriginOf(url))));
  return found == authorities.end() ? std::string() : found->second;
}

Status HostFile::MaySendTo(std::string_view type, std::string_view url) const {
  const std::string_view origin = OriginOf(url);
  const std::string_view host = HostNameOf(origin);
  for (const std::string_view key : {type, host}) {
    const std::optional<std::string> bound = BaseUrl(key);
    if (bound && OriginOf(*bound) == origin) return {};
  }
  return Refuse(
      *this,
      "this host doesn't let writ send credentials to " + std::string(origin),
      "hosts: {" + QuoteJson(host) + ": " + QuoteJson(origin) + "}");
}

std::string_view OriginOf(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return url;
  return url.substr(0, url.find_first_of("/?#", scheme + 3));
}

}  // namespace writ::reconciler
