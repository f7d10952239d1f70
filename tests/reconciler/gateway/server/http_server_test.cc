// Over real sockets: requests and their answers, and how a server ends.
#include "reconciler/gateway/server/http_server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/reconciler/gateway/server/http_server_fixture.h"

namespace writ::reconciler::gateway {
namespace {

using namespace std::chrono_literals;
using ::writ::testing::RawClient;
using ::writ::testing::ScriptedEntry;

TEST_F(HttpServerTest, AnswersOneRequestAfterAnother) {
  Open();
  RawClient client = Connect();
  for (int i = 0; i < 3; ++i) {
    client.Send(Get("/a?x=" + std::to_string(i)));
    const auto response = client.Read();
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, "GET /a x=" + std::to_string(i) + "  127.0.0.1");
    EXPECT_TRUE(response->Has("X-Content-Type-Options: nosniff"));
    EXPECT_TRUE(response->Has("Cache-Control: no-store"));
    EXPECT_NE(response->head.find("\r\nDate: "), std::string::npos);
    EXPECT_NE(response->head.find("\r\nX-Request-Id: req_"), std::string::npos);
    EXPECT_EQ(response->head.find("\r\nServer:"), std::string::npos);
  }
}

TEST_F(HttpServerTest, KeepsASaneRequestId) {
  Open();
  RawClient client = Connect();
  client.Send(Get("/", "X-Request-Id: abc-1\r\n"));
  EXPECT_TRUE(client.Read()->Has("X-Request-Id: abc-1"));
  client.Send(Get("/", "X-Request-Id: <script>\r\n"));
  EXPECT_EQ(client.Read()->head.find("script"), std::string::npos);
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  Open();
  RawClient client = Connect();
  client.Send(Get("/later") + Post("one") + Get("/2") + Get("/3"));
  entry_.WaitForKept(1);
  entry_.AnswerKept("first");
  EXPECT_EQ(client.Read()->body, "first");
  EXPECT_EQ(client.Read()->body, "POST /p  one 127.0.0.1");
  EXPECT_EQ(client.Read()->body, "GET /2   127.0.0.1");
  EXPECT_EQ(client.Read()->body, "GET /3   127.0.0.1");
}

TEST_F(HttpServerTest, TakesARequestByteByByte) {
  Open();
  RawClient client = Connect();
  for (const char c : Post("body")) client.Send(std::string(1, c));
  EXPECT_EQ(client.Read()->body, "POST /p  body 127.0.0.1");
}

// Its last piece may be a single byte, after which nothing more comes. The wait
// lets the first piece come alone; where it doesn't, less is tried.
TEST_F(HttpServerTest, TakesChunkedBodiesInTwoPieces) {
  Open();
  const std::string head =
      "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string body = "3\r\nabc\r\n2\r\nde\r\n0\r\nX: y\r\n\r\n";
  for (std::size_t split = 0; split < body.size(); ++split) {
    RawClient client = Connect();
    client.Send(head + body.substr(0, split));
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    client.Send(body.substr(split));
    const auto answer = client.Read();
    ASSERT_TRUE(answer) << split;
    EXPECT_EQ(answer->body, "POST /p  abcde 127.0.0.1") << split;
  }
}

TEST_F(HttpServerTest, TakesChunkedBodiesAndNotTheirTrailers) {
  Open();
  RawClient client = Connect();
  client.Send(
      "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nAuthorization: Bearer x\r\n\r\n" +
      Get("/next"));
  EXPECT_EQ(client.Read()->body, "POST /p  abcde 127.0.0.1");
  EXPECT_EQ(client.Read()->body, "GET /next   127.0.0.1");
}

TEST_F(HttpServerTest, TakesLongerBodiesWhereTheHandlerSaysSo) {
  ServerOptions options = Patient();
  options.limits.body_bytes = 2048;
  Open(options);
  const auto post = [&](const std::string& path, std::size_t size) {
    return StatusOf("POST " + path +
                    " HTTP/1.1\r\nHost: a\r\nContent-Length: " +
                    std::to_string(size) + "\r\n\r\n" + std::string(size, 'x'));
  };
  EXPECT_EQ(post("/wide", 100'000), 200);
  EXPECT_EQ(post("/wide", 300'000), 413);
  EXPECT_EQ(post("/p", 100'000), 413);
  const auto post_chunked = [&](const std::string& path) {
    std::string bytes = "POST " + path +
                        " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
                        "chunked\r\n\r\n";
    for (int i = 0; i < 4; ++i) {
      bytes += "400\r\n" + std::string(0x400, 'x') + "\r\n";
    }
    return StatusOf(bytes + "0\r\n\r\n");
  };
  EXPECT_EQ(post_chunked("/wide"), 200);
  EXPECT_EQ(post_chunked("/p"), 413);
}

TEST_F(HttpServerTest, HeadIsGetWithoutABody) {
  Open();
  RawClient client = Connect();
  client.Send("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n" + Get("/b"));
  const auto head = client.Read(/*has_body=*/false);
  EXPECT_TRUE(head->Has("Content-Length: 18"));
  EXPECT_EQ(client.Read()->body, "GET /b   127.0.0.1");
}

TEST_F(HttpServerTest, SaysContinueWhereThatIsWaitedFor) {
  Open();
  RawClient client = Connect();
  client.Send(
      "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.Read()->status, 100);
  client.Send("body");
  EXPECT_EQ(client.Read()->body, "POST /p  body 127.0.0.1");
}

TEST_F(HttpServerTest, ClosesAfterHttp10AndWhereTheClientAsks) {
  Open();
  for (const std::string request :
       {"GET /a HTTP/1.0\r\nHost: a\r\n\r\n",
        "GET /a HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"}) {
    RawClient client = Connect();
    client.Send(request);
    EXPECT_TRUE(client.Read()->Has("Connection: close"));
    EXPECT_TRUE(client.IsClosed());
  }
}

TEST_F(HttpServerTest, BelievesTrustedProxiesAlone) {
  ServerOptions options = Patient();
  options.trusted_proxies = {*ParseIpNetwork("127.0.0.0/8")};
  Open(options);
  RawClient client = Connect();
  client.Send(Get("/", "X-Forwarded-For: 192.0.2.1, 198.51.100.7\r\n"));
  EXPECT_EQ(client.Read()->body, "GET /   198.51.100.7 by proxy");
  client.Send(Get("/", "X-Forwarded-For: unknown\r\n"));
  EXPECT_EQ(client.Read()->status, 400);
  ASSERT_TRUE(server_->Reload({}, {}).has_value());
  RawClient after = Connect();
  after.Send(Get("/", "X-Forwarded-For: 198.51.100.7\r\n"));
  EXPECT_EQ(after.Read()->body, "GET /   127.0.0.1");
}

TEST_F(HttpServerTest, DrainFinishesWhatIsUnderWayAndClosesTheIdle) {
  Open();
  RawClient idle = Connect();
  idle.Send(Get("/"));
  EXPECT_EQ(idle.Read()->status, 200);
  RawClient busy = Connect();
  busy.Send(Get("/later"));
  entry_.WaitForKept(1);
  std::thread stopping([this] { server_->Stop(kNever); });
  EXPECT_TRUE(idle.IsClosed());
  entry_.AnswerKept("done");
  const auto response = busy.Read();
  EXPECT_EQ(response->body, "done");
  EXPECT_TRUE(response->Has("Connection: close"));
  busy.EndSending();
  stopping.join();
  EXPECT_EQ(server_->counts().connections, 0);
}

// What takes long to write holds up nobody else's answer.
TEST_F(HttpServerTest, MakesABodyOnTheConnectionsThread) {
  Open();
  RawClient client = Connect();
  client.Send(Get("/later"));
  entry_.WaitForKept(1);
  std::atomic<bool> is_here = true;
  const auto here = std::this_thread::get_id();
  entry_.AnswerKept([&](reconciler::gateway::HttpResponse& response) {
    response.make_body = [&] {
      is_here = std::this_thread::get_id() == here;
      return std::string("made");
    };
  });
  const auto answer = client.Read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "made");
  EXPECT_TRUE(answer->Has("Content-Length: 4"));
  EXPECT_FALSE(is_here);
}

// Each to the one that waits for it, though they wake its thread once.
TEST_F(HttpServerTest, HandsOutWhatIsAnsweredAtOnce) {
  Open();
  constexpr std::size_t kClients = 40;
  std::vector<RawClient> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.push_back(Connect());
    clients.back().Send(Get("/later"));
    entry_.WaitForKept(i + 1);
  }
  // One doesn't wait any more.
  clients.erase(clients.begin() + 7);
  int number = 0;
  entry_.AnswerKept([&](reconciler::gateway::HttpResponse& response) {
    response.body = std::to_string(number++);
  });
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const auto answer = clients[i].Read();
    ASSERT_TRUE(answer) << i;
    EXPECT_EQ(answer->body, std::to_string(i < 7 ? i : i + 1));
  }
  clients.front().Send(Get("/next"));
  EXPECT_EQ(clients.front().Read()->status, 200);
}

// Threads share a port; two servers would share its requests.
TEST_F(HttpServerTest, RefusesAPortThatAnotherHas) {
  Open();
  ServerOptions options = Patient();
  options.port = server_->port();
  const auto second = HttpServer::Open(options, entry_);
  ASSERT_FALSE(second.has_value());
  EXPECT_NE(second.error().message.find("Address already in use"),
            std::string::npos);
  EXPECT_NE(second.error().remedy.find("ss -ltnp"), std::string::npos);
  EXPECT_EQ(StatusOf(Get("/")), 200);
  // What is being closed isn't in the way.
  server_->Stop(kNever);
  server_.reset();
  EXPECT_TRUE(HttpServer::Open(options, entry_).has_value());
}

TEST_F(HttpServerTest, DrainHasAnEnd) {
  Open();
  RawClient busy = Connect();
  busy.Send(Get("/later"));
  entry_.WaitForKept(1);
  server_->Stop(10ms);
  EXPECT_TRUE(busy.IsClosed());
  server_.reset();
  entry_.AnswerKept("nobody hears this");
}

class KeepingObserver final : public ExchangeObserver {
 public:
  void Observe(const Exchange& exchange) override {
    const std::lock_guard lock(mutex_);
    seen_.push_back(exchange.request.path + " " +
                    std::to_string(exchange.status) + " " +
                    std::to_string(exchange.response_bytes));
  }
  std::vector<std::string> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> seen_;
};

TEST_F(HttpServerTest, ShowsWhateverItAnswered) {
  KeepingObserver observer;
  ServerOptions options = Patient();
  options.threads = 1;
  options.observer = &observer;
  Open(options);
  EXPECT_EQ(StatusOf(Get("/abc")), 200);
  EXPECT_EQ(StatusOf("GET /x HTTP/1.1\r\n\r\n"), 400);
  server_->Stop(kNever);
  const auto seen = observer.seen();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0], "/abc 200 20");
  EXPECT_EQ(seen[1].substr(0, 7), "/x 400 ");
}

TEST(HttpServer, SaysWhyItCannotListen) {
  ScriptedEntry entry;
  ServerOptions options;
  options.address = "localhost";
  EXPECT_EQ(HttpServer::Open(options, entry).error().code,
            ErrorCode::kInvalidArgument);
  options.address = "192.0.2.1";  // nobody's
  EXPECT_EQ(HttpServer::Open(options, entry).error().code, ErrorCode::kIo);
  options.address = "127.0.0.1";
  options.tls = TlsFiles{"/nonexistent/a.pem", "/nonexistent/b.pem"};
  EXPECT_EQ(HttpServer::Open(options, entry).error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace writ::reconciler::gateway
