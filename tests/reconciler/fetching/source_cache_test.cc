// Fetches from git's own http backend, and from servers that misbehave (T-22).
#include "reconciler/fetching/source_cache.h"

#include <atomic>
#include <fstream>
#include <string>
#include <thread>

#include "tests/reconciler/fetching/fetching_fixture.h"
#include "tests/support/test_certificate.h"

namespace writ::reconciler {
namespace {

using testing::AnswerAsGit;
using testing::HttpServer;
using testing::ReceivedRequest;
using testing::ScriptedResponse;
using testing::TestCertificate;

class SourceCache : public FetchingFixture {};

TEST_F(SourceCache, FollowsBranchesTagsAndTheDefaultOne) {
  EXPECT_EQ(Fetched(FileUrl()), first_);
  git_.Write("a", "2\n");
  const std::string second = git_.Commit("Second");
  git_.Git({"tag", "v1", first_});
  git_.Git({"switch", "--quiet", "-c", "side"});
  const std::string side = git_.Commit("Side");
  EXPECT_EQ(Fetched(FileUrl(), "refs/heads/main"), second);
  EXPECT_EQ(Fetched(FileUrl(), "v1"), first_);
  EXPECT_EQ(Fetched(FileUrl(), "side"), side);
  EXPECT_EQ(Fetched(FileUrl()), side);  // HEAD of the other side
  git_.Git({"switch", "--quiet", "main"});
  git_.Git({"branch", "--quiet", "-D", "side"});
  git_.Git({"reset", "--quiet", "--hard", first_});
  EXPECT_EQ(Fetched(FileUrl()), first_);
  EXPECT_EQ(git_.GitIn(copy_, {"branch", "--list", "side"}), "");
}

TEST_F(SourceCache, TakesAnotherRefWhereOneIsAskedFor) {
  const std::string pull = CommitNoise(10);
  git_.Git({"update-ref", "refs/pull/7/head", pull});
  git_.Git({"reset", "--quiet", "--hard", first_});
  options_.ref = "refs/pull/7/head";
  EXPECT_EQ(Fetched(FileUrl(), "refs/pull/7/head"), pull);
}

TEST_F(SourceCache, FetchesOverHttp) {
  const HttpServer server(AsGit());
  const std::string url = server.url() + "/repo";
  EXPECT_EQ(Fetched(url), first_);
  const std::string second = CommitNoise(100'000);
  EXPECT_EQ(Fetched(url), second);
  ExpectSound();
}

TEST_F(SourceCache, AsksAuthoritiesThatAreKnown) {
  const TestCertificate certificate;
  const HttpServer server(AsGit(), &certificate);
  // mbedTLS, which libgit2 uses, finds no addresses in certificates.
  const std::string url =
      "https://localhost:" + std::to_string(server.port()) + "/repo";
  const Error unknown = Failure(url);
  EXPECT_EQ(unknown.code, ErrorCode::kPermission);
  EXPECT_TRUE(Has(unknown, "is not one of an authority that is known here"));
  EXPECT_TRUE(Has(unknown, "WRIT_CA_FILE"));
  options_.ca_file = certificate.ca_file();
  EXPECT_EQ(Fetched(url), first_);
  options_.ca_file = certificate.key_file();
  EXPECT_TRUE(Has(Failure(url), "can't read the authorities in"));
}

TEST_F(SourceCache, ACertificateForAnotherNameIsRefused) {
  TestCertificate::Options names;
  names.names = "DNS:git.example.org";
  const TestCertificate certificate(names);
  const HttpServer server(AsGit(), &certificate);
  options_.ca_file = certificate.ca_file();
  const std::string url =
      "https://localhost:" + std::to_string(server.port()) + "/repo";
  EXPECT_EQ(Failure(url).code, ErrorCode::kPermission);
}

TEST_F(SourceCache, ATokenOpensAPrivateRepository) {
  const HttpServer server([&](const ReceivedRequest& request) {
    // "git:s3cret-token"
    if (request.Header("authorization") != "Basic Z2l0OnMzY3JldC10b2tlbg==") {
      return ScriptedResponse{
          .status = 401,
          .headers = {{"WWW-Authenticate", "Basic realm=\"git\""}}};
    }
    return AnswerAsGit(git_.root(), request);
  });
  const std::string url = server.url() + "/repo";
  EXPECT_TRUE(Has(Failure(url), "WRIT_GIT_TOKEN"));
  options_.token = SecretValue::Copy("wr0ng-token");
  const Error refused = Failure(url);
  EXPECT_TRUE(Has(refused, "doesn't take our token"));
  EXPECT_FALSE(Has(refused, "wr0ng"));
  // Asked twice, not for ever.
  EXPECT_LT(server.received().size(), 6u);
  options_.token = SecretValue::Copy("s3cret-token");
  EXPECT_EQ(Fetched(url), first_);
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(options_.cache_folder)) {
    if (!entry.is_regular_file()) continue;
    EXPECT_EQ(testing::GitFixture::ReadFile(entry.path()).find("s3cret"),
              std::string::npos)
        << entry.path();
  }
}

TEST_F(SourceCache, WhatIsNotThereIsSaid) {
  const HttpServer server(AsGit());
  const Error none = Failure(server.url() + "/other");
  EXPECT_EQ(none.code, ErrorCode::kNotFound);
  EXPECT_TRUE(Has(none, "there is no repository there"));
  EXPECT_TRUE(Has(none, "while fetching " + server.url() + "/other"));
  EXPECT_EQ(Failure("file:///nowhere/at/all").code, ErrorCode::kNotFound);
}

// Nobody else gets to see the token, or to say what is applied.
TEST_F(SourceCache, ARedirectToAnotherHostIsNotFollowed) {
  const TestCertificate certificate;
  const HttpServer target(AsGit(), &certificate);
  const HttpServer server(
      [&](const ReceivedRequest& request) {
        return ScriptedResponse{
            .status = 302,
            .headers = {{"Location", target.url() + request.target}}};
      },
      &certificate);
  options_.ca_file = certificate.ca_file();
  options_.token = SecretValue::Copy("s3cret-token");
  const Error error =
      Failure("https://localhost:" + std::to_string(server.port()) + "/repo");
  EXPECT_EQ(error.code, ErrorCode::kPermission) << Describe(error);
  EXPECT_TRUE(Has(error, "leads elsewhere"));
  EXPECT_TRUE(target.received().empty());
}

// Another port of the host is another origin: whoever listens there would be
// handed the token.
TEST_F(SourceCache, ARedirectToAnotherPortIsNotFollowed) {
  const TestCertificate certificate;
  const TestCertificate* const none = nullptr;
  for (const TestCertificate* with : {&certificate, none}) {
    const HttpServer target(AsGit(), with);
    const std::string there = "localhost:" + std::to_string(target.port());
    const std::string scheme = with == nullptr ? "http://" : "https://";
    const HttpServer server(
        [&](const ReceivedRequest& request) {
          if (request.Header("authorization").empty()) {
            return ScriptedResponse{
                .status = 401,
                .headers = {{"WWW-Authenticate", "Basic realm=\"git\""}}};
          }
          return ScriptedResponse{
              .status = 302,
              .headers = {{"Location", scheme + there + request.target}}};
        },
        with);
    options_.ca_file = certificate.ca_file();
    options_.token = SecretValue::Copy("s3cret-token");
    const Error error = Failure(
        scheme + "localhost:" + std::to_string(server.port()) + "/repo");
    EXPECT_EQ(error.code, ErrorCode::kPermission) << Describe(error);
    EXPECT_TRUE(Has(error, "leads elsewhere, to " + there));
    EXPECT_FALSE(Has(error, "s3cret"));
    EXPECT_TRUE(target.received().empty());
  }
}

// A repository that was renamed on its host.
TEST_F(SourceCache, ARedirectWithinTheOriginIsFollowed) {
  const HttpServer server([&](const ReceivedRequest& request) {
    if (request.path().starts_with("/repo/")) {
      return AnswerAsGit(git_.root(), request);
    }
    return ScriptedResponse{
        .status = 301,
        .headers = {{"Location", "/repo" + request.target.substr(
                                               request.target.find("/info"))}}};
  });
  EXPECT_EQ(Fetched(server.url() + "/old-name"), first_);
}

TEST_F(SourceCache, ASilentServerEndsInAnErrorThatNamesIt) {
  const HttpServer server([](const ReceivedRequest&) {
    return ScriptedResponse{.ending = ScriptedResponse::Ending::kSilence};
  });
  options_.timeout = std::chrono::seconds(2);
  const Error error = Failure(server.url() + "/repo");
  EXPECT_EQ(error.code, ErrorCode::kIo);
  EXPECT_TRUE(Has(error, "127.0.0.1:" + std::to_string(server.port()) +
                             " didn't answer within 2s: waited for a"));
  EXPECT_TRUE(Has(error, "--fetch-timeout"));
}

TEST_F(SourceCache, SilentInTheMiddleItSaysWhatWasWaitedFor) {
  Fetched(FileUrl());
  const HttpServer server([&](const ReceivedRequest& request) {
    if (request.method == "POST") {
      return ScriptedResponse{.ending = ScriptedResponse::Ending::kSilence};
    }
    return AnswerAsGit(git_.root(), request);
  });
  options_.timeout = std::chrono::seconds(5);
  EXPECT_EQ(Failure(server.url() + "/repo").code, ErrorCode::kIo);
}

TEST_F(SourceCache, NonsenseIsAnError) {
  for (const char* body :
       {"", "ffff nonsense", "0000", "001e# service=git-", "zzzz"}) {
    const HttpServer server([&](const ReceivedRequest&) {
      return ScriptedResponse{
          .headers = {{"Content-Type",
                       "application/x-git-upload-pack-advertisement"}},
          .body = body};
    });
    Failure(server.url() + "/repo");
  }
}

TEST_F(SourceCache, TooMuchIsRefused) {
  const std::string noise = CommitNoise(std::size_t{3} << 20);
  const HttpServer server(AsGit());
  const std::string url = server.url() + "/repo";
  options_.max_bytes = 1u << 20;
  const Error error = Failure(url);
  EXPECT_EQ(error.code, ErrorCode::kLimit) << Describe(error);
  EXPECT_TRUE(Has(error, "larger than 1 MiB, the limit of a fetch"));
  options_.max_bytes = 1u << 30;
  EXPECT_EQ(Fetched(url), noise);
}

TEST_F(SourceCache, AFetchThatBreaksOffLeavesTheCopySound) {
  std::atomic<bool> breaks = false;
  const HttpServer server([&](const ReceivedRequest& request) {
    ScriptedResponse response = AnswerAsGit(git_.root(), request);
    if (breaks && request.method == "POST") {
      response.body.resize(response.body.size() / 2);
    }
    return response;
  });
  const std::string url = server.url() + "/repo";
  Fetched(url);
  const std::string second = CommitNoise(std::size_t{1} << 20);
  breaks = true;
  Failure(url);
  ExpectSound();
  EXPECT_EQ(git_.GitIn(copy_, {"rev-parse", "main"}), first_);
  breaks = false;
  EXPECT_EQ(Fetched(url), second);
  ExpectSound();
}

TEST_F(SourceCache, ABrokenCopyIsMadeAnew) {
  Fetched(FileUrl());
  std::ofstream(copy_ + "/HEAD", std::ios::trunc) << "garbage";
  EXPECT_EQ(Fetched(FileUrl()), first_);
  std::filesystem::remove_all(copy_ + "/objects");
  EXPECT_EQ(Fetched(FileUrl()), first_);
  ExpectSound();
}

TEST_F(SourceCache, LeftoversOfAKilledFetchGo) {
  Fetched(FileUrl());
  const std::string left = copy_ + "/objects/pack/pack_git2_0000";
  std::ofstream(left) << "half a pack";
  std::ofstream(copy_ + "/refs/heads/main.lock") << "x";
  const std::string second = CommitNoise(10);
  EXPECT_EQ(Fetched(FileUrl(), "main"), second);
  EXPECT_FALSE(std::filesystem::exists(left));
}

TEST_F(SourceCache, SeveralFetchOneAfterTheOther) {
  CommitNoise(100'000);
  const auto url = ParseSourceUrl(FileUrl()).value();
  std::atomic<int> done = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        FetchOptions options;
        options.program = options_.program;
        options.cache_folder = options_.cache_folder;
        options.home = options_.home;
        options.timeout = options_.timeout;
        if (FetchSource(url, options)) ++done;
      });
    }
  }
  EXPECT_EQ(done, 4);
  copy_ = CopyFolderOf(url, options_.cache_folder);
  ExpectSound();
}

TEST_F(SourceCache, TheCacheIsTheUsersAlone) {
  Fetched(FileUrl());
  EXPECT_EQ(std::filesystem::status(options_.cache_folder).permissions(),
            std::filesystem::perms::owner_all);
}

TEST_F(SourceCache, AWorkerThatIsNotThereIsAnError) {
  options_.program = "/nowhere/writ";
  EXPECT_EQ(Failure(FileUrl()).code, ErrorCode::kNotFound);
  options_.program = "/bin/true";
  EXPECT_TRUE(Has(Failure(FileUrl()), "ended unexpectedly"));
}

}  // namespace
}  // namespace writ::reconciler
