#include "reconciler/keys/key_ring.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "reconciler/keys/ciphers.h"
#include "reconciler/keys/framing.h"
#include "reconciler/keys/key_generation.h"
#include "schema/check.h"

namespace writ::reconciler {
namespace {

constexpr char kCheckKey[] =
    "see which key it is: writ secrets check-key; WRIT_MASTER_KEY_FILE names "
    "the file of the right one";

tl::unexpected<Error> NoKeyYet() {
  return Fail(ErrorCode::kNotFound, "the state has no master key yet",
              "make one: writ secrets init --key-file FILE");
}

tl::unexpected<Error> WrongKey(const MasterKey& key,
                               const std::optional<KeyGeneration>& own) {
  if (!own) {
    return Fail(ErrorCode::kPermission,
                "the state was sealed under another master key than the one "
                "in " +
                    key.source,
                kCheckKey);
  }
  return Fail(ErrorCode::kPermission,
              "the master key in " + key.source + " is of generation " +
                  std::to_string(own->generation) +
                  ", which a finished rekey replaced",
              kCheckKey);
}

// The key of `own`, then those of its neighbours, as far as they are sealed
// for each other.
Result<std::vector<GenerationKey>> Collect(
    const std::vector<KeyGeneration>& generations, std::size_t own,
    const SecretValue& bytes) {
  std::vector<GenerationKey> keys;
  const auto keep = [&](std::size_t at, SecretValue key) {
    keys.push_back(
        {generations[at].generation, generations[at].lineage, std::move(key)});
  };
  keep(own, bytes.Clone());
  for (std::size_t at = own + 1;
       at < generations.size() && !generations[at].wrapped.empty(); ++at) {
    keep(at, TRY(UnwrapNext(generations[at - 1], keys.back().bytes,
                            generations[at])));
  }
  SecretValue newer = bytes.Clone();
  for (std::size_t at = own;
       at > 0 && !generations[at].unwraps_previous.empty(); --at) {
    SecretValue older =
        TRY(UnwrapPrevious(generations[at], newer, generations[at - 1]));
    keep(at - 1, older.Clone());
    newer = std::move(older);
  }
  return keys;
}

}  // namespace

struct KeyRing::Keys {
  struct Generation {
    std::int64_t number = 0;
    std::string lineage;
    SecretValue root;   // HKDF's pseudorandom key, which all others come from
    SecretValue bytes;  // the master key, for a refresh
  };
  std::string source;
  std::vector<Generation> generations;  // by number

  Result<const Generation*> Find(std::int64_t number) const {
    for (const Generation& generation : generations) {
      if (generation.number == number) return &generation;
    }
    return Fail(ErrorCode::kNotFound,
                "generation " + std::to_string(number) +
                    " of the master key isn't among the keys of this process",
                kCheckKey);
  }
};

namespace {

template <typename Generation>
SecretValue Derive(const Generation& generation, std::string_view use,
                   std::string_view of) {
  return HkdfExpand(generation.root.Reveal(), Framing().Add(use).Add(of).text(),
                    kCipherKeySize);
}

template <typename Generation>
std::string Bound(const Generation& generation, const SealContext& context) {
  return Framing()
      .Add("value")
      .Add(generation.lineage)
      .Add(generation.number)
      .Add(context.project_uid)
      .Add(context.secret_uid)
      .Add(context.environment)
      .Add(context.version)
      .text();
}

}  // namespace

KeyRing::KeyRing(std::unique_ptr<Keys> keys) : keys_(std::move(keys)) {}
KeyRing::~KeyRing() = default;
KeyRing::KeyRing(KeyRing&&) noexcept = default;
KeyRing& KeyRing::operator=(KeyRing&&) noexcept = default;

Result<KeyRing> KeyRing::Open(SecretTable& table, const MasterKey& key) {
  const std::vector<KeyGeneration> known = TRY(table.ReadKeyGenerations());
  if (known.empty()) return NoKeyYet();
  const std::optional<KeyGeneration> own = FindGeneration(known, key.bytes);
  if (!own) return WrongKey(key, own);
  const auto at = std::find(known.begin(), known.end(), *own);
  std::vector<GenerationKey> opened = TRY(
      Collect(known, static_cast<std::size_t>(at - known.begin()), key.bytes));
  auto keys = std::make_unique<Keys>();
  keys->source = key.source;
  for (GenerationKey& one : opened) {
    const std::string salt =
        Framing().Add("writ").Add(one.lineage).Add(one.number).text();
    keys->generations.push_back({one.number, one.lineage,
                                 HkdfExtract(salt, one.bytes.Reveal()),
                                 std::move(one.bytes)});
  }
  std::sort(keys->generations.begin(), keys->generations.end(),
            [](const auto& a, const auto& b) { return a.number < b.number; });
  if (keys->generations.back().number != known.back().generation) {
    return WrongKey(key, own);
  }
  return KeyRing(std::move(keys));
}

Result<KeyRing> KeyRing::Refreshed(SecretTable& table) const {
  // The newest first: the older ones may have been retired since.
  const auto& newest = keys_->generations.back();
  return Open(table, {newest.bytes.Clone(), keys_->source});
}

std::int64_t KeyRing::newest() const {
  return keys_->generations.back().number;
}

bool KeyRing::Has(std::int64_t generation) const {
  return keys_->Find(generation).has_value();
}

Result<std::string> KeyRing::Seal(const SealContext& context,
                                  const SecretValue& value,
                                  Random& random) const {
  const Keys::Generation& key = keys_->generations.back();
  return SealBytes(Derive(key, "seal", context.project_uid).Reveal(),
                   Bound(key, context), value.Reveal(), random);
}

Result<SecretValue> KeyRing::Unseal(std::int64_t generation,
                                    const SealContext& context,
                                    std::string_view sealed) const {
  const Keys::Generation& key = *TRY(keys_->Find(generation));
  return OpenBytes(Derive(key, "seal", context.project_uid).Reveal(),
                   Bound(key, context), sealed);
}

Result<Digest> KeyRing::Mac(std::int64_t generation, std::string_view purpose,
                            std::span<const std::string_view> parts) const {
  const Keys::Generation& key = *TRY(keys_->Find(generation));
  Framing message;
  message.Add(key.lineage).Add(key.number);
  for (const std::string_view part : parts) message.Add(part);
  return HmacSha256(Derive(key, "mac", purpose).Reveal(), message.text());
}

Result<Digest> KeyRing::ValueDigest(std::int64_t generation,
                                    const std::string& project_uid,
                                    const SecretValue& value) const {
  const Keys::Generation& key = *TRY(keys_->Find(generation));
  return HmacSha256(Derive(key, "digest", project_uid).Reveal(),
                    value.Reveal());
}

}  // namespace writ::reconciler
