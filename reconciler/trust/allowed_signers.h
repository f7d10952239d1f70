// Who may sign: the file that git's gpg.ssh.allowedSignersFile names, in the
// format of ssh-keygen(1), "ALLOWED SIGNERS". A line is
//
//   PRINCIPALS [OPTIONS] KEYTYPE BASE64 [COMMENT]
//
// PRINCIPALS are patterns of addresses between commas (* and ?; ! excludes),
// OPTIONS are namespaces="…", valid-after="…", valid-before="…" between commas.
// Unlike ssh-keygen, times without a Z are UTC too, so that they mean the same
// everywhere, and certificate authorities are refused.
//
// A plain value; the functions are pure and safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/trust/ssh_key.h"
#include "schema/diagnostic.h"
#include "schema/time.h"

namespace writ::reconciler {

struct AllowedSigner {
  std::string principals;  // as written
  std::optional<std::string> namespaces;
  std::optional<Timestamp> valid_after;
  std::optional<Timestamp> valid_before;
  SshKey key;
  std::uint32_t line = 0;  // from 1
};

struct AllowedSigners {
  std::string file;
  std::vector<AllowedSigner> signers;
};

// All mistakes go to `diagnostics`, with file and line. At most 1 MiB and
// 10,000 lines.
AllowedSigners ParseAllowedSigners(std::string_view text, std::string file,
                                   Diagnostics& diagnostics);

// Whether `text` meets a list of patterns: one of them, and none that begins
// with "!". Letters count as they are. As OpenSSH's match_pattern_list.
bool MeetsPatterns(std::string_view text, std::string_view patterns);

// Whether `text` meets one pattern of * and ?. Costs at most the product of
// both lengths.
bool MeetsPattern(std::string_view text, std::string_view pattern);

}  // namespace writ::reconciler
