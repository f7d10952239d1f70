#include "reconciler/egress/mac.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "schema/check.h"

namespace writ::reconciler {

std::string HmacSha256(std::string_view key, std::string_view text) {
  std::string mac(32, '\0');
  unsigned size = 0;
  const unsigned char* done =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(),
           reinterpret_cast<unsigned char*>(mac.data()), &size);
  CHECK(done != nullptr && size == mac.size());
  return mac;
}

}  // namespace writ::reconciler
