#include "reconciler/keys/key_generation.h"

#include <string_view>
#include <utility>

#include "reconciler/keys/ciphers.h"
#include "reconciler/keys/framing.h"
#include "schema/check.h"

namespace writ::reconciler {
namespace {

SecretValue DeriveFrom(const SecretValue& bytes, const std::string& lineage,
                       std::int64_t number, std::string_view purpose) {
  CHECK(bytes.size() == kMasterKeySize);
  const std::string salt = Framing().Add(lineage).Add(number).text();
  return HkdfExpand(HkdfExtract(salt, bytes.Reveal()).Reveal(), purpose,
                    kCipherKeySize);
}

Digest CheckValue(const SecretValue& bytes, const std::string& lineage,
                  std::int64_t number) {
  return HmacSha256(
      DeriveFrom(bytes, lineage, number, "writ check value").Reveal(),
      Framing().Add(lineage).Add(number).text());
}

SecretValue WrappingKey(const SecretValue& bytes,
                        const KeyGeneration& generation) {
  return DeriveFrom(bytes, generation.lineage, generation.generation,
                    "writ wrap a master key");
}

std::string Bound(std::string_view direction, const KeyGeneration& previous,
                  const KeyGeneration& next) {
  return Framing()
      .Add(direction)
      .Add(previous.lineage)
      .Add(previous.generation)
      .Add(next.lineage)
      .Add(next.generation)
      .text();
}

constexpr std::string_view kForward = "next under previous";
constexpr std::string_view kBackward = "previous under next";

// Opened or not, only the generation's own key is one.
Result<SecretValue> Unwrap(const SecretValue& wrapping_key,
                           const std::string& bound, const std::string& sealed,
                           const KeyGeneration& wanted) {
  if (sealed.empty()) {
    return Fail(ErrorCode::kNotFound,
                "generation " + std::to_string(wanted.generation) +
                    " of the master key is sealed under no other");
  }
  SecretValue key = TRY(OpenBytes(wrapping_key.Reveal(), bound, sealed));
  if (key.size() != kMasterKeySize || !Opens(key, wanted)) {
    return Fail(ErrorCode::kCorrupt,
                "what generation " + std::to_string(wanted.generation) +
                    " of the master key is sealed as is not its key");
  }
  return key;
}

}  // namespace

KeyGeneration MakeKeyGeneration(std::int64_t number, const std::string& lineage,
                                const MasterKey& key, Timestamp now) {
  KeyGeneration generation;
  generation.generation = number;
  generation.lineage = lineage;
  generation.check_value = CheckValue(key.bytes, lineage, number);
  generation.created_at = now;
  return generation;
}

bool Opens(const SecretValue& bytes, const KeyGeneration& generation) {
  return SameDigest(
      CheckValue(bytes, generation.lineage, generation.generation),
      generation.check_value);
}

std::optional<KeyGeneration> FindGeneration(
    std::span<const KeyGeneration> generations, const SecretValue& bytes) {
  for (std::size_t i = generations.size(); i > 0; --i) {
    if (Opens(bytes, generations[i - 1])) return generations[i - 1];
  }
  return std::nullopt;
}

void WrapBothWays(KeyGeneration& next, const SecretValue& next_key,
                  const KeyGeneration& previous,
                  const SecretValue& previous_key, Random& random) {
  next.wrapped =
      SealBytes(WrappingKey(previous_key, previous).Reveal(),
                Bound(kForward, previous, next), next_key.Reveal(), random);
  next.unwraps_previous = SealBytes(WrappingKey(next_key, next).Reveal(),
                                    Bound(kBackward, previous, next),
                                    previous_key.Reveal(), random);
}

Result<SecretValue> UnwrapNext(const KeyGeneration& previous,
                               const SecretValue& previous_key,
                               const KeyGeneration& next) {
  return Unwrap(WrappingKey(previous_key, previous),
                Bound(kForward, previous, next), next.wrapped, next);
}

Result<SecretValue> UnwrapPrevious(const KeyGeneration& next,
                                   const SecretValue& next_key,
                                   const KeyGeneration& previous) {
  return Unwrap(WrappingKey(next_key, next), Bound(kBackward, previous, next),
                next.unwraps_previous, previous);
}

}  // namespace writ::reconciler
