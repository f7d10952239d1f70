#include "engine/state/desired_digest.h"

#include <algorithm>

#include "schema/check.h"

namespace writ::engine {

std::uint32_t BucketOf(std::string_view address) {
  const Digest digest = Sha256(address);
  const std::uint32_t low = digest.bytes[0];
  const std::uint32_t high = digest.bytes[1];
  return (low | (high << 8)) % kDesiredBuckets;
}

Digest BucketDigest(
    const std::vector<std::pair<std::string, Digest>>& entries) {
  if (entries.empty()) return {};
  CHECK(std::is_sorted(
      entries.begin(), entries.end(),
      [](const auto& a, const auto& b) { return a.first < b.first; }));
  Sha256Stream stream;
  for (const auto& [address, digest] : entries) {
    stream.UpdateFramed(address);
    stream.Update(digest.Bytes());
  }
  return stream.Finish();
}

DesiredDigest::DesiredDigest() : buckets_(kDesiredBuckets) {}

DesiredDigest::DesiredDigest(std::string_view serialized) : DesiredDigest() {
  if (serialized.size() != buckets_.size() * Digest::kSize) return;
  for (Digest& bucket : buckets_) {
    bucket = *DigestFromBytes(serialized.substr(0, Digest::kSize));
    serialized.remove_prefix(Digest::kSize);
  }
}

void DesiredDigest::SetBucket(std::uint32_t bucket, const Digest& digest) {
  CHECK(bucket < kDesiredBuckets);
  buckets_[bucket] = digest;
}

Digest DesiredDigest::Whole() const { return Sha256(Serialize()); }

std::string DesiredDigest::Serialize() const {
  std::string bytes;
  bytes.reserve(buckets_.size() * Digest::kSize);
  for (const Digest& bucket : buckets_) bytes += bucket.Bytes();
  return bytes;
}

}  // namespace writ::engine
