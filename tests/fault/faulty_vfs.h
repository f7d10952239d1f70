// SQLite's file system, counting every write, truncation, sync and deletion;
// the Nth of them fails as it is told to.
//
//   kError  returns an I/O error, or "disk full" for even N; once
//   kExit   writes the first half of what was asked for, and the process ends
//   kCut    the power goes: all that wasn't synced is lost
//   kTorn   the power goes: every other write that wasn't synced is lost
#pragma once

#include <cstdint>

namespace writ::testing {

enum class Fault : std::uint8_t { kNone, kError, kExit, kCut, kTorn };

// How the process ends where it crashes.
inline constexpr int kCrashed = 77;

// Becomes the default of this process. Once, before any database is open.
void InstallFaultyVfs(Fault fault, std::int64_t fail_at);

// True when the fault has struck.
bool FaultStruck();

}  // namespace writ::testing
