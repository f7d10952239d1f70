#include "reconciler/gateway/leaks/leak_keys.h"

#include <utility>

#include "schema/json.h"
#include "schema/value.h"

namespace writ::reconciler::gateway {
namespace {

constexpr char kOrigin[] = "https://api.github.com";
constexpr char kPath[] = "/meta/public_keys/secret_scanning";
constexpr std::size_t kMostKeys = 100;
constexpr Duration kKeysTimeout = std::chrono::seconds(10);

}  // namespace

Status LeakKeys::Read() {
  reconciler::HttpRequest request;
  request.url = host_.BaseUrl(kLeakReporter).value_or(kOrigin) + kPath;
  request.timeout = kKeysTimeout;
  request.AddHeader("Accept", "application/json");
  request.AddHeader("User-Agent", "writ");
  const HttpResult result = http_.Send(request);
  if (!result) return tl::unexpected<Error>(result.error().error);
  const auto body = ParseJson(result->body.Reveal());
  const Value* list = body ? body->Find("public_keys") : nullptr;
  if (result->status != 200 || list == nullptr || !list->IsList()) {
    return Fail(ErrorCode::kIo, "the keys of leak reports can't be read: " +
                                    std::to_string(result->status));
  }
  std::map<std::string, std::string> keys;
  for (const Value& item : list->AsList()) {
    const std::string id(item.FindString("key_identifier"));
    if (id.empty() || keys.size() >= kMostKeys) continue;
    keys.emplace(id, item.FindString("key"));
  }
  keys_ = std::move(keys);
  return {};
}

Result<std::optional<std::string>> LeakKeys::Find(const std::string& id) {
  const std::chrono::nanoseconds now = clock_.Monotonic();
  const bool is_old = !read_at_ || now - *read_at_ >= kLeakKeysKept;
  const bool may_ask = !asked_at_ || now - *asked_at_ >= kBetweenLeakKeyReads;
  if ((is_old || !keys_.contains(id)) && may_ask) {
    asked_at_ = now;
    const Status read = Read();
    if (read) read_at_ = now;
    // What was read before holds on.
    if (!read && !read_at_) return tl::unexpected<Error>(read.error());
  }
  if (!read_at_) {
    return Fail(ErrorCode::kIo, "the keys of leak reports can't be read");
  }
  const auto found = keys_.find(id);
  if (found == keys_.end()) return std::optional<std::string>();
  return std::optional<std::string>(found->second);
}

}  // namespace writ::reconciler::gateway
