// Short forms that the tests of sources share.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "manifests/source/source.h"

namespace writ::manifests {

inline SourceRequest At(const std::filesystem::path& path,
                        std::string ref = "HEAD") {
  SourceRequest request;
  request.path = path.string();
  request.ref = std::move(ref);
  return request;
}

inline SourceRequest WorkingTree(const std::filesystem::path& path) {
  SourceRequest request = At(path);
  request.working_tree = true;
  return request;
}

inline std::unique_ptr<Source> Open(const SourceRequest& request) {
  auto source = OpenSource(request);
  if (!source) {
    ADD_FAILURE() << Describe(source.error());
    throw std::runtime_error(source.error().message);
  }
  return std::move(*source);
}

inline std::vector<std::string> Paths(Source& source,
                                      Diagnostics& diagnostics) {
  const auto entries = source.List(diagnostics);
  if (!entries) {
    ADD_FAILURE() << Describe(entries.error());
    return {};
  }
  std::vector<std::string> paths;
  for (const SourceEntry& entry : *entries) paths.push_back(entry.path);
  return paths;
}

inline std::vector<std::string> Paths(Source& source) {
  Diagnostics diagnostics;
  std::vector<std::string> paths = Paths(source, diagnostics);
  EXPECT_TRUE(diagnostics.empty());
  return paths;
}

// "code path" of each diagnostic, sorted.
inline std::vector<std::string> Codes(Diagnostics diagnostics) {
  diagnostics.Sort();
  std::vector<std::string> codes;
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    codes.push_back(diagnostic.code + " " + diagnostic.locations.at(0).file);
  }
  return codes;
}

inline Result<std::string> TryRead(Source& source, const std::string& path) {
  auto entry = TRY(source.Find(path));
  if (!entry) return Fail(ErrorCode::kNotFound, "Find has no " + path);
  const auto reader = TRY(source.NewReader());
  return reader->Read(*entry);
}

inline std::string Read(Source& source, const std::string& path) {
  const auto text = TryRead(source, path);
  EXPECT_TRUE(text.has_value()) << (text ? "" : Describe(text.error()));
  return text.value_or("");
}

// Runs `check` in a child that has dropped root's rights; true when it did.
inline bool HoldsWithoutRights(const std::function<bool()>& check) {
  const pid_t child = ::fork();
  if (child == 0) {
    constexpr unsigned kNobody = 65534;
    const bool dropped =
        ::getuid() != 0 || (::setgid(kNobody) == 0 && ::setuid(kNobody) == 0);
    ::_exit(dropped && check() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace writ::manifests
