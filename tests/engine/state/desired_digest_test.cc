#include "engine/state/desired_digest.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace writ::engine {
namespace {

using Entries = std::map<std::string, Digest>;

Digest FromNothing(const Entries& entries) {
  std::map<std::uint32_t, std::vector<std::pair<std::string, Digest>>> buckets;
  for (const auto& entry : entries) {
    buckets[BucketOf(entry.first)].push_back(entry);
  }
  DesiredDigest digest;
  for (const auto& [bucket, inside] : buckets) {
    digest.SetBucket(bucket, BucketDigest(inside));
  }
  return digest.Whole();
}

Entries Many(int count) {
  Entries entries;
  for (int i = 0; i < count; ++i) {
    const std::string address = "App/a" + std::to_string(i);
    entries[address] = Sha256(address + " content");
  }
  return entries;
}

TEST(DesiredDigest, BucketsAreSpreadAndInRange) {
  std::vector<int> hits(kDesiredBuckets);
  for (const auto& [address, digest] : Many(40'960)) {
    const std::uint32_t bucket = BucketOf(address);
    ASSERT_LT(bucket, kDesiredBuckets);
    ++hits[bucket];
  }
  for (int count : hits) EXPECT_LT(count, 40);
}

// The figures are kept in every state: another way of counting would make each
// of them stale.
TEST(DesiredDigest, KnownAnswers) {
  EXPECT_EQ(BucketOf("App/order-service"), 3575U);
  EXPECT_EQ(DesiredDigest().Serialize(), std::string(4096 * 32, '\0'));
  EXPECT_EQ(DesiredDigest().Whole(), Sha256(std::string(4096 * 32, '\0')));
  EXPECT_EQ(BucketDigest({}), Digest());
}

TEST(DesiredDigest, FollowsAChangeWithoutReadingTheRest) {
  Entries entries = Many(500);
  DesiredDigest digest;
  std::map<std::uint32_t, std::vector<std::pair<std::string, Digest>>> buckets;
  for (const auto& e : entries) buckets[BucketOf(e.first)].push_back(e);
  for (const auto& [b, inside] : buckets) {
    digest.SetBucket(b, BucketDigest(inside));
  }
  ASSERT_EQ(digest.Whole(), FromNothing(entries));

  entries["App/a7"] = Sha256("another content");
  const std::uint32_t bucket = BucketOf("App/a7");
  for (auto& e : buckets[bucket]) e.second = entries[e.first];
  DesiredDigest kept(digest.Serialize());
  kept.SetBucket(bucket, BucketDigest(buckets[bucket]));
  EXPECT_EQ(kept.Whole(), FromNothing(entries));
  EXPECT_NE(kept.Whole(), digest.Whole());
}

TEST(DesiredDigest, EveryEntryCounts) {
  const Entries all = Many(50);
  const Digest whole = FromNothing(all);
  for (const auto& [address, digest] : all) {
    Entries without = all;
    without.erase(address);
    EXPECT_NE(FromNothing(without), whole) << address;
    Entries other = all;
    other[address] = Sha256("x");
    EXPECT_NE(FromNothing(other), whole) << address;
  }
}

TEST(DesiredDigest, NamesAndDigestsDoNotRunTogether) {
  const Digest d = Sha256("d");
  EXPECT_NE(BucketDigest({{"a", d}}), BucketDigest({{"b", d}}));
  EXPECT_NE(BucketDigest({{"a", d}, {"b", d}}), BucketDigest({{"ab", d}}));
}

TEST(DesiredDigest, SerializesAndReadsBack) {
  DesiredDigest digest;
  digest.SetBucket(0, Sha256("first"));
  digest.SetBucket(4095, Sha256("last"));
  const DesiredDigest read(digest.Serialize());
  EXPECT_EQ(read.Whole(), digest.Whole());
  EXPECT_EQ(read.Serialize(), digest.Serialize());
}

TEST(DesiredDigest, OfAnotherSizeIsEmpty) {
  EXPECT_EQ(DesiredDigest("").Whole(), DesiredDigest().Whole());
  EXPECT_EQ(DesiredDigest("abc").Whole(), DesiredDigest().Whole());
}

}  // namespace
}  // namespace writ::engine
