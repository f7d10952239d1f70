// What is asked of a gateway with a client secret: requests, and errors in the
// words of whoever asks. A gateway that is busy (503, 429) is asked again a few
// times, after as long as it says.
//
// The secret stands in no error. One thread; blocks on the network.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reconciler/clock.h"
#include "reconciler/egress/http_client.h"
#include "schema/result.h"
#include "schema/secret_value.h"
#include "schema/time.h"

namespace writ::reconciler {

struct GatewayAccess {
  std::string url;  // as CheckGatewayUrl leaves it
  SecretValue secret;
  std::string ca_file;  // authorities to believe; empty: the system's
};

struct GatewayRequest {
  std::string method = "GET";
  std::string path;  // "/v1/state"
  std::vector<std::pair<std::string, std::string>> headers;
  SecretValue body;  // JSON where it isn't empty
  Duration timeout = std::chrono::seconds(60);
  // True: may be sent again though it may have arrived.
  bool is_repeatable = true;
  // Of a 2xx response, as it comes (egress/http_client.h).
  std::function<void(std::string_view)> on_body;
  std::function<bool()> is_cancelled;
};

class GatewayClient {
 public:
  // http and clock outlive it.
  GatewayClient(GatewayAccess access, HttpClient& http, const Clock& clock)
      : access_(std::move(access)), http_(http), clock_(clock) {}

  // A response of 2xx or 304. Else the error that its problem document names
  // (kStale, kLocked, …), with its words; kPermission for 401 and 403; kIo
  // where there is no answer, naming the gateway and the cause.
  Result<HttpResponse> Send(const GatewayRequest& request);

  const std::string& url() const { return access_.url; }

 private:
  HttpRequest Prepare(const GatewayRequest& request) const;
  Error Explain(const HttpResponse& response) const;

  GatewayAccess access_;
  HttpClient& http_;
  const Clock& clock_;
};

}  // namespace writ::reconciler
