// Signatures that `git commit -S` makes with an SSH key: the format SSHSIG of
// OpenSSH's PROTOCOL.sshsig. The signed bytes are a hash of the message with
// the namespace that the signer meant; for commits that is "git", and a
// signature that was made for anything else is never taken (T-05).
//
// Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "reconciler/trust/ssh_key.h"
#include "schema/result.h"

namespace writ::reconciler {

struct SshSignature {
  SshKey key;
  std::string name_space;
  std::string hash;    // sha256, sha512
  std::string format;  // of the signature itself: "rsa-sha2-512"
  std::string bytes;
};

// Reads "-----BEGIN SSH SIGNATURE-----" and what follows to its end. Every
// error says what is wrong with it: kInvalidArgument; kUnsupported for other
// kinds of signatures (OpenPGP, X.509), versions, hashes and keys. At most
// 64 KiB are looked at.
Result<SshSignature> ParseSshSignature(std::string_view armored);

// Whether it is its key's for this message.
bool Verifies(const SshSignature& signature, std::string_view message);

}  // namespace writ::reconciler
