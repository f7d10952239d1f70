#include "reconciler/cli/ci_files.h"

#include <algorithm>
#include <fstream>
#include <string>

namespace writ::reconciler {
namespace {

bool IsThere(const std::filesystem::path& path) {
  std::error_code failed;
  return std::filesystem::exists(path, failed);
}

// What follows the user's name and before the path: "git@HOST:…",
// "https://HOST/…".
std::string_view HostOf(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find('/'));
  const std::size_t user = url.rfind('@');
  if (user != std::string_view::npos) url.remove_prefix(user + 1);
  return url.substr(0, url.find(':'));
}

}  // namespace

CiHost FindCiHost(const std::filesystem::path& folder) {
  if (IsThere(folder / ".github")) return CiHost::kGithub;
  if (IsThere(folder / ".gitlab-ci.yml")) return CiHost::kGitlab;
  std::ifstream config(folder / ".git" / "config");
  for (std::string line; std::getline(config, line);) {
    const std::size_t key = line.find_first_not_of(" \t");
    if (key == std::string::npos || !line.substr(key).starts_with("url")) {
      continue;
    }
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    std::string_view url = std::string_view(line).substr(equals + 1);
    url.remove_prefix(std::min(url.find_first_not_of(' '), url.size()));
    const std::string_view host = HostOf(url);
    if (host.find("github") != std::string_view::npos) return CiHost::kGithub;
    if (host.find("gitlab") != std::string_view::npos) return CiHost::kGitlab;
  }
  return CiHost::kNone;
}

}  // namespace writ::reconciler
