#include "reconciler/fetching/source_cache.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <utility>

#include "reconciler/descriptor.h"
#include "reconciler/fetching/fetch_messages.h"
#include "reconciler/host/child_program.h"
#include "schema/digest.h"

namespace writ::reconciler {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

Status MakePrivateFolder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) {
    fs::permissions(folder, fs::perms::owner_all, error);
  }
  if (!error) return {};
  return Fail(ErrorCode::kIo,
              "can't make the cache folder " + folder + ": " + error.message(),
              "XDG_CACHE_HOME names another place for it");
}

// Held by one fetch of a source at a time, until it goes.
Result<Descriptor> Lock(const std::string& file, const SourceUrl& url,
                        SteadyClock::time_point deadline) {
  Descriptor lock(
      open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock.is_open()) {
    return Fail(ErrorCode::kIo,
                "can't open " + file + ": " + std::strerror(errno));
  }
  while (flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (SteadyClock::now() >= deadline) {
      return Fail(ErrorCode::kLocked,
                  "another writ is fetching " + url.text + " all the while",
                  "wait for it to end, or give it longer: --fetch-timeout");
    }
    constexpr int kPauseMs = 20;
    poll(nullptr, 0, kPauseMs);
  }
  return lock;
}

// Packs that a killed fetch left; nobody else writes while the lock is held.
void RemoveLeftovers(const std::string& copy) {
  std::error_code ignored;
  for (const auto& entry :
       fs::directory_iterator(copy + "/objects/pack", ignored)) {
    const std::string name = entry.path().filename().string();
    const bool is_whole = name.ends_with(".pack") || name.ends_with(".idx");
    if (!is_whole) fs::remove(entry.path(), ignored);
  }
  for (const auto& entry : fs::recursive_directory_iterator(copy, ignored)) {
    if (entry.path().extension() == ".lock") {
      fs::remove(entry.path(), ignored);
    }
  }
}

// libssh2 looks for known hosts below HOME alone.
Result<std::string> HomeWith(const std::string& known_hosts,
                             const std::string& folder) {
  TRY(MakePrivateFolder(folder + "/.ssh"));
  std::ifstream from(known_hosts, std::ios::binary);
  std::ofstream to(folder + "/.ssh/known_hosts",
                   std::ios::binary | std::ios::trunc);
  to << from.rdbuf();
  to.flush();
  if (from.is_open() && to.good()) return folder;
  // An empty file makes operator<< fail.
  if (from.is_open() && fs::is_empty(known_hosts)) return folder;
  return Fail(ErrorCode::kNotFound,
              "can't read the known hosts in " + known_hosts);
}

std::string HostOf(const SourceUrl& url) {
  return url.host.empty() ? url.text : url.host;
}

// "git.example.org", "[git.example.org]:2222"
std::string KnownHostName(const SourceUrl& url) {
  const std::size_t colon = url.host.rfind(':');
  const bool has_port = url.scheme == SourceScheme::kSsh &&
                        colon != std::string::npos && !url.host.ends_with(']');
  if (!has_port || url.host.substr(colon) == ":22") {
    return url.host.substr(0, has_port ? colon : std::string::npos);
  }
  return "[" + url.host.substr(0, colon) + "]" + url.host.substr(colon);
}

class Fetch {
 public:
  Fetch(const SourceUrl& url, const FetchOptions& options)
      : url_(url),
        options_(options),
        copy_(CopyFolderOf(url, options.cache_folder)),
        deadline_(SteadyClock::now() + options.timeout) {}

  Result<std::string> Run();

 private:
  Status RunWorker();
  Result<ChildRequest> RequestOf();
  Status Explain(const ChildOutcome& outcome) const;
  Duration Left() const {
    return std::max(Duration(1), std::chrono::duration_cast<Duration>(
                                     deadline_ - SteadyClock::now()));
  }

  const SourceUrl& url_;
  const FetchOptions& options_;
  const std::string copy_;
  const SteadyClock::time_point deadline_;
};

Result<std::string> Fetch::Run() {
  TRY(MakePrivateFolder(options_.cache_folder));
  const Descriptor lock = TRY(Lock(copy_ + ".lock", url_, deadline_));
  RemoveLeftovers(copy_);
  Status fetched = RunWorker();
  if (!fetched && fetched.error().code == ErrorCode::kCorrupt) {
    std::error_code ignored;
    fs::remove_all(copy_, ignored);
    fetched = RunWorker();
  }
  if (!fetched) {
    return While(Result<std::string>(tl::unexpected(fetched.error())),
                 "fetching " + url_.text);
  }
  return copy_;
}

Result<ChildRequest> Fetch::RequestOf() {
  ChildRequest request;
  request.argv = {options_.program, std::string(kFetchWorker)};
  request.timeout = Left();
  request.environment["HOME"] =
      options_.known_hosts_file.empty()
          ? options_.home
          : TRY(HomeWith(options_.known_hosts_file, copy_ + ".home"));
  if (!options_.agent_socket.empty()) {
    request.environment["SSH_AUTH_SOCK"] = options_.agent_socket;
  }
  manifests::FetchOrder order;
  order.url = url_.text;
  order.host = KnownHostName(url_);
  order.folder = copy_;
  order.ref = options_.ref;
  order.max_bytes = options_.max_bytes;
  order.ca_file = options_.ca_file;
  order.ssh_key_file = options_.ssh_key_file;
  order.user = options_.user;
  // Only where nobody on the way sees it.
  const bool may_have_token =
      url_.scheme == SourceScheme::kHttps || url_.scheme == SourceScheme::kHttp;
  if (may_have_token) order.token = options_.token.Clone();
  request.input = WriteOrder(order, request.timeout);
  return request;
}

Status Fetch::RunWorker() {
  const ChildRequest request = TRY(RequestOf());
  const ChildOutcome outcome = TRY(RunChild(request));
  return Explain(outcome);
}

Status Fetch::Explain(const ChildOutcome& outcome) const {
  const FetchReport report = ReadReport(outcome.output.Reveal());
  if (outcome.end == ChildOutcome::End::kTimedOut) {
    const std::string waited =
        report.waits_for.empty() ? "an answer" : report.waits_for;
    return Fail(ErrorCode::kIo,
                HostOf(url_) + " didn't answer within " +
                    FormatDuration(options_.timeout) + ": waited for " + waited,
                "see that it's up, or give it longer: --fetch-timeout 5m");
  }
  if (report.error) return tl::unexpected(*report.error);
  if (report.done) return {};
  return Fail(
      ErrorCode::kIo,
      "what fetches from " + HostOf(url_) + " ended unexpectedly" +
          (report.waits_for.empty() ? ""
                                    : ", waiting for " + report.waits_for));
}

}  // namespace

std::string CopyFolderOf(const SourceUrl& url,
                         const std::string& cache_folder) {
  constexpr std::size_t kDigits = 32;
  return cache_folder + "/" + Sha256(url.text).Hex().substr(0, kDigits);
}

Result<std::string> FetchSource(const SourceUrl& url,
                                const FetchOptions& options) {
  return Fetch(url, options).Run();
}

}  // namespace writ::reconciler
