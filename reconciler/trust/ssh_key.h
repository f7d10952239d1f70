// A public key as SSH writes it, and what it says of signatures: ed25519,
// ECDSA on the NIST curves of 256, 384 and 521 bits, RSA of 2048 bits or more.
// Verified in this process by OpenSSL; nothing is started.
//
// A plain value; the functions are pure and safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "schema/result.h"

namespace writ::reconciler {

struct SshKey {
  std::string type;  // "ssh-ed25519"
  std::string blob;  // as on the wire, the type included

  bool operator==(const SshKey&) const = default;
};

// Takes a key that signatures can be verified with. kUnsupported for other
// types (certificates, keys of security tokens, DSA), kInvalidArgument for what
// is no key, or an RSA key that is too short or too long.
Result<SshKey> ParseSshKey(std::string_view blob);

// "SHA256:…", as ssh-keygen -l prints it.
std::string Fingerprint(const SshKey& key);

// Whether `signature`, of that format ("rsa-sha2-512"), is the key's for these
// bytes. Formats with SHA-1 never are. REQUIRES: a key of ParseSshKey.
bool Verifies(const SshKey& key, std::string_view format,
              std::string_view signature, std::string_view bytes);

}  // namespace writ::reconciler
