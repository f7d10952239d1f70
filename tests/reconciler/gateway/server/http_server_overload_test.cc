// Clients that are slow, idle or too many: none of them holds up the others.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "tests/reconciler/gateway/server/http_server_fixture.h"

namespace writ::reconciler::gateway {
namespace {

using namespace std::chrono_literals;
using ::writ::testing::RawClient;

TEST_F(HttpServerTest, ASlowHeadIsTimedOut) {
  ServerOptions options = Patient();
  options.limits.phases.header = 50ms;
  Open(options);
  RawClient client = Connect();
  client.Send("GET / HTTP/1.1\r\nHost: a\r\nX");
  EXPECT_EQ(client.Read()->status, 408);
  RawClient silent = Connect();
  EXPECT_TRUE(silent.IsClosed());
}

TEST_F(HttpServerTest, ASlowBodyIsTimedOut) {
  ServerOptions options = Patient();
  options.limits.phases.body = 50ms;
  Open(options);
  RawClient client = Connect();
  client.Send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo");
  EXPECT_EQ(client.Read()->status, 408);
}

TEST_F(HttpServerTest, ASlowHandlerIsTimedOutAndMayAnswerLater) {
  ServerOptions options = Patient();
  options.limits.phases.handler = 50ms;
  Open(options);
  RawClient client = Connect();
  client.Send(Get("/later"));
  EXPECT_EQ(client.Read()->status, 504);
  entry_.AnswerKept("too late");
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(HttpServerTest, AnIdleConnectionIsClosed) {
  ServerOptions options = Patient();
  options.limits.phases.idle = 50ms;
  Open(options);
  RawClient client = Connect();
  client.Send(Get("/"));
  EXPECT_EQ(client.Read()->status, 200);
  EXPECT_TRUE(client.IsClosed());
}

// A response that is never read fills the socket and then only waits.
TEST_F(HttpServerTest, AReaderThatNeverReadsIsCutOffAndHoldsNobodyUp) {
  ServerOptions options = Patient();
  options.threads = 1;
  options.limits.phases.write = 200ms;
  entry_.set_large(64 * 1024 * 1024);
  Open(options);
  RawClient slow = Connect();
  slow.Send(Get("/large"));
  EXPECT_EQ(StatusOf(Get("/a", "Connection: close\r\n")), 200);
  while (server_->counts().connections > 0) std::this_thread::yield();
  EXPECT_FALSE(slow.Read().has_value());
}

TEST_F(HttpServerTest, OverTheLimitOfConnectionsOnlyTheVitalPathIsAnswered) {
  ServerOptions options = Patient();
  options.threads = 1;
  options.limits.connections = 1;
  options.limits.reserved_connections = 1;
  Open(options);
  RawClient first = Connect();
  first.Send(Get("/"));
  EXPECT_EQ(first.Read()->status, 200);
  {
    RawClient second = Connect();
    second.Send(Get("/"));
    const auto response = second.Read();
    EXPECT_EQ(response->status, 503);
    EXPECT_TRUE(response->Has("Retry-After: 1"));
    RawClient third = Connect();
    third.Send(Get("/healthz"));
    EXPECT_TRUE(third.IsClosed());
    second.EndSending();
    EXPECT_TRUE(second.IsClosed());
  }
  while (server_->counts().connections > 1) std::this_thread::yield();
  EXPECT_EQ(StatusOf(Get("/healthz")), 200);
  EXPECT_EQ(server_->counts().overloaded, 1U);
  EXPECT_EQ(server_->counts().refused_connections, 1U);
}

TEST_F(HttpServerTest, OverTheLimitOfRequestsOnlyTheVitalPathIsAnswered) {
  ServerOptions options = Patient();
  options.limits.in_flight = 1;
  Open(options);
  RawClient first = Connect();
  first.Send(Get("/later"));
  entry_.WaitForKept(1);
  EXPECT_EQ(StatusOf(Get("/")), 503);
  EXPECT_EQ(StatusOf(Get("/healthz")), 200);
  entry_.AnswerKept("done");
  EXPECT_EQ(first.Read()->body, "done");
  while (server_->counts().in_flight > 0) std::this_thread::yield();
  EXPECT_EQ(StatusOf(Get("/")), 200);
}

}  // namespace
}  // namespace writ::reconciler::gateway
