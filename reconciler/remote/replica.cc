#include "reconciler/remote/replica.h"

#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "reconciler/events/kept_totals.h"
#include "reconciler/store/plan_rows.h"
#include "schema/digest.h"

namespace writ::reconciler {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNameDigits = 24;
constexpr Duration kFetchTimeout = std::chrono::minutes(5);

// 0700, with what leads there.
Status MakeCacheFolder(const fs::path& folder) {
  if (folder.empty() || fs::exists(folder)) return {};
  if (folder.has_parent_path()) TRY(MakeCacheFolder(folder.parent_path()));
  constexpr mode_t kMode = 0700;
  if (::mkdir(folder.c_str(), kMode) == 0 || fs::exists(folder)) return {};
  return Fail(ErrorCode::kIo, "can't make the cache's folder " +
                                  folder.string(),
              "say where it may be: XDG_CACHE_HOME");
}

class Refresh {
 public:
  Refresh(GatewayClient& gateway, std::string folder)
      : gateway_(gateway), folder_(std::move(folder)) {}

  Status Run() {
    TRY(Open());
    const auto version = Known();
    const auto changed = Fetch(version.value_or(""));
    if (changed || !version || !MayStartAnew(changed.error())) return changed;
    TRY(StartAnew());
    return Fetch("");
  }
  // What is beside it: counts of events.
  Status KeepBeside() {
    const AppTotals totals = TRY(replica_->Totals());
    return KeepTotals(folder_, totals);
  }

  Result<std::string> Environment() { return replica_->Environment(); }

 private:
  static bool MayStartAnew(const Error& error) {
    return error.code == ErrorCode::kCorrupt ||
           error.code == ErrorCode::kConflict;
  }

  Status Open() {
    auto opened = PlanReplica::Open(folder_);
    if (!opened) return StartAnew();
    replica_ = *std::move(opened);
    return {};
  }

  Status StartAnew() {
    replica_.reset();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
    replica_ = TRY(PlanReplica::Open(folder_));
    return {};
  }

  // What can't be read is as good as nothing.
  std::optional<std::string> Known() {
    auto version = replica_->Version();
    if (version) return *std::move(version);
    replica_.reset();
    return std::nullopt;
  }

  Status Fetch(const std::string& known) {
    if (replica_ == nullptr) TRY(StartAnew());
    GatewayRequest request;
    request.path = "/v1/state";
    request.timeout = kFetchTimeout;
    if (!known.empty()) {
      request.path += "?since=" + known;
      request.headers.emplace_back("If-None-Match", "\"" + known + "\"");
    }
    const HttpResponse response = TRY(gateway_.Send(request));
    if (response.status == 304 && !known.empty()) return {};
    const auto document = TRY(ParsePlanCopy(response.body.Reveal()));
    return replica_->Write(document);
  }

  GatewayClient& gateway_;
  const std::string folder_;
  std::unique_ptr<PlanReplica> replica_;
};

}  // namespace

std::string ReplicaFolder(const std::string& cache, const std::string& url) {
  return (fs::path(cache) / "writ" / "states" /
          Sha256(url).Hex().substr(0, kNameDigits))
      .string();
}

Result<Replica> RefreshReplica(GatewayClient& gateway,
                               const std::string& folder) {
  TRY(MakeCacheFolder(fs::path(folder).parent_path()));
  Refresh refresh(gateway, folder);
  const std::string doing = "reading the state behind " + gateway.url();
  TRY(While(refresh.Run(), doing));
  TRY(While(refresh.KeepBeside(), doing));
  return Replica{folder, TRY(refresh.Environment())};
}

}  // namespace writ::reconciler
