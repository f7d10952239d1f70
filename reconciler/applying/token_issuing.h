// Issuing the tokens that an apply made live, where their values have somewhere
// to go (design, section 6); the others are named, with why not.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reconciler/applying/run_effects.h"
#include "reconciler/controller/applier.h"
#include "reconciler/credentials/credentials.h"
#include "reconciler/credentials/token_sink.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler {

struct UnissuedToken {
  ResourceId token;
  std::string why;
  bool failed = false;        // it should have been issued
  bool is_delivered = false;  // to targets, by a rotation
};

struct IssuedTokens {
  std::string to;  // what they went to: "the file /run/tokens"
  std::vector<CredentialRecord> issued;
  std::vector<UnissuedToken> unissued;

  bool empty() const { return issued.empty() && unissued.empty(); }
  // kError where a token that should have been issued wasn't.
  ExitCode exit_code() const;
};

class TokenIssuing {
 public:
  // `sink` null: values have nowhere to go.
  TokenIssuing(const RunEffects& effects, FoundKeys keys,
               std::unique_ptr<TokenSink> sink)
      : effects_(effects), keys_(std::move(keys)), sink_(std::move(sink)) {}

  // A change that is durable.
  void Note(const ChangeReport& report);
  // Issues what was noted. Fails only where the state can't be read.
  Result<IssuedTokens> Issue(StateStore& store, const std::string& lease_token);

 private:
  // Empty: nothing stands in the way.
  std::string WhyNot() const;

  const RunEffects& effects_;
  FoundKeys keys_;
  std::unique_ptr<TokenSink> sink_;
  std::vector<ResourceId> created_;
};

}  // namespace writ::reconciler
