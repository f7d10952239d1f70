#include "reconciler/rotation/target_opener.h"

#include <string>
#include <string_view>
#include <utility>

#include "reconciler/egress/scrub.h"
#include "reconciler/events/use_records.h"
#include "reconciler/store/live_spec.h"
#include "reconciler/targets/make_target.h"
#include "reconciler/version.h"

namespace writ::reconciler {
namespace {

// "checkout/*" against "checkout/2.1": "*" stands for any text.
bool MatchesAgent(std::string_view pattern, std::string_view text) {
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  std::size_t p = 0;
  std::size_t t = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

class HttpProbe final : public Probe {
 public:
  HttpProbe(std::string url, int status, const HostFile& host, HttpClient& http,
            std::string ca_file)
      : url_(std::move(url)),
        status_(status),
        host_(host),
        http_(http),
        ca_file_(std::move(ca_file)) {}

  TargetStatus Run(const SecretValue& value) override {
    if (const Status may = host_.MaySendTo("probe", url_); !may) {
      return InvalidTarget(may.error());
    }
    HttpRequest request;
    request.url = url_;
    request.credential_origin = OriginOf(url_);
    request.ca_file = ca_file_;
    SecretBuilder bearer;
    request.headers.push_back(
        {"Authorization", bearer.Append("Bearer ").Append(value).Finish()});
    // Where it reaches a gateway, that is no consumer's use (T-09).
    request.headers.push_back(
        {"User-Agent",
         SecretValue::Copy(std::string(kProbeAgent) + std::string(kVersion))});
    const HttpResult response = http_.Send(request);
    if (!response) {
      const bool refused = response.error().kind == TransportFailure::kRefused;
      return tl::unexpected<TargetFailure>(
          {refused ? FailureClass::kInvalid : FailureClass::kTransient,
           response.error().error,
           {}});
    }
    if (response->status == status_) return {};
    const std::string answered = "the probe answers " +
                                 std::to_string(response->status) + ", not " +
                                 std::to_string(status_);
    const bool judged = response->status == 401 || response->status == 403;
    return FailTarget(judged ? FailureClass::kAuth : FailureClass::kTransient,
                      ErrorCode::kInternal, answered);
  }

 private:
  std::string url_;
  int status_;
  const HostFile& host_;
  HttpClient& http_;
  std::string ca_file_;
};

Consumer ConsumerOf(const Value& spec) {
  Consumer consumer;
  const Value* said = spec.Find("consumer");
  if (said == nullptr) return consumer;
  consumer.user_agent = said->FindString("userAgent");
  const Value* networks = said->Find("networks");
  if (networks == nullptr || !networks->IsList()) return consumer;
  for (const Value& network : networks->AsList()) {
    const auto parsed = ParseIpNetwork(network.AsString());
    if (parsed) consumer.networks.push_back(*parsed);
  }
  return consumer;
}

}  // namespace

bool Consumer::Matches(const std::string& address,
                       const std::string& agent) const {
  if (!user_agent.empty() && !MatchesAgent(user_agent, agent)) return false;
  if (networks.empty()) return true;
  const auto parsed = ParseIpAddress(address);
  if (!parsed) return false;
  for (const IpNetwork& network : networks) {
    if (network.Contains(*parsed)) return true;
  }
  return false;
}

Result<OpenTarget> LiveTargets::Open(const ResourceId& target) {
  const Value spec = TRY(ReadSpec(store_, target));
  AccessSecrets secrets;
  for (const AccessField& field : AccessFieldsOf(spec)) {
    const ResourceId secret("Secret", field.reference.FindString("project"),
                            field.reference.FindString("key"));
    secrets.emplace(field.field, TRY(While(secrets_(secret, target),
                                           "reading " + secret.address())));
  }
  OpenTarget open;
  open.consumer = ConsumerOf(spec);
  const Value* http = spec.FindPath("probe.http");
  if (http != nullptr) {
    const Value* status = http->Find("expectStatus");
    open.probe =
        std::make_unique<HttpProbe>(std::string(http->FindString("url")),
                                    status != nullptr && status->IsInteger()
                                        ? static_cast<int>(status->AsInteger())
                                        : 200,
                                    host_, http_, options_.ca_file);
  }
  open.target = TRY(
      MakeTarget({spec, std::move(secrets), host_, http_, clock_,
                  clock_.Monotonic() + options_.timeout, options_.ca_file}));
  return open;
}

}  // namespace writ::reconciler
