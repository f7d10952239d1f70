// Issuing the tokens that an apply made live, where their values have somewhere
// to go (design, section 6); the others are named, with the way on.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/plan/plan.h"
#include "reconciler/cli/session.h"
#include "reconciler/controller/applier.h"
#include "reconciler/credentials/credentials.h"
#include "reconciler/credentials/token_sink.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"
#include "schema/value.h"

namespace writ::reconciler {

struct UnissuedToken {
  ResourceId token;
  std::string why;
  bool failed = false;        // it should have been issued
  bool is_delivered = false;  // to targets, by a rotation
};

class ApplyTokens {
 public:
  // `tokens_out` as --tokens-out has it. Opens nothing yet.
  ApplyTokens(Session& session, std::string tokens_out, bool json)
      : session_(session), tokens_out_(std::move(tokens_out)), json_(json) {}

  // Keys and the place for values, before anything is applied: a wrong key or
  // a place that can't be written is an error by then. No key is none.
  Status Open(StateStore& store);
  const KeyRing* keys() const { return keys_ ? &*keys_ : nullptr; }

  // A change that is durable.
  void Note(const ChangeReport& report);
  // Issues what was noted. Fails only where the state can't be read.
  Status Issue(StateStore& store, const std::string& lease_token);

  bool empty() const { return issued_.empty() && unissued_.empty(); }
  // kError where a token that should have been issued wasn't.
  ExitCode exit_code() const;
  void Print() const;
  void AddTo(Value& result) const;

 private:
  // Empty: nothing stands in the way.
  std::string WhyNot() const;

  Session& session_;
  std::string tokens_out_;
  bool json_;
  std::optional<KeyRing> keys_;
  std::string no_keys_;  // why there are none
  std::unique_ptr<TokenSink> sink_;
  std::vector<ResourceId> created_;
  std::vector<CredentialRecord> issued_;
  std::vector<UnissuedToken> unissued_;
};

}  // namespace writ::reconciler
