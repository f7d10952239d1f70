// A repository to be fetched, and a place for copies of it.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "reconciler/fetching/source_cache.h"
#include "tests/support/git_fixture.h"
#include "tests/support/git_http.h"
#include "tests/support/http_server.h"

namespace writ::reconciler {

class FetchingFixture : public ::testing::Test {
 protected:
  FetchingFixture() {
    options_.program = WRIT_FETCH_WORKER;
    options_.cache_folder = (git_.root() / "cache/git").string();
    options_.home = (git_.root() / "home").string();
    // A child of a sanitizer's, on a busy machine.
    options_.timeout = std::chrono::minutes(2);
    git_.Write("a", "1\n");
    first_ = git_.Commit("First");
  }

  Result<std::string> Fetch(const std::string& url) {
    const auto parsed = ParseSourceUrl(url);
    EXPECT_TRUE(parsed) << url;
    if (!parsed) return tl::unexpected(parsed.error());
    copy_ = CopyFolderOf(*parsed, options_.cache_folder);
    return FetchSource(*parsed, options_);
  }
  // The commit that a ref of the copy names after a fetch.
  std::string Fetched(const std::string& url, const std::string& ref = "HEAD") {
    const auto folder = Fetch(url);
    EXPECT_TRUE(folder) << Describe(folder.error()) << " "
                        << folder.error().remedy;
    return folder ? git_.GitIn(*folder, {"rev-parse", ref}) : "";
  }
  Error Failure(const std::string& url) {
    const auto folder = Fetch(url);
    EXPECT_FALSE(folder);
    return folder ? Error{} : folder.error();
  }
  // The copy is whole, whatever happened.
  void ExpectSound() {
    git_.GitIn(copy_, {"fsck", "--no-progress", "--connectivity-only"});
  }

  std::string FileUrl() const { return "file://" + git_.repository().string(); }
  testing::HttpServer::Answer AsGit() const {
    return [root = git_.root()](const testing::ReceivedRequest& request) {
      return testing::AnswerAsGit(root, request);
    };
  }

  // A commit with a file that doesn't compress.
  std::string CommitNoise(std::size_t bytes) {
    std::string text(bytes, '\0');
    std::uint32_t state = 7;
    for (char& c : text) {
      state = state * 1664525u + 1013904223u;
      c = static_cast<char>(state >> 24);
    }
    git_.Write("noise", text);
    return git_.Commit("Noise");
  }

  testing::GitFixture git_;
  FetchOptions options_;
  std::string first_;
  std::string copy_;
};

inline ::testing::AssertionResult Has(const Error& error,
                                      const std::string& part) {
  const std::string text = Describe(error) + "\n" + error.remedy;
  if (text.find(part) != std::string::npos) {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure() << text;
}

}  // namespace writ::reconciler
