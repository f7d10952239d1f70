#include "reconciler/gateway/access/original_request.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace writ::reconciler::gateway {
namespace {

HttpRequest Ask(const std::string& method, const std::string& uri) {
  HttpRequest request;
  request.method = "GET";
  request.path = "/authz";
  request.by_trusted_proxy = true;
  request.headers = {{"x-original-method", method}, {"X-Original-URI", uri}};
  return request;
}

TEST(OriginalRequest, IsWhatNginxSays) {
  const auto original = ReadOriginalRequest(
      Ask("POST", "/api/v1/my%20inbox?page=2&x=/../"), ProxyDialect::kNginx);
  ASSERT_TRUE(original);
  EXPECT_EQ(original->method, "POST");
  EXPECT_EQ(original->segments,
            (std::vector<std::string>{"api", "v1", "my inbox"}));
}

TEST(OriginalRequest, IsWhatTraefikSays) {
  HttpRequest request = Ask("GET", "/other");
  request.headers.push_back({"X-Forwarded-Method", "HEAD"});
  request.headers.push_back({"X-Forwarded-Uri", "/api"});
  const auto original = ReadOriginalRequest(request, ProxyDialect::kTraefik);
  ASSERT_TRUE(original);
  EXPECT_EQ(original->method, "GET");
  EXPECT_EQ(original->segments, std::vector<std::string>{"api"});
}

TEST(OriginalRequest, IsWhatStandsBehindEnvoysPrefix) {
  HttpRequest request = Ask("GET", "/other");
  request.method = "DELETE";
  request.path = "/authz/api/v1/tags/7";
  const auto original = ReadOriginalRequest(request, ProxyDialect::kEnvoy);
  ASSERT_TRUE(original);
  EXPECT_EQ(original->method, "DELETE");
  EXPECT_EQ(original->segments,
            (std::vector<std::string>{"api", "v1", "tags", "7"}));
}

bool IsRefused(const HttpRequest& request, ProxyDialect dialect) {
  const auto original = ReadOriginalRequest(request, dialect);
  if (original) return false;
  EXPECT_EQ(original.error().code, ErrorCode::kDenied);
  return true;
}

// T-08
TEST(OriginalRequest, OnlyATrustedProxyMaySay) {
  HttpRequest request = Ask("GET", "/api");
  request.by_trusted_proxy = false;
  for (const ProxyDialect dialect :
       {ProxyDialect::kNginx, ProxyDialect::kTraefik, ProxyDialect::kEnvoy}) {
    EXPECT_TRUE(IsRefused(request, dialect));
  }
}

// T-08
TEST(OriginalRequest, MissingOrRepeatedHeadersAreRefused) {
  HttpRequest request = Ask("GET", "/api");
  request.headers.pop_back();
  EXPECT_TRUE(IsRefused(request, ProxyDialect::kNginx));
  request = Ask("GET", "/api");
  request.headers.erase(request.headers.begin());
  EXPECT_TRUE(IsRefused(request, ProxyDialect::kNginx));
  request = Ask("GET", "/api");
  request.headers.push_back({"X-ORIGINAL-URI", "/api"});
  EXPECT_TRUE(IsRefused(request, ProxyDialect::kNginx));
  request = Ask("GET", "/api");
  request.headers.push_back({"X-Original-Method", "GET"});
  EXPECT_TRUE(IsRefused(request, ProxyDialect::kNginx));
  // Another dialect's say nothing.
  EXPECT_TRUE(IsRefused(Ask("GET", "/api"), ProxyDialect::kTraefik));
}

// T-08
TEST(OriginalRequest, WhatCouldBeReadInTwoWaysIsRefused) {
  for (const char* uri : {"",
                          "api",
                          "http://other/api",
                          "//api",
                          "/api//x",
                          "/api/../admin",
                          "/api/./x",
                          "/api/%2e%2e/x",
                          "/api/%2E./x",
                          "/api%2fx",
                          "/api%2Fx",
                          "/api%5cx",
                          "/api\\x",
                          "/api/x;y=1",
                          "/api/%3bx",
                          "/api/%00",
                          "/api/%",
                          "/api/%zz",
                          "/api/%252e%252e/x",
                          "/api/%ff",
                          "/api/\xff",
                          "/api/x#y",
                          "/api/ x",
                          "/api/%0d%0aX: y",
                          "/.."}) {
    EXPECT_TRUE(IsRefused(Ask("GET", uri), ProxyDialect::kNginx)) << uri;
  }
}

// T-08
TEST(OriginalRequest, HeadIsGetAndOverridesMeanNothing) {
  HttpRequest request = Ask("HEAD", "/api");
  request.headers.push_back({"X-HTTP-Method-Override", "DELETE"});
  request.headers.push_back({"X-Forwarded-Method", "DELETE"});
  request.headers.push_back({"X-Rewrite-URL", "/admin"});
  const auto original = ReadOriginalRequest(request, ProxyDialect::kNginx);
  ASSERT_TRUE(original);
  EXPECT_EQ(original->method, "GET");
  EXPECT_EQ(original->segments, std::vector<std::string>{"api"});
  for (const char* method : {"", "get", "GE T", "GET,POST", "G\tET"}) {
    EXPECT_TRUE(IsRefused(Ask(method, "/api"), ProxyDialect::kNginx));
  }
}

TEST(ProxyDialect, AreThree) {
  EXPECT_EQ(ParseProxyDialect("nginx"), ProxyDialect::kNginx);
  EXPECT_EQ(ParseProxyDialect("envoy"), ProxyDialect::kEnvoy);
  EXPECT_EQ(ParseProxyDialect("traefik"), ProxyDialect::kTraefik);
  EXPECT_FALSE(ParseProxyDialect("Nginx"));
}

}  // namespace
}  // namespace writ::reconciler::gateway
