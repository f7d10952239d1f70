#include "reconciler/fetching/fetch_messages.h"

#include <utility>

#include "schema/json.h"
#include "schema/value.h"

namespace writ::reconciler {
namespace {

constexpr std::string_view kTokenMark = "\n";

std::int64_t NumberIn(const Value& from, std::string_view key) {
  const Value* value = from.Find(key);
  return value != nullptr && value->IsInteger() ? value->AsInteger() : 0;
}

std::string Line(Value value) { return CanonicalJson(value) + "\n"; }

}  // namespace

// The token follows behind the JSON, so that it goes through no other text.
SecretValue WriteOrder(const manifests::FetchOrder& order, Duration timeout) {
  Value value;
  value.Set("url", order.url);
  value.Set("host", order.host);
  value.Set("folder", order.folder);
  value.Set("ref", order.ref);
  value.Set("maxBytes", static_cast<std::int64_t>(order.max_bytes));
  value.Set("caFile", order.ca_file);
  value.Set("sshKeyFile", order.ssh_key_file);
  value.Set("user", order.user);
  value.Set("timeoutMs", static_cast<std::int64_t>(timeout.count()));
  SecretBuilder text;
  text.Append(CanonicalJson(value));
  text.Append(kTokenMark);
  text.Append(order.token.Reveal());
  return text.Finish();
}

Result<ReceivedOrder> ReadOrder(std::string_view text) {
  const std::size_t end = text.find(kTokenMark);
  const auto value = ParseJson(text.substr(0, end));
  if (end == std::string_view::npos || !value || !value->IsMap()) {
    return Fail(ErrorCode::kInvalidArgument, "this is no order to fetch");
  }
  ReceivedOrder received;
  manifests::FetchOrder& order = received.order;
  order.url = value->FindString("url");
  order.host = value->FindString("host");
  order.folder = value->FindString("folder");
  order.ref = value->FindString("ref");
  order.max_bytes = static_cast<std::uint64_t>(NumberIn(*value, "maxBytes"));
  order.ca_file = value->FindString("caFile");
  order.ssh_key_file = value->FindString("sshKeyFile");
  order.user = value->FindString("user");
  order.token = SecretValue::Copy(text.substr(end + kTokenMark.size()));
  received.timeout = Duration(NumberIn(*value, "timeoutMs"));
  return received;
}

std::string WriteProgress(const std::string& waits_for) {
  Value value;
  value.Set("waitsFor", waits_for);
  return Line(std::move(value));
}

std::string WriteEnd(const Status& status) {
  Value value;
  value.Set("done", status.has_value());
  if (!status) {
    value.Set("code", static_cast<std::int64_t>(status.error().code));
    value.Set("message", status.error().message);
    value.Set("remedy", status.error().remedy);
  }
  return Line(std::move(value));
}

FetchReport ReadReport(std::string_view output) {
  FetchReport report;
  while (!output.empty()) {
    const std::size_t end = output.find('\n');
    if (end == std::string_view::npos) break;
    const auto value = ParseJson(output.substr(0, end));
    output.remove_prefix(end + 1);
    if (!value || !value->IsMap()) continue;
    if (value->Find("waitsFor") != nullptr) {
      report.waits_for = value->FindString("waitsFor");
    }
    const Value* done = value->Find("done");
    if (done == nullptr || !done->IsBoolean()) continue;
    report.done = done->AsBoolean();
    if (report.done) continue;
    const std::int64_t code = NumberIn(*value, "code");
    const bool known =
        code >= 0 && code <= static_cast<std::int64_t>(ErrorCode::kUntrusted);
    report.error = Error{known ? static_cast<ErrorCode>(code) : ErrorCode::kIo,
                         std::string(value->FindString("message")),
                         std::string(value->FindString("remedy")),
                         {}};
  }
  return report;
}

}  // namespace writ::reconciler
