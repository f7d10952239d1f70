// Real tokens in files: those whose checksum holds, found offline. A folder is
// walked without following links; .git is left out, everything else is read,
// whatever it is.
//
// A file is read in pieces that overlap, so that its size doesn't matter and no
// token falls between two. Blocks on disk.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "schema/result.h"

namespace writ::reconciler {

struct FoundToken {
  std::string file;          // as the path that was asked for leads to it
  std::uint64_t line = 0;    // from 1
  std::uint64_t column = 0;  // bytes, from 1
  std::string hint;          // what may be shown of it
};

struct TokenScan {
  std::vector<FoundToken> found;  // by file and place
  std::int64_t files = 0;
  std::vector<std::string> unreadable;
};

// kNotFound where there is no such path. `stop` true ends it: kInterrupted.
Result<TokenScan> ScanForTokens(const std::string& path,
                                const std::function<bool()>& stop);

}  // namespace writ::reconciler
