// HTTP as a value: a request, its response, or why there is none. Every call
// that writ makes to the outside goes through this interface, so that one
// adapter (curl_http_client.h) holds the rules of T-07 and tests need none.
//
// What is secret, credentials in headers and bodies both ways, is held as
// SecretValue. A response is given as it came; what's said about it in words
// goes through Excerpt (scrub.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reconciler/host/ip_network.h"
#include "schema/result.h"
#include "schema/secret_value.h"
#include "schema/time.h"

namespace writ::reconciler {

struct HttpHeader {
  std::string name;
  SecretValue value;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<HttpHeader> headers;
  SecretValue body;
  // From the first look-up to the last byte.
  Duration timeout = std::chrono::seconds(30);
  std::size_t response_cap = std::size_t{1} << 20;
  // The origin, "https://host[:port]", that the credentials in this request
  // were given for; a URL of any other is refused. Empty: it carries none.
  std::string credential_origin;
  // Narrows the private networks that the client may call: an address has to
  // be in both. Absent: those of the client.
  std::optional<std::vector<IpNetwork>> only_networks;
  // Authorities to believe, as a PEM file. Empty: those that the operator's
  // file names for the host that is called, else the system's.
  std::string ca_file;
  // Where it is given, what came of a 2xx response's body goes here as it
  // comes, and not into the response. Called while Send blocks.
  std::function<void(std::string_view)> on_body;
  // True gives the exchange up; looked at once a second or more often.
  std::function<bool()> is_cancelled;

  void AddHeader(std::string name, std::string_view value) {
    headers.push_back({std::move(name), SecretValue::Copy(value)});
  }
};

struct HttpResponse {
  int status = 0;
  // Names in lower case.
  std::vector<std::pair<std::string, std::string>> headers;
  SecretValue body;
  bool cut = false;  // longer than the cap; the body is its beginning

  // The first of that name (in lower case), or empty.
  std::string_view Header(std::string_view name) const;
};

enum class TransportFailure : std::uint8_t {
  kRefused,  // by the rules of this host; nothing was sent
  kResolve,  // no such name
  kConnect,  // nobody listens, or no way there
  kTls,      // who answers isn't who was asked for
  kTimeout,  // the deadline passed
  kBroken,   // the connection ended early, or what came is no HTTP
  kCancelled,
};

struct HttpFailure {
  TransportFailure kind = TransportFailure::kBroken;
  // True where the request may have arrived: its outcome is unknown.
  bool maybe_sent = false;
  Error error;
};

using HttpResult = tl::expected<HttpResponse, HttpFailure>;

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // Blocks up to the request's timeout. Never follows a redirect: a 3xx is a
  // response like any other. No error text holds a header's value, a body or
  // a URL's query.
  virtual HttpResult Send(const HttpRequest& request) = 0;
};

}  // namespace writ::reconciler
