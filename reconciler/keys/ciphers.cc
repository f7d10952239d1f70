#include "reconciler/keys/ciphers.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "schema/check.h"

namespace writ::reconciler {
namespace {

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const {
    EVP_CIPHER_CTX_free(context);  // wipes its key
  }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(char* text) {
  return reinterpret_cast<unsigned char*>(text);
}

int Size(std::size_t size) {
  CHECK(size <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
  return static_cast<int>(size);
}

// Fetched once: EVP_aes_256_gcm() is looked up anew by each use otherwise.
const EVP_CIPHER* Gcm() {
  static const EVP_CIPHER* const kGcm =
      EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return kGcm;
}

const EVP_MD* Sha256Method() {
  static const EVP_MD* const kMethod = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return kMethod;
}

}  // namespace

Digest HmacSha256(std::string_view key, std::string_view message) {
  Digest digest;
  unsigned size = 0;
  CHECK(HMAC(Sha256Method(), key.data(), Size(key.size()), Bytes(message),
             message.size(), digest.bytes.data(), &size) != nullptr);
  CHECK(size == Digest::kSize);
  return digest;
}

SecretValue HkdfExtract(std::string_view salt, std::string_view input) {
  Digest key = HmacSha256(salt, input);
  SecretValue extracted = SecretValue::Copy(key.Bytes());
  Wipe(key.bytes.data(), key.bytes.size());
  return extracted;
}

SecretValue HkdfExpand(std::string_view pseudorandom_key,
                       std::string_view purpose, std::size_t size) {
  CHECK(size <= 255 * Digest::kSize);
  SecretBuilder expanded;
  SecretValue block;
  for (char round = 1; size > 0; ++round) {
    SecretBuilder message;
    message.Append(block).Append(purpose).Append({&round, 1});
    Digest next = HmacSha256(pseudorandom_key, message.Finish().Reveal());
    block = SecretValue::Copy(next.Bytes());
    Wipe(next.bytes.data(), next.bytes.size());
    const std::size_t taken = std::min(size, block.size());
    expanded.Append(block.Reveal().substr(0, taken));
    size -= taken;
  }
  return expanded.Finish();
}

std::string SealBytes(std::string_view key, std::string_view associated,
                      std::string_view plain, Random& random) {
  std::array<std::uint8_t, kNonceSize> nonce{};
  random.Fill(nonce);
  return SealBytesUnder(
      key, {reinterpret_cast<const char*>(nonce.data()), nonce.size()},
      associated, plain);
}

std::string SealBytesUnder(std::string_view key, std::string_view nonce,
                           std::string_view associated,
                           std::string_view plain) {
  CHECK(key.size() == kCipherKeySize && nonce.size() == kNonceSize);
  const CipherContext context(EVP_CIPHER_CTX_new());
  CHECK(context != nullptr);
  std::string sealed(nonce);
  sealed.resize(kNonceSize + plain.size() + kTagSize);
  char* const text = sealed.data() + kNonceSize;
  int size = 0;
  CHECK(EVP_EncryptInit_ex2(context.get(), Gcm(), Bytes(key), Bytes(nonce),
                            nullptr) == 1);
  CHECK(EVP_EncryptUpdate(context.get(), nullptr, &size, Bytes(associated),
                          Size(associated.size())) == 1);
  CHECK(EVP_EncryptUpdate(context.get(), Bytes(text), &size, Bytes(plain),
                          Size(plain.size())) == 1);
  CHECK(EVP_EncryptFinal_ex(context.get(), Bytes(text + plain.size()), &size) ==
        1);
  CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagSize,
                            text + plain.size()) == 1);
  return sealed;
}

Result<SecretValue> OpenBytes(std::string_view key, std::string_view associated,
                              std::string_view sealed) {
  CHECK(key.size() == kCipherKeySize);
  const auto changed = [] {
    return Fail(ErrorCode::kCorrupt,
                "what was sealed is not what lies there now");
  };
  if (sealed.size() < kNonceSize + kTagSize) return changed();
  const std::string_view nonce = sealed.substr(0, kNonceSize);
  const std::string_view text =
      sealed.substr(kNonceSize, sealed.size() - kNonceSize - kTagSize);
  std::string tag(sealed.substr(sealed.size() - kTagSize));
  const CipherContext context(EVP_CIPHER_CTX_new());
  CHECK(context != nullptr);
  std::string plain(text.size(), '\0');
  int size = 0;
  CHECK(EVP_DecryptInit_ex2(context.get(), Gcm(), Bytes(key), Bytes(nonce),
                            nullptr) == 1);
  CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagSize,
                            tag.data()) == 1);
  const bool opened =
      EVP_DecryptUpdate(context.get(), nullptr, &size, Bytes(associated),
                        Size(associated.size())) == 1 &&
      EVP_DecryptUpdate(context.get(), Bytes(plain.data()), &size, Bytes(text),
                        Size(text.size())) == 1 &&
      EVP_DecryptFinal_ex(context.get(), Bytes(plain.data() + plain.size()),
                          &size) == 1;
  SecretValue value = SecretValue::Take(std::move(plain));
  if (!opened) return changed();
  return value;
}

bool SameDigest(const Digest& a, const Digest& b) {
  return CRYPTO_memcmp(a.bytes.data(), b.bytes.data(), Digest::kSize) == 0;
}

}  // namespace writ::reconciler
