#include "tests/reconciler/targets/fake_api.h"

#include <gtest/gtest.h>

#include "reconciler/egress/curl_http_client.h"

namespace writ::reconciler::testing {

TargetFixture::TargetFixture(std::unique_ptr<FakeApi> api)
    : fake_(std::make_unique<FakeServer>(std::move(api))) {
  const std::string url = fake_->server().url();
  spec_ = fake_->api().Spec(url);
  name_ = fake_->api().name();
  host_.path = "/etc/writ/host.yaml";
  host_.networks = {*ParseIpNetwork("127.0.0.0/8")};
  host_.hosts[std::string(spec_.FindString("type"))] =
      url + fake_->api().PathOfBase();
}

TargetFixture::~TargetFixture() = default;

Result<std::unique_ptr<Target>> TargetFixture::Make() {
  http_ = std::make_unique<CurlHttpClient>(host_);
  AccessSecrets secrets;
  for (const auto& [field, value] : fake_->api().Secrets()) {
    secrets[field] = SecretValue::Copy(value);
  }
  return MakeTarget({.spec = spec_,
                     .secrets = std::move(secrets),
                     .host = host_,
                     .http = *http_,
                     .clock = clock_,
                     .deadline = clock_.Monotonic() + std::chrono::minutes(1),
                     .ca_file = ""});
}

Target& TargetFixture::target() {
  if (target_ == nullptr) {
    auto made = Make();
    if (!made) {
      ADD_FAILURE() << Describe(made.error());
      std::abort();
    }
    target_ = std::move(*made);
  }
  return *target_;
}

TargetResult<Written> TargetFixture::Put(const std::string& value,
                                         const std::string& expected_version) {
  const SecretValue secret = SecretValue::Copy(value);
  return target().Put({delivery(), secret, expected_version});
}

TargetResult<Observation> TargetFixture::Observe() {
  return target().Observe(name_);
}

std::string PercentDecode(const std::string& text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      decoded +=
          static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

std::vector<std::string> SegmentsOf(const ReceivedRequest& request) {
  std::vector<std::string> segments;
  const std::string path = request.path();
  for (std::size_t from = 1; from <= path.size();) {
    const std::size_t end = std::min(path.find('/', from), path.size());
    segments.push_back(PercentDecode(path.substr(from, end - from)));
    from = end + 1;
  }
  return segments;
}

}  // namespace writ::reconciler::testing
