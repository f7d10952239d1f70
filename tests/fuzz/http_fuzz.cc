#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <cctype>
#include <charconv>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/gateway/request_path.h"
#include "reconciler/gateway/router.h"
#include "reconciler/gateway/server/connection.h"
#include "reconciler/gateway/server/worker.h"
#include "schema/check.h"
#include "schema/json.h"
#include "schema/utf8.h"
#include "tests/fuzz/fuzz_targets.h"

namespace writ {
namespace {

namespace gateway = reconciler::gateway;
using gateway::HttpRequest;
using gateway::HttpResponse;

constexpr std::size_t kBodyLimit = 4096;
// Vela's keys and lists, JSON, streams, public pages, wildcards.
constexpr std::array<std::pair<const char*, const char*>, 10> kRoutes = {{
    {"GET", "/healthz"},
    {"POST", "/v1/ingest"},
    {"GET", "/v1/state"},
    {"POST", "/v1/plans"},
    {"POST", "/v1/plans/{digest}/apply"},
    {"POST", "/v1/commands/{command}"},
    {"GET", "/v1/apps/{app}/schemas/by-event-name/{event}"},
    {"PATCH", "/v1/apps/{app}"},
    {"DELETE", "/v1/projects/{project}/secrets"},
    {"*", "/authz/**"},
}};

// What went over one connection.
struct Traffic {
  std::string output;
  std::vector<std::string> entered;   // requests that handlers saw
  std::vector<std::size_t> observed;  // bytes of answers' bodies
};

bool HoldsControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

// What the server promises of a request that it hands in (http.h).
void CheckForm(const HttpRequest& request) {
  CHECK(!request.method.empty() && request.path.starts_with('/'));
  CHECK(!HoldsControl(request.path) && !HoldsControl(request.query));
  CHECK(request.CountHeader("Host") == 1);
  CHECK(request.CountHeader("Content-Length") +
            request.CountHeader("Transfer-Encoding") <=
        1);
  CHECK(request.body.size() <= kBodyLimit);
  CHECK(!request.id.empty() && !HoldsControl(request.id));
  CHECK(!gateway::QueryHoldsCredential(request.query));
  for (const gateway::HttpHeader& header : request.headers) {
    CHECK(!header.name.empty() && !HoldsControl(header.name));
    CHECK(header.value.find_first_of("\r\n") == std::string::npos);
  }
}

std::string Described(const HttpRequest& request) {
  std::string text = request.method + " " + request.path + "?" + request.query;
  for (const gateway::HttpHeader& header : request.headers) {
    text += "\n" + header.name + ": " + header.value;
  }
  return text + "\n\n" + request.body;
}

void ReadBody(const HttpRequest& request) {
  if (request.route == "/v1/ingest") FuzzIngest(request.body);
  const auto value = ParseJson(request.body);
  if (!value) return;
  const std::string printed = CanonicalJson(*value);
  const auto again = ParseJson(printed);
  CHECK(again && CanonicalJson(*again) == printed);
}

HttpResponse Echo(const HttpRequest& request) {
  HttpResponse response;
  response.body = request.body;
  if (request.route != "/v1/commands/{command}") return response;
  response.stream = std::make_shared<gateway::BodyStream>();
  response.stream->Write("{}\n");
  if (!request.body.empty()) response.stream->Write(request.body);
  response.stream->End();
  return response;
}

class FuzzHandler final : public gateway::HttpHandler {
 public:
  void Handle(const HttpRequest& request, gateway::Respond respond) override {
    for (const auto& [name, value] : request.params) {
      CHECK(!name.empty() && !value.empty() && IsValidUtf8(value));
      CHECK(value.find('/') == std::string::npos && value != "..");
    }
    ReadBody(request);
    respond(Echo(request));
  }
};

class FuzzEntry final : public gateway::HttpEntry,
                        public gateway::ExchangeObserver {
 public:
  explicit FuzzEntry(Traffic& traffic) : traffic_(traffic) {}

  void Enter(HttpRequest& request, gateway::Respond respond) override {
    CheckForm(request);
    traffic_.entered.push_back(Described(request));
    static_cast<void>(gateway::ReadQuery(request.query));
    gateway::RouteMatch match = Routes().Match(request.method, request.path);
    if (match.route == nullptr) {
      HttpResponse response;
      response.status = 404;
      return respond(std::move(response));
    }
    request.route = match.route->pattern;
    request.params = std::move(match.params);
    match.route->handler->Handle(request, std::move(respond));
  }
  std::size_t BodyLimit(const HttpRequest& /*request*/,
                        std::size_t usual) override {
    return std::min(usual, kBodyLimit);
  }
  void Observe(const gateway::Exchange& exchange) override {
    traffic_.observed.push_back(exchange.response_bytes);
  }

 private:
  static const gateway::Router& Routes() {
    static FuzzHandler handler;
    static const gateway::Router kRouter = [] {
      std::vector<gateway::Route> routes;
      for (const auto& [method, pattern] : kRoutes) {
        routes.push_back({method, pattern, &handler});
      }
      return *gateway::Router::Create(std::move(routes));
    }();
    return kRouter;
  }

  Traffic& traffic_;
};

// Bytes that come so many at a time, and then no more.
class MemoryStream final : public gateway::ByteStream {
 public:
  using Connection = std::shared_ptr<gateway::Connection>;

  MemoryStream(boost::asio::io_context& io, std::string_view input,
               std::size_t step, std::string& output)
      : io_(io), input_(input), step_(step), output_(output) {}

  bool Handshake(Connection /*connection*/) override { return false; }
  void Read(boost::asio::mutable_buffer to, Connection connection) override {
    const std::size_t size = std::min({step_, to.size(), input_.size()});
    std::memcpy(to.data(), input_.data(), size);
    input_.remove_prefix(size);
    gateway::error_code error;
    if (size == 0) error = boost::asio::error::eof;
    boost::asio::post(io_, [connection = std::move(connection), error, size] {
      connection->OnRead(error, size);
    });
  }
  void Write(Buffers from, Connection connection) override {
    for (const auto& part : from) {
      output_.append(static_cast<const char*>(part.data()), part.size());
    }
    boost::asio::post(
        io_, [connection = std::move(connection)] { connection->OnWrite({}); });
  }
  void EndSending(Connection connection) override {
    boost::asio::post(io_, [connection = std::move(connection)] {
      connection->OnSendingEnded({});
    });
  }
  void Close() override { input_ = {}; }

 private:
  boost::asio::io_context& io_;
  std::string_view input_;
  const std::size_t step_;
  std::string& output_;
};

Traffic Converse(std::string_view bytes, std::size_t step) {
  Traffic traffic;
  FuzzEntry entry(traffic);
  gateway::ServerOptions options;
  options.observer = &entry;
  options.trusted_proxies = {*reconciler::ParseIpNetwork("10.0.0.0/8")};
  auto settings = std::make_shared<gateway::Settings>();
  settings->trusted_proxies = options.trusted_proxies;
  auto shared = std::make_shared<gateway::Shared>(options, entry);
  shared->settings = std::move(settings);
  const auto worker = std::make_shared<gateway::Worker>(shared);
  worker->Serve(
      std::make_unique<MemoryStream>(worker->io(), bytes, step, traffic.output),
      *reconciler::ParseIpAddress("10.0.0.7"));
  worker->io().poll();
  CHECK(shared->connections == 0 && shared->in_flight == 0);
  return traffic;
}

// Answers as their bytes say, against what was observed.
class AnswerReader {
 public:
  explicit AnswerReader(const Traffic& traffic)
      : rest_(traffic.output), observed_(traffic.observed) {}

  void CheckAll() {
    std::size_t answers = 0;
    while (!rest_.empty()) {
      if (ReadHead() == 100) continue;
      CHECK(answers < observed_.size());
      SkipBody(observed_[answers]);
      ++answers;
    }
    CHECK(answers == observed_.size());
  }

 private:
  int ReadHead() {
    const std::size_t end = rest_.find("\r\n\r\n");
    CHECK(end != std::string_view::npos);
    std::string_view head = rest_.substr(0, end + 2);
    rest_.remove_prefix(end + 4);
    const std::string_view line = TakeLine(head);
    CHECK(line.starts_with("HTTP/1.1 ") && line.size() > 12);
    int status = 0;
    std::from_chars(line.data() + 9, line.data() + 12, status);
    CHECK(status >= 100 && status < 600 && line[12] == ' ');
    is_chunked_ = false;
    while (!head.empty()) {
      const std::string_view header = TakeLine(head);
      CHECK(header.find(": ") != std::string_view::npos);
      if (header == "Transfer-Encoding: chunked") is_chunked_ = true;
    }
    return status;
  }
  static std::string_view TakeLine(std::string_view& head) {
    const std::size_t end = head.find("\r\n");
    CHECK(end != std::string_view::npos);
    const std::string_view line = head.substr(0, end);
    CHECK(!HoldsControl(line));
    head.remove_prefix(end + 2);
    return line;
  }
  void SkipBody(std::size_t size) {
    if (!is_chunked_) {
      CHECK(rest_.size() >= size);
      rest_.remove_prefix(size);
      return;
    }
    std::size_t seen = 0;
    while (true) {
      const std::size_t end = rest_.find("\r\n");
      CHECK(end != std::string_view::npos);
      std::size_t length = 0;
      std::from_chars(rest_.data(), rest_.data() + end, length, 16);
      CHECK(rest_.size() >= end + 2 + length + 2);
      rest_.remove_prefix(end + 2 + length + 2);
      seen += length;
      if (length == 0) break;
    }
    CHECK(seen == size);
  }

  std::string_view rest_;
  const std::vector<std::size_t>& observed_;
  bool is_chunked_ = false;
};

}  // namespace

void FuzzHttp(std::string_view bytes) {
  const Traffic whole = Converse(bytes, bytes.size() + 1);
  AnswerReader(whole).CheckAll();
  CHECK(whole.entered.size() <= whole.observed.size());
  // However they come, they say the same.
  const std::size_t step = 1 + bytes.size() % 7;
  const Traffic split = Converse(bytes, step);
  AnswerReader(split).CheckAll();
  CHECK(split.entered == whole.entered);
  CHECK(split.observed.size() == whole.observed.size());
}

}  // namespace writ
