// Requests and responses as values. The server makes one from what came over a
// connection and sends the other; what lies between, the handlers, knows no
// socket.
//
// The server has checked the form before anybody sees a request: one Host,
// lengths that agree, no control characters, everything within its limits. What
// remains is meaning, and that is the handlers'.
//
// The namespace keeps them apart from what writ sends itself: egress has types
// of the same names, and both are linked into one program.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reconciler/gateway/body_stream.h"
#include "reconciler/host/ip_network.h"

namespace writ::reconciler::gateway {

struct HttpHeader {
  std::string name;  // as it was sent
  std::string value;
};

struct HttpRequest {
  std::string id;      // X-Request-Id: the client's where it is sane, else ours
  std::string method;  // "GET", which HEAD is too
  std::string path;    // the target up to '?', not decoded
  std::string query;   // behind the '?', not decoded
  std::vector<HttpHeader> headers;
  std::string body;
  // The rightmost hop that is no trusted proxy; the peer where there is none.
  IpAddress client;
  // True where the peer is one of the host file's trusted proxies.
  bool by_trusted_proxy = false;
  // Filled in by the router: the pattern that matched, which outlives the
  // request (for labels, use and logs, where no path may stand), and what its
  // parts in braces took, by name, decoded.
  std::string_view route;
  std::vector<std::pair<std::string_view, std::string>> params;

  // The value of the only header of the name, whatever its case; nothing where
  // it is missing. Several: see CountHeader.
  std::optional<std::string_view> Header(std::string_view name) const;
  std::size_t CountHeader(std::string_view name) const;
  // What User-Agent says, as far as it is recorded: 256 bytes.
  std::string_view Agent() const;
  // REQUIRES: the route's pattern has "{name}".
  const std::string& Param(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<HttpHeader> headers;
  std::string body;
  // Where it is there, the body is what comes out of it instead.
  std::shared_ptr<BodyStream> stream = {};
  // Where it is there, makes the body, called once on the connection's thread:
  // for those who answer many requests from one thread of their own.
  std::function<std::string()> make_body = {};

  // The body, made where it wasn't yet.
  void FinishBody() {
    if (make_body) body = std::exchange(make_body, nullptr)();
  }
};

// Answers a request; called exactly once, from any thread.
using Respond = std::function<void(HttpResponse)>;

// What answers requests. Called on a thread of the server's, which it must not
// block: what takes a disk or a socket hands `respond` to a thread of its own.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  // `request` lives until `respond` is called.
  virtual void Handle(const HttpRequest& request, Respond respond) = 0;
  // How long a body may be: `usual` for all but those who have shown that they
  // may send more. The request has no body yet; asked on a thread of the
  // server's, which it must not block.
  virtual std::size_t BodyLimit(const HttpRequest& /*request*/,
                                std::size_t usual) {
    return usual;
  }
};

// A path pattern as a router matches it: "/v1/apps/{app}/schemas". A part in
// braces takes any one segment, decoded once.
struct Route {
  std::string method;
  std::string pattern;
  HttpHandler* handler = nullptr;
  // For /openapi.json: one line, and whether no credential is asked for.
  std::string summary = {};
  bool is_public = false;
};

}  // namespace writ::reconciler::gateway
