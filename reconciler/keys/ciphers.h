// The primitives that keys are used with, as OpenSSL has them: HMAC-SHA256
// (RFC 2104), HKDF-SHA256 (RFC 5869) and AES-256-GCM (NIST SP 800-38D). Only
// this folder uses them; everybody else speaks to a KeyRing.
//
// Pure but for the nonce's randomness; safe from any thread. That a primitive
// itself fails is a bug or no memory, never input: CHECK.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "reconciler/clock.h"
#include "schema/digest.h"
#include "schema/result.h"
#include "schema/secret_value.h"

namespace writ::reconciler {

inline constexpr std::size_t kCipherKeySize = 32;  // AES-256
inline constexpr std::size_t kNonceSize = 12;
inline constexpr std::size_t kTagSize = 16;

Digest HmacSha256(std::string_view key, std::string_view message);

// RFC 5869, sections 2.2 and 2.3. REQUIRES: size <= 255 * 32.
SecretValue HkdfExtract(std::string_view salt, std::string_view input);
SecretValue HkdfExpand(std::string_view pseudorandom_key,
                       std::string_view purpose, std::size_t size);

// nonce || ciphertext || tag, with a random nonce. REQUIRES: a key of
// kCipherKeySize bytes.
std::string SealBytes(std::string_view key, std::string_view associated,
                      std::string_view plain, Random& random);
// The same under a nonce that the caller answers for: test vectors.
std::string SealBytesUnder(std::string_view key, std::string_view nonce,
                           std::string_view associated, std::string_view plain);
// kCorrupt where a byte of either differs from what was sealed.
Result<SecretValue> OpenBytes(std::string_view key, std::string_view associated,
                              std::string_view sealed);

// In a time that doesn't depend on where they differ.
bool SameDigest(const Digest& a, const Digest& b);

}  // namespace writ::reconciler
