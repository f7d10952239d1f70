// Requests that are refused for what they are: bytes in, status out.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/reconciler/gateway/server/http_server_fixture.h"

namespace writ::reconciler::gateway {
namespace {

using ::writ::testing::RawClient;

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

}  // namespace
}  // namespace writ::reconciler::gateway
