#include "reconciler/controller/desired_buckets.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace writ::reconciler {
namespace {

using Entries = std::vector<std::pair<std::string, Digest>>;

// What a bucket gains (a digest) or loses (none), by address.
using Edits = std::map<std::string, std::optional<Digest>>;

Entries Merge(const Entries& stored, const Edits& edits) {
  std::map<std::string, Digest> merged(stored.begin(), stored.end());
  for (const auto& [address, digest] : edits) {
    if (digest) {
      merged[address] = *digest;
    } else {
      merged.erase(address);
    }
  }
  return {merged.begin(), merged.end()};
}

}  // namespace

engine::DesiredDigest DigestOfAll(const std::vector<Resource>& resources) {
  std::vector<Entries> buckets(engine::kDesiredBuckets);
  for (const Resource& resource : resources) {
    const std::string& address = resource.id.address();
    buckets[engine::BucketOf(address)].emplace_back(address, resource.digest);
  }
  engine::DesiredDigest digest;
  for (std::uint32_t i = 0; i < engine::kDesiredBuckets; ++i) {
    if (!buckets[i].empty()) {
      digest.SetBucket(i, engine::BucketDigest(buckets[i]));
    }
  }
  return digest;
}

Result<engine::DesiredDigest> DigestOfChanged(
    StateStore& store, const std::string& owner, const BaseRecord& base,
    const std::vector<Resource>& changed,
    const std::vector<ResourceId>& undeclared) {
  std::map<std::uint32_t, Edits> edits;
  for (const ResourceId& id : undeclared) {
    edits[engine::BucketOf(id.address())][id.address()] = std::nullopt;
  }
  for (const Resource& resource : changed) {
    const std::string& address = resource.id.address();
    edits[engine::BucketOf(address)][address] = resource.digest;
  }
  engine::DesiredDigest digest(base.desired_buckets);
  for (const auto& [bucket, bucket_edits] : edits) {
    const Entries stored = TRY(store.ReadBucket(owner, bucket));
    const Entries merged = Merge(stored, bucket_edits);
    digest.SetBucket(bucket,
                     merged.empty() ? Digest{} : engine::BucketDigest(merged));
  }
  return digest;
}

}  // namespace writ::reconciler
