// The CI files that `writ init` writes: those of ci/templates, for the host
// that the folder's git repository is at home on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace writ::reconciler {

struct CiFile {
  std::string_view path;  // in a configuration repository
  std::string_view text;
};

enum class CiHost : std::uint8_t { kNone, kGithub, kGitlab };

// By what lies in the folder (.github, .gitlab-ci.yml), else by where its git
// repository's remotes point.
CiHost FindCiHost(const std::filesystem::path& folder);

// Empty for kNone.
std::span<const CiFile> CiFilesOf(CiHost host);

}  // namespace writ::reconciler
