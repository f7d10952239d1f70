// The digest of all that is desired, kept so that it can follow a change
// without reading the rest: addresses fall into 4,096 buckets by their digest;
// a bucket's digest covers its sorted (address, content digest) pairs, and the
// whole covers the buckets. Empty buckets count as zeros.
//
// Pure; one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/digest.h"
#include "schema/resource_id.h"

namespace writ::engine {

inline constexpr std::uint32_t kDesiredBuckets = 4096;

std::uint32_t BucketOf(std::string_view address);

// REQUIRES: sorted by address, all of one bucket.
Digest BucketDigest(const std::vector<std::pair<std::string, Digest>>& entries);

class DesiredDigest {
 public:
  DesiredDigest();
  // From the concatenated digests that Serialize() gave; of any other size:
  // empty.
  explicit DesiredDigest(std::string_view serialized);

  void SetBucket(std::uint32_t bucket, const Digest& digest);
  Digest Whole() const;
  std::string Serialize() const;  // 4,096 × 32 bytes

 private:
  std::vector<Digest> buckets_;
};

}  // namespace writ::engine
