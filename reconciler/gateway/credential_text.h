// Credentials in what clients send where none belongs: queries, paths, ids.
// Wider than schema/credential's scan, which looks for whole tokens: the
// prefix of one of writ's families and 16 characters are enough, whether a
// checksum holds or not.
//
// Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>

namespace writ::reconciler::gateway {

bool HoldsCredential(std::string_view text);

// The text with each of them cut to its prefix: "/v1/x/vela_live_(masked)".
std::string MaskCredentialText(std::string_view text);

}  // namespace writ::reconciler::gateway
