// How credentials and Tokens stand, in words for people.
//
// Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reconciler/store/credential_records.h"
#include "schema/time.h"

namespace writ::reconciler {

// "active", "pending", "suspended", "revoked", "void", "expired": one word.
std::string_view StandingOf(const CredentialRecord& record, Timestamp now);
// With who and when, where somebody ended it: "revoked by ana on 2026-12-01".
std::string DescribeStanding(const CredentialRecord& record, Timestamp now);
// Of a Token, from its credentials: "issued", "not issued", "expired", or what
// was done to all of them: "revoked by ana on 2026-12-01".
std::string DescribeToken(const std::vector<CredentialRecord>& records,
                          Timestamp now);

}  // namespace writ::reconciler
