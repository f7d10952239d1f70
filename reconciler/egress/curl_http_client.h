// HttpClient over libcurl, and the rules of T-07: every address is judged at
// the moment a socket to it is made, by what the host file grants; https only,
// plain http to a granted loopback address alone; no redirect, proxy, netrc or
// compression; TLS 1.2 or later, and a certificate that is for this host.
//
// One request is one connection. Safe from any thread.
#pragma once

#include <string>
#include <vector>

#include "reconciler/egress/http_client.h"
#include "reconciler/host/host_file.h"

namespace writ::reconciler {

// Where a name's addresses come from, instead of from the system. What it
// answers is what is connected to; it's asked once a request.
class Resolver {
 public:
  virtual ~Resolver() = default;
  virtual Result<std::vector<IpAddress>> Resolve(const std::string& host) = 0;
};

class CurlHttpClient final : public HttpClient {
 public:
  // The resolver outlives the client; null stands for the system's.
  explicit CurlHttpClient(HostFile host, Resolver* resolver = nullptr);

  HttpResult Send(const HttpRequest& request) override;

 private:
  HostFile host_;
  Resolver* resolver_;
};

}  // namespace writ::reconciler
