// A git repository to be opened as a source, and what is committed to it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "manifests/source/source.h"
#include "tests/manifests/source/source_test_support.h"
#include "tests/support/git_fixture.h"

namespace writ::manifests {

class GitSource : public ::testing::Test {
 protected:
  // Three manifests and a file that is none.
  std::string CommitSample() {
    git_.Write("writ.yaml", "kind: Repository\n");
    git_.Write("manifests/a.yaml", "a: 1\n");
    git_.Write("manifests/deep/b.yml", "b: 2\n");
    git_.Write("README.md", "hello\n");
    return git_.Commit("Add manifests\n\nAnd say why.");
  }

  void ExpectSample(const std::filesystem::path& path) {
    auto source = Open(At(path));
    EXPECT_THAT(Paths(*source),
                ::testing::ElementsAre("manifests/a.yaml",
                                       "manifests/deep/b.yml", "writ.yaml"));
    EXPECT_EQ(Read(*source, "manifests/deep/b.yml"), "b: 2\n");
  }

  Error FailureOf(const SourceRequest& request) {
    auto source = OpenSource(request);
    if (source) {
      ADD_FAILURE() << "it opened";
      return {};
    }
    return source.error();
  }

  std::filesystem::path ObjectPath(const std::string& id) {
    return git_.repository() / ".git/objects" / id.substr(0, 2) / id.substr(2);
  }

  testing::GitFixture git_;
};

}  // namespace writ::manifests
