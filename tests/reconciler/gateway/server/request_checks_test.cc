#include "reconciler/gateway/server/request_checks.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace writ::reconciler::gateway {
namespace {

HttpRequest With(std::vector<HttpHeader> headers, std::string query = "") {
  HttpRequest request;
  request.method = "POST";
  request.path = "/v1/ingest";
  request.query = std::move(query);
  request.headers = std::move(headers);
  return request;
}

int StatusOf(const std::optional<Refusal>& refusal) {
  return refusal ? refusal->status : 200;
}

TEST(CheckHeadBytes, TakesOnlyWholeLinesOfPrintableAscii) {
  struct Case {
    std::string bytes;
    bool fits;
  };
  const std::vector<Case> cases = {
      {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nA:\tb\r", true},  // more may come
      {"GET / HTTP/1.1\nHost: x\r\n\r\n", false},
      {"\n", false},
      {"GET / HTTP/1.1\rHost: x", false},
      {std::string("GET /\0 HTTP/1.1", 15), false},
      {"GET /\x7f HTTP/1.1", false},
      {"GET /\xc3\xa9 HTTP/1.1", false},
      {"A: b\x0b", false},
      {"\x16\x03\x01", false},  // TLS on a plain port
  };
  for (const Case& want : cases) {
    EXPECT_EQ(!CheckHeadBytes(want.bytes, 0), want.fits) << want.bytes;
  }
}

TEST(CheckHeadBytes, LooksAtNothingBeforeItsStart) {
  EXPECT_FALSE(CheckHeadBytes("\x01GET", 1));
  EXPECT_TRUE(CheckHeadBytes("A\rB", 1));
}

TEST(CheckHeadLines, RefusesFoldedAndNamelessHeaders) {
  struct Case {
    const char* lines;
    int status;
  };
  const std::vector<Case> cases = {
      {"", 200},
      {"A: b\r\nC:\r\n", 200},
      {"A: b\r\n c\r\n", 400},   // obs-fold
      {"A: b\r\n\tc\r\n", 400},  // the same with a tab
      {" A: b\r\n", 400},
      {"A : b\r\n", 400},
      {": b\r\n", 400},
      {"A\r\n", 400},
      {"A(b): c\r\n", 400},
      {"A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n", 431},
  };
  for (const Case& want : cases) {
    const std::string head =
        "GET / HTTP/1.1\r\n" + std::string(want.lines) + "\r\n";
    EXPECT_EQ(StatusOf(CheckHeadLines(head, 3)), want.status) << want.lines;
  }
}

TEST(CheckHead, WantsOneHostThatIsOne) {
  struct Case {
    std::vector<HttpHeader> headers;
    int status;
  };
  const std::vector<Case> cases = {
      {{{"Host", "writ.example"}}, 200},
      {{{"host", "127.0.0.1:8443"}}, 200},
      {{{"Host", "[2001:db8::1]:80"}}, 200},
      {{{"Host", "[::1]"}}, 200},
      {{}, 400},
      {{{"Host", ""}}, 400},
      {{{"Host", "a"}, {"Host", "a"}}, 400},
      {{{"Host", "a"}, {"HOST", "b"}}, 400},
      {{{"Host", "a b"}}, 400},
      {{{"Host", "a@b"}}, 400},
      {{{"Host", "a/b"}}, 400},
      {{{"Host", "a:b"}}, 400},
      {{{"Host", ":80"}}, 400},
      {{{"Host", "[::1"}}, 400},
      {{{"Host", "[127.0.0.1]"}}, 400},
      {{{"Host", "[::1]x"}}, 400},
      {{{"Host", std::string(256, 'a')}}, 400},
  };
  for (const Case& want : cases) {
    EXPECT_EQ(StatusOf(CheckHead(With(want.headers), {"/v1/ingest", 11})),
              want.status)
        << (want.headers.empty() ? "" : want.headers.back().value);
  }
}

TEST(CheckHead, LeavesOneAnswerToWhereTheBodyEnds) {
  struct Case {
    std::vector<HttpHeader> headers;
    int version;
    int status;
  };
  const std::vector<Case> cases = {
      {{{"Content-Length", "0"}}, 11, 200},
      {{{"Content-Length", "12"}}, 10, 200},
      {{{"Transfer-Encoding", "chunked"}}, 11, 200},
      {{{"Transfer-Encoding", "Chunked"}}, 11, 200},
      {{{"Transfer-Encoding", "chunked"}}, 10, 400},
      {{{"Content-Length", "4"}, {"Transfer-Encoding", "chunked"}}, 11, 400},
      {{{"Content-Length", "4"}, {"Content-Length", "4"}}, 11, 400},
      {{{"Content-Length", "4"}, {"content-length", "5"}}, 11, 400},
      {{{"Content-Length", "4, 4"}}, 11, 400},
      {{{"Content-Length", "+4"}}, 11, 400},
      {{{"Content-Length", "-1"}}, 11, 400},
      {{{"Content-Length", "0x4"}}, 11, 400},
      {{{"Content-Length", ""}}, 11, 400},
      {{{"Content-Length", std::string(19, '9')}}, 11, 400},
      {{{"Transfer-Encoding", "gzip"}}, 11, 501},
      {{{"Transfer-Encoding", "gzip, chunked"}}, 11, 501},
      {{{"Transfer-Encoding", "chunked, chunked"}}, 11, 501},
      {{{"Transfer-Encoding", "identity"}}, 11, 501},
      {{{"Transfer-Encoding", "xchunked"}}, 11, 501},
      {{{"Transfer-Encoding", ""}}, 11, 501},
      {{{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "identity"}},
       11,
       501},
  };
  for (Case want : cases) {
    const std::string shown = want.headers.back().value;
    want.headers.push_back({"Host", "a"});
    EXPECT_EQ(
        StatusOf(CheckHead(With(want.headers), {"/v1/ingest", want.version})),
        want.status)
        << shown;
  }
}

TEST(CheckHead, TakesPathsForTargetsAlone) {
  const std::vector<std::pair<const char*, int>> cases = {
      {"/", 200},    {"/a?b", 200},       {"", 400},
      {"*", 400},    {"a", 400},          {"example.com:443", 400},
      {"/a#b", 400}, {"http://a/b", 400}, {"HTTPS://a/b", 400},
  };
  for (const auto& [target, status] : cases) {
    EXPECT_EQ(StatusOf(CheckHead(With({{"Host", "a"}}), {target, 11})), status)
        << target;
  }
}

TEST(CheckHead, MeetsOneExpectation) {
  const std::vector<std::pair<const char*, int>> cases = {
      {"100-continue", 200}, {"100-Continue", 200}, {"200-ok", 417}, {"", 417}};
  for (const auto& [expected, status] : cases) {
    const HttpRequest request = With({{"Host", "a"}, {"Expect", expected}});
    EXPECT_EQ(StatusOf(CheckHead(request, {"/", 11})), status) << expected;
  }
}

// T-25: what stands in a query stands in logs.
TEST(QueryHoldsCredential, KnowsNamesAndShapes) {
  const std::string token = std::string("vela_") + "live_0123456789abcdefghij";
  const std::vector<std::string> refused = {
      "access_token=x",
      "a=1&api_key=x",
      "apikey=x",
      "API_KEY=x",
      "api%5Fkey=x",
      "token=",
      "a=1;token=x",
      "authorization=Basic",
      "client_secret=x",
      "x=" + token,
      token,
      "x=vela%5Flive_" + token.substr(10),
      "x=%76ela_live_" + token.substr(10),
      "a&b&x-api-key",
  };
  for (const std::string& query : refused) {
    EXPECT_TRUE(QueryHoldsCredential(query)) << query;
  }
  for (const std::string query :
       {"", "a=1&b=2", "cursor=abc", "tokens=3", "key=env", "q=vela_live_",
        "%zz", "a=token", "&&&"}) {
    EXPECT_FALSE(QueryHoldsCredential(query)) << query;
  }
}

std::vector<IpNetwork> Trusted() {
  return {*ParseIpNetwork("10.0.0.0/8"), *ParseIpNetwork("2001:db8::/32")};
}

std::string ClientText(const std::vector<HttpHeader>& headers,
                       const char* peer) {
  const auto client = ClientOf(With(headers), *ParseIpAddress(peer), Trusted());
  return client ? client->Text() : "refused";
}

// T-08: the rightmost hop that is no proxy of ours, and nothing that a client
// can write down itself.
TEST(ClientOf, IsTheRightmostUntrustedHop) {
  struct Case {
    const char* peer;
    const char* forwarded;
    const char* client;
  };
  const std::vector<Case> cases = {
      {"203.0.113.9", "198.51.100.1", "203.0.113.9"},
      {"203.0.113.9", "nonsense", "203.0.113.9"},
      {"10.0.0.1", "198.51.100.1", "198.51.100.1"},
      {"10.0.0.1", "192.0.2.66, 198.51.100.1", "198.51.100.1"},
      {"10.0.0.1", "192.0.2.66,198.51.100.1 , 10.9.9.9", "198.51.100.1"},
      {"10.0.0.1", "10.1.1.1, 10.2.2.2", "10.1.1.1"},
      {"10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"},
      {"2001:db8::1", "2001:4860::1, 2001:db8::2", "2001:4860::1"},
      {"10.0.0.1", "", "refused"},
      {"10.0.0.1", "unknown", "refused"},
      {"10.0.0.1", "198.51.100.1,", "refused"},
      {"10.0.0.1", "nonsense, 198.51.100.1", "refused"},
      {"10.0.0.1", "198.51.100.1:80", "refused"},
  };
  for (const Case& want : cases) {
    EXPECT_EQ(ClientText({{"X-Forwarded-For", want.forwarded}}, want.peer),
              want.client)
        << want.forwarded;
  }
}

TEST(ClientOf, RefusesTwoAndTooMany) {
  EXPECT_EQ(ClientText({{"X-Forwarded-For", "198.51.100.1"},
                        {"x-forwarded-for", "198.51.100.1"}},
                       "10.0.0.1"),
            "refused");
  std::string many = "10.0.0.1";
  for (int i = 0; i < 32; ++i) many += ",10.0.0.1";
  EXPECT_EQ(ClientText({{"X-Forwarded-For", many}}, "10.0.0.1"), "refused");
  EXPECT_EQ(ClientText({}, "10.0.0.1"), "10.0.0.1");
}

TEST(IsRequestId, IsShortAndHarmless) {
  EXPECT_TRUE(IsRequestId("3f2a-b.c_D"));
  for (const std::string& text :
       {std::string(), std::string(129, 'a'), std::string("a b"),
        std::string("a\"b"), std::string("a/b"),
        std::string("sk_") + "live_0123456789abcdef"}) {
    EXPECT_FALSE(IsRequestId(text)) << text;
  }
}

}  // namespace
}  // namespace writ::reconciler::gateway
