// Whether a text was signed by who has a key that somebody published.
//
// Pure; safe from any thread.
#pragma once

#include <string_view>

namespace writ::reconciler {

// ECDSA on the curve P-256 with SHA-256: `public_key` in PEM, `signature` in
// DER. False for a key or a signature that isn't one, or of another kind.
bool IsSignedEcdsaP256(std::string_view public_key, std::string_view text,
                       std::string_view signature);

}  // namespace writ::reconciler
