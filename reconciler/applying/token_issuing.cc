#include "reconciler/applying/token_issuing.h"

#include <algorithm>
#include <utility>

#include "reconciler/credentials/issue.h"

namespace writ::reconciler {

ExitCode IssuedTokens::exit_code() const {
  const bool failed =
      std::any_of(unissued.begin(), unissued.end(),
                  [](const UnissuedToken& token) { return token.failed; });
  return failed ? ExitCode::kError : ExitCode::kDone;
}

void TokenIssuing::Note(const ChangeReport& report) {
  const engine::Action action = report.change->action;
  const bool is_new =
      action == engine::Action::kCreate || action == engine::Action::kReplace;
  if (report.outcome != ChangeOutcome::kDone || !is_new) return;
  if (report.change->id.kind() == "Token") {
    created_.push_back(report.change->id);
  }
}

std::string TokenIssuing::WhyNot() const {
  if (keys_.ring == nullptr) return keys_.why_not;
  if (sink_ == nullptr) return "its value has nowhere to go (--tokens-out)";
  return {};
}

Result<IssuedTokens> TokenIssuing::Issue(StateStore& store,
                                         const std::string& lease_token) {
  IssuedTokens tokens;
  if (sink_ != nullptr) tokens.to = sink_->Name();
  Credentials credentials(store, keys_.ring.get(), effects_.clock,
                          effects_.random);
  for (const ResourceId& token : created_) {
    const auto terms = ReadTerms(store, token);
    if (!terms) {
      tokens.unissued.push_back({token, Describe(terms.error()), true});
      continue;
    }
    const bool is_delivered = !terms->deliver_to.empty();
    // A rotation issues it, and puts its value where it goes.
    if (is_delivered && keys_.ring != nullptr) continue;
    std::string why = WhyNot();
    if (!why.empty()) {
      tokens.unissued.push_back({token, std::move(why), false, is_delivered});
      continue;
    }
    IssueRequest request{token};
    request.lease_token = lease_token;
    auto record =
        IssueToken(store, credentials, request, {effects_.actor()}, *sink_);
    if (record) {
      tokens.issued.push_back(*std::move(record));
    } else {
      tokens.unissued.push_back({token, Describe(record.error()), true});
    }
  }
  return tokens;
}

}  // namespace writ::reconciler
