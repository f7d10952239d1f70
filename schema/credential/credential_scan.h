// Raw credentials in text, which manifests may never hold (S-08). Found by
// their shape, in one pass that looks closer only where a pair of characters
// begins one; a finding says where and of which family, and carries no more of
// the secret than people need to recognise it.
//
//   family                          shape
//   vela_cs_ vela_live_             48 of [0-9A-Za-z], the last 6 a checksum
//   vlt_live_ vlt_acct_             (schema/credential/checksum.h); any other
//   sk_live_ sk_test_               40 and more are likely credentials too,
//                                   of sk_ (Stripe's) 24 and more
//   private key                     PEM: BEGIN … PRIVATE KEY to its END
//   AWS access key id               AKIA, ASIA and 16 of [0-9A-Z]
//   GitHub token                    ghp_ gho_ ghu_ ghs_ ghr_, github_pat_
//   GitLab token                    glpat-
//   Slack token, webhook            xoxb- and its like, xapp-, hooks.slack.com
//   Discord webhook                 discord.com/api/webhooks/
//   Vault, Doppler, npm token       hvs., dp.st. and its like, npm_
//   Google API key                  AIza
//   webhook signing secret          whsec_
//
// Pure; safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace writ {

struct CredentialFinding {
  std::size_t offset = 0;  // bytes
  std::size_t length = 0;
  std::string_view family;  // "vela_live_", "GitHub token"; lives forever
  bool checksum_valid = false;
  // What may be shown: the prefix and three characters: "vela_live_Zk3".
  std::string prefix_to_show;
};

// In order, without overlaps.
std::vector<CredentialFinding> FindCredentials(std::string_view text);

// The line with credentials cut out, each kept to its prefix_to_show and an
// ellipsis, the rest blank: what stands behind stays in its column. Says
// "(not shown)" at the end. A long word that looks random, a line of a private
// key say, goes as well.
std::string MaskCredentials(std::string line);

// The text with each credential cut to its prefix_to_show and an ellipsis; for
// one line of prose that is shown elsewhere.
std::string ShortenCredentials(std::string text);

// Shannon entropy of the bytes; 0 for no text.
double BitsPerCharacter(std::string_view text);

// At least 20 characters of more than 3.5 bits each.
bool LooksRandom(std::string_view text);

}  // namespace writ
