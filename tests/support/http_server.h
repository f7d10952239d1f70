// A real HTTP server on the loopback, for tests of what calls one: each request
// is recorded, and a function of the test says what is answered, or how the
// connection fails. One request a connection, one connection at a time.
//
//   HttpServer server([](const ReceivedRequest& request) {
//     return ScriptedResponse{.status = 429, .headers = {{"Retry-After",
//     "7"}}};
//   });
//   Call(server.url() + "/path");
//   EXPECT_EQ(server.received().at(0).method, "POST");
//
// With a TestCertificate it speaks TLS.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/test_certificate.h"

namespace writ::testing {

struct ReceivedRequest {
  std::string method;
  std::string target;                          // path and query
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string path() const { return target.substr(0, target.find('?')); }
  std::string Header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

struct ScriptedResponse {
  enum class Ending : std::uint8_t {
    kAnswer,   // status, headers, body
    kSilence,  // the connection stays open, nothing is said
    kHangUp,   // the connection is closed, nothing is said
    kRaw,      // the body as it is, without a status line
  };

  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  Ending ending = Ending::kAnswer;
};

class HttpServer {
 public:
  // Called from the server's thread; it may be slow, never throw.
  using Answer = std::function<ScriptedResponse(const ReceivedRequest&)>;

  // The certificate, where there is one, outlives the server.
  explicit HttpServer(Answer answer,
                      const TestCertificate* certificate = nullptr);
  // Waits for the request that is being answered.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const;
  // "http://127.0.0.1:PORT", or https.
  std::string url() const;
  // Every whole request so far, in order of arrival.
  std::vector<ReceivedRequest> received() const;

 private:
  class Listener;
  std::unique_ptr<Listener> listener_;
};

}  // namespace writ::testing
