// What a process asked of the system, as strace wrote it down.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/run_writ.h"

namespace writ::e2e {

struct SystemCall {
  std::string line;  // as it stands in the trace
  std::string name;  // "openat"
  std::string path;  // its first text; empty: none
};

struct Traced {
  testing::Ran ran;
  std::vector<SystemCall> calls;
};

// Runs under strace -f with the calls about files, network and processes.
// Nothing where strace is missing or may not trace.
std::optional<Traced> Trace(testing::Invocation invocation,
                            const std::filesystem::path& trace);

bool IsBelow(const std::string& path, const std::filesystem::path& folder);

// True for calls that look at a name and open nothing.
bool OnlyLooks(const SystemCall& call);

// Libraries, time zones, the kernel's view of the process, git's own
// configuration, the host file.
bool IsOfTheSystem(const std::string& path);

}  // namespace writ::e2e
