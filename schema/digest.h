// SHA-256 digests as values. Used for content (desired state, plans, audit
// links); never for secret values, which are digested under a key elsewhere.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace writ {

struct Digest {
  static constexpr std::size_t kSize = 32;
  std::array<std::uint8_t, kSize> bytes{};

  auto operator<=>(const Digest&) const = default;

  // 64 lower-case hexadecimal characters.
  std::string Hex() const;
  // The raw 32 bytes, as the store keeps them.
  std::string_view Bytes() const;
};

// Of 64 hexadecimal characters; of exactly 32 raw bytes.
std::optional<Digest> ParseDigestHex(std::string_view hex);
std::optional<Digest> DigestFromBytes(std::string_view raw);

// Digest of one buffer.
Digest Sha256(std::string_view bytes);

// Digest of many buffers in turn. One thread at a time.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;

  void Update(std::string_view bytes);
  // Prefixes the length, so that ("a","bc") and ("ab","c") differ.
  void UpdateFramed(std::string_view bytes);
  // Ends the digest; the stream starts anew.
  Digest Finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace writ
