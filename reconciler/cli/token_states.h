// How Tokens stand, for the commands that show resources: "issued", "not
// issued", "revoked by ana on 2026-12-01".
#pragma once

#include <map>
#include <string>

#include "engine/state/snapshot.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::reconciler {

class TokenStates {
 public:
  // Of one resource; of all where `live` is null.
  static Result<TokenStates> Read(StateStore& store,
                                  const engine::LiveResource* live,
                                  Timestamp now);
  // Empty for what is no Token.
  std::string Of(const engine::LiveResource& live) const;

 private:
  std::map<std::string, std::string> by_uid_;
};

}  // namespace writ::reconciler
