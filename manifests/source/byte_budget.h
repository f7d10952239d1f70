// How many bytes the readers of one source may still hand over, together.
//
// Safe from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "schema/result.h"

namespace writ::manifests {

class ByteBudget {
 public:
  explicit ByteBudget(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}

  // kLimit once more than the budget was taken.
  Status Take(std::uint64_t bytes) {
    if (taken_.fetch_add(bytes) + bytes <= max_bytes_) return {};
    return Fail(ErrorCode::kLimit, "the files read come to more than " +
                                       std::to_string(max_bytes_) +
                                       " bytes, the limit of a source");
  }

 private:
  const std::uint64_t max_bytes_;
  std::atomic<std::uint64_t> taken_{0};
};

}  // namespace writ::manifests
