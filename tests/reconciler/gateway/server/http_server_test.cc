// Over real sockets: bytes in, status out. Limits are made tiny where one is to
// be met and stay large elsewhere, so that a slow machine changes nothing.
#include "reconciler/gateway/server/http_server.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/reconciler/gateway/server/raw_client.h"
#include "tests/reconciler/gateway/server/scripted_entry.h"

namespace writ::reconciler::gateway {
namespace {

using namespace std::chrono_literals;
using ::writ::testing::RawClient;
using ::writ::testing::RawResponse;
using ::writ::testing::ScriptedEntry;

constexpr auto kNever = 600'000ms;

ServerOptions Patient() {
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
    if (server_) server_->Stop(0ms);
  }

  RawClient Connect() { return RawClient(server_->port()); }

  int StatusOf(const std::string& bytes) {
    RawClient client = Connect();
    client.Send(bytes);
    const auto response = client.Read();
    return response ? response->status : 0;
  }

  ScriptedEntry entry_;
  std::unique_ptr<HttpServer> server_;
};

std::string Get(const std::string& target, const std::string& more = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + more + "\r\n";
}

std::string Post(const std::string& body) {
  return "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

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

// Its last piece may be a single byte, after which nothing more comes.
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

TEST_F(HttpServerTest, SendsABodyAsItComes) {
  Open();
  RawClient client = Connect();
  client.Send(Get("/stream"));
  const auto head = client.Read();
  ASSERT_TRUE(head);
  EXPECT_TRUE(head->Has("Transfer-Encoding: chunked"));
  EXPECT_EQ(head->head.find("Content-Length"), std::string::npos);
  EXPECT_TRUE(entry_.stream->Write("one\n"));
  EXPECT_EQ(client.ReadChunk(), "one\n");
  EXPECT_TRUE(entry_.stream->Write("two\n"));
  EXPECT_EQ(client.ReadChunk(), "two\n");
  entry_.stream->End();
  EXPECT_EQ(client.ReadChunk(), "");
  // The connection goes on.
  client.Send(Get("/next"));
  EXPECT_EQ(client.Read()->body, "GET /next   127.0.0.1");
}

TEST_F(HttpServerTest, SendsABodyThatWasThereBefore) {
  Open();
  entry_.stream->Write("all");
  entry_.stream->End();
  RawClient client = Connect();
  client.Send(Get("/stream"));
  ASSERT_TRUE(client.Read());
  EXPECT_EQ(client.ReadChunk(), "all");
  EXPECT_EQ(client.ReadChunk(), "");
}

TEST_F(HttpServerTest, SendsNoChunksToWhoDoesntKnowThem) {
  Open();
  RawClient client = Connect();
  client.Send("GET /stream HTTP/1.0\r\nHost: a\r\n\r\n");
  const auto head = client.Read();
  ASSERT_TRUE(head);
  EXPECT_EQ(head->head.find("chunked"), std::string::npos);
  entry_.stream->Write("one\n");
  entry_.stream->Write("two\n");
  entry_.stream->End();
  EXPECT_EQ(client.ReadToEnd(), "one\ntwo\n");
}

TEST_F(HttpServerTest, TellsAHandlerThatNobodyReads) {
  Open();
  {
    RawClient client = Connect();
    client.Send(Get("/stream"));
    ASSERT_TRUE(client.Read());
  }
  // Sooner or later a write fails.
  const std::string lines(100'000, 'x');
  const auto until = std::chrono::steady_clock::now() + 60s;
  bool is_read = true;
  while (is_read && std::chrono::steady_clock::now() < until) {
    is_read = entry_.stream->Write(lines);
  }
  EXPECT_FALSE(is_read);
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

// Each ends the connection: nobody could say where the next request begins.
TEST_F(HttpServerTest, RefusesWhatCouldBeReadInTwoWays) {
  Open();
  struct Case {
    const char* name;
    std::string bytes;
    int status;
  };
  const std::string post = "POST /p HTTP/1.1\r\nHost: a\r\n";
  const std::vector<Case> cases = {
      {"no host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two hosts", Get("/", "Host: b\r\n"), 400},
      {"bare LF", "GET / HTTP/1.1\nHost: a\n\n", 400},
      {"bare CR", "GET / HTTP/1.1\rHost: a\r\n\r\n", 400},
      {"an empty line first", "\r\n" + Get("/"), 400},
      {"obs-fold", Get("/", "A: b\r\n c\r\n"), 400},
      {"blank before colon", Get("/", "A : b\r\n"), 400},
      {"NUL", Get("/", std::string("A: b\0c\r\n", 8)), 400},
      {"bytes beyond ASCII", Get("/\xff"), 400},
      {"absolute form", Get("http://b/"), 400},
      {"asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"authority", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"fragment", Get("/a#b"), 400},
      {"no version", "GET /\r\n\r\n", 400},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"version 1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
      {"lower-case http", "GET / http/1.1\r\nHost: a\r\n\r\n", 505},
      {"two blanks", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"TLS", "\x16\x03\x01\x02\x01", 400},
      {"CL and TE",
       post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
              "0\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n",
       400},
      {"TE and CL",
       post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400},
      {"CL twice", post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
       400},
      {"CL unequal", post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\na",
       400},
      {"CL list", post + "Content-Length: 1, 1\r\n\r\na", 400},
      {"CL signed", post + "Content-Length: +1\r\n\r\na", 400},
      {"CL hexadecimal", post + "Content-Length: 0x1\r\n\r\na", 400},
      {"CL huge", post + "Content-Length: 99999999999999999999\r\n\r\na", 400},
      {"TE unknown", post + "Transfer-Encoding: xchunked\r\n\r\n", 501},
      {"TE list", post + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
      {"TE in HTTP/1.0",
       "POST /p HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {"chunk size signed",
       post + "Transfer-Encoding: chunked\r\n\r\n-1\r\na\r\n0\r\n\r\n", 400},
      {"chunk size huge",
       post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", 400},
      {"chunk without end",
       post + "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", 400},
      {"expectation", Get("/", "Expect: 200-ok\r\n"), 417},
      {"credential in query", Get("/a?access_token=x"), 400},
  };
  for (const Case& want : cases) {
    SCOPED_TRACE(want.name);
    RawClient client = Connect();
    client.Send(want.bytes);
    const auto response = client.Read();
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->status, want.status);
    EXPECT_TRUE(response->Has("Connection: close"));
    EXPECT_TRUE(response->Has("Content-Type: application/problem+json"));
    EXPECT_TRUE(client.IsClosed());
  }
}

// T-20: every limit is announced by the refusal that meets it.
TEST_F(HttpServerTest, AnnouncesTheLimitsThatItEnforces) {
  ServerOptions options = Patient();
  options.limits.header_bytes = 1024;
  options.limits.headers = 4;
  options.limits.body_bytes = 2048;
  Open(options);
  struct Case {
    std::string bytes;
    int status;
    const char* announced;
  };
  const std::string post = "POST /p HTTP/1.1\r\nHost: a\r\n";
  const std::vector<Case> cases = {
      {"GET /" + std::string(2000, 'a'), 431, "1 KiB"},
      {Get("/", "A: " + std::string(1024, 'a') + "\r\n"), 431, "1 KiB"},
      {Get("/", "A:\r\nB:\r\nC:\r\nD:\r\n"), 431, "4 headers"},
      {post + "Content-Length: 2049\r\n\r\n", 413, "2 KiB"},
      {post + "Content-Length: 2049\r\nExpect: 100-continue\r\n\r\n", 413,
       "2 KiB"},
      {post + "Transfer-Encoding: chunked\r\n\r\n801\r\n" +
           std::string(0x801, 'a'),
       413, "2 KiB"},
      {post + "Transfer-Encoding: chunked\r\n\r\n1;" +
           std::string(64 * 1024, 'a'),
       400, "read"},
  };
  for (const Case& want : cases) {
    RawClient client = Connect();
    client.Send(want.bytes);
    const auto response = client.Read();
    ASSERT_TRUE(response.has_value()) << want.announced;
    EXPECT_EQ(response->status, want.status);
    EXPECT_NE(response->body.find(want.announced), std::string::npos)
        << response->body;
  }
  EXPECT_EQ(StatusOf(Post(std::string(2048, 'a'))), 200);
}

TEST_F(HttpServerTest, ReadsOnWhileItRefusesALargeBody) {
  Open();
  RawClient client = Connect();
  client.Send(Post(std::string(4 * 1024 * 1024, 'a')));
  EXPECT_EQ(client.Read()->status, 413);
}

TEST_F(HttpServerTest, SurvivesRequestsThatBreakOff) {
  Open();
  const std::string whole = Post("body");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    RawClient client = Connect();
    client.Send(whole.substr(0, size));
    client.EndSending();
    EXPECT_TRUE(client.IsClosed()) << size;
  }
  EXPECT_EQ(StatusOf(whole), 200);
}

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
