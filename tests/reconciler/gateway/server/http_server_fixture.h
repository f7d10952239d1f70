// A server over a real socket whose entry a test scripts, and requests to it.
// Limits are made tiny where one is to be met and stay large elsewhere, so that
// a slow machine changes nothing.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "reconciler/gateway/server/http_server.h"
#include "tests/reconciler/gateway/server/raw_client.h"
#include "tests/reconciler/gateway/server/scripted_entry.h"

namespace writ::reconciler::gateway {

inline constexpr std::chrono::milliseconds kNever{600'000};

inline ServerOptions Patient() {
  ServerOptions options;
  options.threads = 2;
  options.limits.phases = {kNever, kNever, kNever, kNever, kNever, kNever};
  return options;
}

class HttpServerTest : public ::testing::Test {
 protected:
  void Open(ServerOptions options = Patient()) {
    auto opened = HttpServer::Open(std::move(options), entry_);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    server_ = *std::move(opened);
    server_->Start();
  }
  void TearDown() override {
    if (server_) server_->Stop(std::chrono::milliseconds(0));
  }

  testing::RawClient Connect() { return testing::RawClient(server_->port()); }

  int StatusOf(const std::string& bytes) {
    testing::RawClient client = Connect();
    client.Send(bytes);
    const auto response = client.Read();
    return response ? response->status : 0;
  }

  testing::ScriptedEntry entry_;
  std::unique_ptr<HttpServer> server_;
};

inline std::string Get(const std::string& target,
                       const std::string& more = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + more + "\r\n";
}

inline std::string Post(const std::string& body) {
  return "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace writ::reconciler::gateway
