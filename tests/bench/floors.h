// Work that a plan's time is held against, so that figures stay comparable
// between machines. Each runs as a process of its own (see plan_bench.cc),
// start and end included, as writ is measured.
#pragma once

#include <string>

namespace writ::bench {

// Every YAML blob of HEAD is read through libgit2 and parsed with yaml-cpp's
// events, which go nowhere, on as many threads as there are cores. Returns how
// many blobs; ends the process on any error.
int ParseEveryBlob(const std::string& repository);

// What a plan without a remembered base can't avoid: HEAD's trees are walked
// through libgit2, and every address with its digest is read from the state.
// Returns how many rows.
int WalkTreeAndRows(const std::string& repository,
                    const std::string& state_database);

}  // namespace writ::bench
