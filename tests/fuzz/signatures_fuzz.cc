#include <string>
#include <string_view>

#include "engine/cel/base64.h"
#include "reconciler/trust/allowed_signers.h"
#include "reconciler/trust/ssh_signature.h"
#include "schema/check.h"
#include "schema/diagnostic.h"
#include "tests/fuzz/fuzz_targets.h"

namespace writ {
namespace {

using reconciler::AllowedSigners;

void ReadSigners(std::string_view bytes) {
  Diagnostics diagnostics;
  const AllowedSigners allowed =
      reconciler::ParseAllowedSigners(bytes, "signers", diagnostics);
  for (const auto& signer : allowed.signers) {
    CHECK(reconciler::ParseSshKey(signer.key.blob) == signer.key);
    CHECK(!signer.principals.empty());
    // Ends, and takes itself where it has no patterns.
    const bool meets =
        reconciler::MeetsPatterns(signer.principals, signer.principals);
    const bool is_plain =
        signer.principals.find_first_of(",*?!") == std::string::npos;
    CHECK(meets || !is_plain);
  }
}

void ReadSignature(std::string_view armored) {
  const auto signature = reconciler::ParseSshSignature(armored);
  if (!signature) return;
  CHECK(signature->hash == "sha256" || signature->hash == "sha512");
  CHECK(!reconciler::Fingerprint(signature->key).empty());
  // The corpus holds none of this message, and nobody finds one.
  CHECK(!reconciler::Verifies(*signature, "another message"));
}

}  // namespace

void FuzzSignatures(std::string_view bytes) {
  ReadSigners(bytes);
  ReadSignature(bytes);
  // What lies behind the armor, reached without guessing base64.
  ReadSignature("-----BEGIN SSH SIGNATURE-----\n" +
                engine::cel::EncodeBase64("SSHSIG" + std::string(bytes)) +
                "\n-----END SSH SIGNATURE-----\n");
  static_cast<void>(reconciler::ParseSshKey(bytes));
}

}  // namespace writ
