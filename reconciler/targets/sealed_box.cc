#include "reconciler/targets/sealed_box.h"

#include <sodium.h>

#include <optional>
#include <string_view>

#include "reconciler/egress/encoding.h"
#include "schema/check.h"

namespace writ::reconciler::targets {
namespace {

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Result<std::string> SealTo(const std::string& public_key,
                           const SecretValue& value) {
  static const int kReady = sodium_init();
  CHECK(kReady >= 0);
  const std::optional<std::string> key = ParseBase64(public_key);
  std::string box(value.size() + crypto_box_SEALBYTES, '\0');
  const bool sealed =
      key && key->size() == crypto_box_PUBLICKEYBYTES &&
      crypto_box_seal(reinterpret_cast<unsigned char*>(box.data()),
                      Bytes(value.Reveal()), value.size(), Bytes(*key)) == 0;
  if (!sealed) {
    return Fail(ErrorCode::kInvalidArgument,
                "the receiver's public key isn't 32 bytes in base64 that can "
                "be sealed to");
  }
  return Base64(box);
}

}  // namespace writ::reconciler::targets
