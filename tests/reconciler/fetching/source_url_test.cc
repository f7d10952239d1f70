#include "reconciler/fetching/source_url.h"

#include <gtest/gtest.h>

#include <string>

namespace writ::reconciler {
namespace {

TEST(SourceUrl, TakesWhatGitTakes) {
  struct Case {
    const char* text;
    SourceScheme scheme;
    const char* host;
  };
  for (const Case& c :
       {Case{"https://git.example.org/acme/config", SourceScheme::kHttps,
             "git.example.org"},
        Case{"https://git.example.org:8443/acme/config.git",
             SourceScheme::kHttps, "git.example.org:8443"},
        Case{"http://127.0.0.1:8080/r", SourceScheme::kHttp, "127.0.0.1:8080"},
        Case{"http://localhost/r", SourceScheme::kHttp, "localhost"},
        Case{"http://[::1]:80/r", SourceScheme::kHttp, "[::1]:80"},
        Case{"ssh://git@git.example.org:2222/r", SourceScheme::kSsh,
             "git.example.org:2222"},
        Case{"git@git.example.org:acme/config.git", SourceScheme::kSsh,
             "git.example.org"},
        Case{"file:///srv/git/config", SourceScheme::kFile, ""}}) {
    ASSERT_TRUE(IsSourceUrl(c.text)) << c.text;
    const auto url = ParseSourceUrl(c.text);
    ASSERT_TRUE(url) << c.text << ": " << url.error().message;
    EXPECT_EQ(url->text, c.text);
    EXPECT_EQ(url->scheme, c.scheme) << c.text;
    EXPECT_EQ(url->host, c.host) << c.text;
  }
}

TEST(SourceUrl, PathsAreNone) {
  for (const char* text : {".", "a/b", "/srv/git", "C", "a:b", "dir/a@b:c",
                           "./x@y:z", "@host:x", ""}) {
    EXPECT_FALSE(IsSourceUrl(text)) << text;
  }
}

// T-25: what anybody on the way could change is not applied.
TEST(SourceUrl, PlainHttpIsForTheLoopback) {
  for (const char* text :
       {"http://git.example.org/r", "http://127.0.0.1.example.org/r",
        "http://localhost.example.org:80/r", "http://10.0.0.1/r"}) {
    const auto url = ParseSourceUrl(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().remedy, "use https") << text;
  }
}

TEST(SourceUrl, OtherSchemesAreRefused) {
  for (const char* text :
       {"git://host/r", "ftp://host/r", "ext::sh://x/y", "HTTPS://host/r"}) {
    const auto url = ParseSourceUrl(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code, ErrorCode::kUnsupported) << text;
  }
}

TEST(SourceUrl, APasswordIsRefusedAndNotRepeated) {
  for (const char* text :
       {"https://ana:hunter2@host/r", "https://hunter2@host/r",
        "ssh://ana:hunter2@host/r", "http://x:hunter2@localhost/r"}) {
    const auto url = ParseSourceUrl(text);
    ASSERT_FALSE(url) << text;
    EXPECT_NE(url.error().message.find("user or password"), std::string::npos);
    EXPECT_EQ((url.error().message + url.error().remedy).find("hunter2"),
              std::string::npos);
  }
}

TEST(SourceUrl, WhatIsMalformedIsRefused) {
  for (const char* text :
       {"https://", "https://host", "https:///r", "https://host/",
        "https://-oProxyCommand=x/r", "ssh://-oProxyCommand=x/r", "-x@host:r",
        "git@-host:r", "git@host:", "file://host/r", "file:///",
        "https://host/r?x=1", "https://host/r#x", "https://host/a b",
        "https://host/a\nb", "https://:443/r"}) {
    EXPECT_FALSE(ParseSourceUrl(text)) << text;
  }
}

}  // namespace
}  // namespace writ::reconciler
