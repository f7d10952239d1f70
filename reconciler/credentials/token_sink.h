// Where a value goes that is shown once (T-19): a new file, an open descriptor,
// a terminal. What Put returned from has left this process and, where it is a
// file, is durable, its folder included; only then does a credential become
// active.
//
// A file is made anew (O_EXCL), never through a link (O_NOFOLLOW), 0600 under
// any umask, and nowhere inside a git work tree, where the next commit would
// take it along. It holds a line a token: ADDRESS, a space, the token. One that
// got none is removed again.
//
// One thread. Nothing here is logged.
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>

#include "schema/resource_id.h"
#include "schema/result.h"
#include "schema/secret_value.h"

namespace writ::reconciler {

class TokenSink {
 public:
  virtual ~TokenSink() = default;
  // kIo, with nothing of the value in it.
  virtual Status Put(const ResourceId& token, const SecretValue& value) = 0;
  // For messages: "the file /run/tokens".
  virtual std::string Name() const = 0;
};

// `where` is FILE or fd:N; a relative file is looked for in `folder`.
// kInvalidArgument where it may not be, kConflict where it is there already,
// kIo. A descriptor stays open.
Result<std::unique_ptr<TokenSink>> OpenTokenSink(const std::string& where,
                                                 const std::string& folder);

// A person's terminal. REQUIRES: the stream is one, and outlives the sink.
std::unique_ptr<TokenSink> ShowTokens(std::ostream& terminal);

// Tells the CI system whose log `log` ends in to blank the value, before the
// other sink gets it ("::add-mask::").
std::unique_ptr<TokenSink> MaskFirst(std::unique_ptr<TokenSink> sink,
                                     std::ostream& log);

}  // namespace writ::reconciler
