// Digests of revoked credentials in a file beside the database, one a line,
// appended and made durable before the transaction that revokes. Nothing takes
// a line away: a restore of an older database leaves the file, so that what
// was revoked stays so (T-10).
//
// One thread; processes append side by side, each a line at once.
#pragma once

#include <string>
#include <unordered_set>

#include "schema/digest.h"
#include "schema/result.h"

namespace writ::reconciler {

class RevocationLog {
 public:
  // Of the state in `folder`; an absent file has no digests. A torn last line,
  // of an append that was cut off, is left out. kCorrupt for any other line.
  static Result<RevocationLog> Open(const std::string& folder);

  bool Has(const Digest& digest) const {
    return digests_.count(digest.Hex()) > 0;
  }
  // Durable when it returns. kIo, kPermission.
  Status Append(const Digest& digest);

 private:
  std::string file_;
  std::unordered_set<std::string> digests_;
};

}  // namespace writ::reconciler
