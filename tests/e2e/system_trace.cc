#include "tests/e2e/system_trace.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace writ::e2e {
namespace {

// "1234  openat(AT_FDCWD, "/path", O_RDONLY) = 3"; what resumes an unfinished
// call, exits and signals have no name here.
SystemCall Parse(const std::string& line) {
  SystemCall call;
  call.line = line;
  std::size_t at = 0;
  while (at < line.size() &&
         (std::isdigit(static_cast<unsigned char>(line[at])) != 0 ||
          line[at] == ' ')) {
    ++at;
  }
  const std::size_t open = line.find('(', at);
  if (open == std::string::npos || line[at] == '<') return call;
  call.name = line.substr(at, open - at);
  const std::size_t quote = line.find('"', open);
  if (quote == std::string::npos) return call;
  const std::size_t end = line.find('"', quote + 1);
  call.path = line.substr(quote + 1, end - quote - 1);
  return call;
}

template <std::size_t kSize>
bool Contains(const std::array<const char*, kSize>& texts,
              const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

}  // namespace

std::optional<Traced> Trace(testing::Invocation invocation,
                            const std::filesystem::path& trace) {
  invocation.wrapper = {"strace",       "-f", "-o",
                        trace.string(), "-e", "trace=%file,%network,%process"};
  // The leak sanitizer traces as well, and a process has one tracer.
  invocation.variables.emplace_back("ASAN_OPTIONS", "detect_leaks=0");
  Traced traced;
  try {
    traced.ran = testing::RunWrit(invocation);
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
  if (traced.ran.err.find("strace: ") != std::string::npos) {
    return std::nullopt;
  }
  std::ifstream stream(trace);
  for (std::string line; std::getline(stream, line);) {
    SystemCall call = Parse(line);
    if (!call.name.empty()) traced.calls.push_back(std::move(call));
  }
  return traced;
}

bool IsBelow(const std::string& path, const std::filesystem::path& folder) {
  const std::string prefix = folder.string();
  return path == prefix || path.starts_with(prefix + "/");
}

bool OnlyLooks(const SystemCall& call) {
  static constexpr std::array<const char*, 11> kLooks = {
      "stat",       "lstat",    "newfstatat", "statx",  "access", "faccessat",
      "faccessat2", "readlink", "readlinkat", "statfs", "getcwd"};
  return Contains(kLooks, call.name);
}

bool IsOfTheSystem(const std::string& path) {
  static constexpr std::array kPlaces = {"/lib",
                                         "/lib64",
                                         "/usr/lib",
                                         "/usr/local/lib",
                                         "/usr/share/zoneinfo",
                                         "/usr/share/locale",
                                         "/proc/self",
                                         "/proc/sys/vm",
                                         "/sys/devices/system/cpu",
                                         "/dev/urandom",
                                         "/dev/null",
                                         "/etc/ld.so.cache",
                                         "/etc/ld.so.preload",
                                         "/etc/localtime",
                                         "/etc/timezone",
                                         "/etc/ssl",
                                         "/etc/gitconfig",
                                         "/etc/writ"};
  return std::any_of(kPlaces.begin(), kPlaces.end(),
                     [&](const char* place) { return IsBelow(path, place); });
}

}  // namespace writ::e2e
