#include "reconciler/cli/apply_tokens.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "engine/plan/plan_words.h"
#include "reconciler/cli/token_arguments.h"
#include "reconciler/credentials/issue.h"
#include "reconciler/keys/master_key.h"
#include "schema/credential/token_format.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

constexpr std::size_t kShown = 10;

}  // namespace

Status ApplyTokens::Open(StateStore& store) {
  const auto key = TRY(ReadMasterKey());
  if (!key) {
    no_keys_ = "there is no master key (WRIT_MASTER_KEY_FILE)";
  } else if (TRY(store.secrets().ReadKeyGenerations()).empty()) {
    no_keys_ = "the state has no key yet (writ secrets init)";
  } else {
    keys_ = TRY(KeyRing::Open(store.secrets(), *key));
  }
  sink_ = TRY(TokenSinkOf(session_, tokens_out_, json_));
  return {};
}

void ApplyTokens::Note(const ChangeReport& report) {
  const engine::Action action = report.change->action;
  const bool is_new =
      action == engine::Action::kCreate || action == engine::Action::kReplace;
  if (report.outcome != ChangeOutcome::kDone || !is_new) return;
  if (report.change->id.kind() == "Token")
    created_.push_back(report.change->id);
}

std::string ApplyTokens::WhyNot() const {
  if (!keys_) return no_keys_;
  if (sink_ == nullptr) {
    return "its value has nowhere to go (--tokens-out)";
  }
  return {};
}

Status ApplyTokens::Issue(StateStore& store, const std::string& lease_token) {
  Credentials credentials(store, keys(), session_.clock, session_.random);
  for (const ResourceId& token : created_) {
    const auto terms = ReadTerms(store, token);
    if (!terms) {
      unissued_.push_back({token, Describe(terms.error()), true});
      continue;
    }
    const bool is_delivered = !terms->deliver_to.empty();
    // A rotation issues it, and puts its value where it goes.
    if (is_delivered && keys_) continue;
    std::string why = WhyNot();
    if (!why.empty()) {
      unissued_.push_back({token, std::move(why), false, is_delivered});
      continue;
    }
    IssueRequest request{token};
    request.lease_token = lease_token;
    session_.out.flush();
    auto record =
        IssueToken(store, credentials, request, {session_.actor()}, *sink_);
    if (record) {
      issued_.push_back(*std::move(record));
    } else {
      unissued_.push_back({token, Describe(record.error()), true});
    }
  }
  return {};
}

ExitCode ApplyTokens::exit_code() const {
  const bool failed =
      std::any_of(unissued_.begin(), unissued_.end(),
                  [](const UnissuedToken& token) { return token.failed; });
  return failed ? ExitCode::kError : ExitCode::kDone;
}

void ApplyTokens::Print() const {
  std::ostream& out = session_.out;
  if (!issued_.empty()) {
    out << "Issued "
        << engine::Counted(static_cast<std::int64_t>(issued_.size()), "token",
                           "tokens")
        << " to " << EscapeTerminal(sink_->Name()) << ":";
    for (std::size_t i = 0; i < std::min(issued_.size(), kShown); ++i) {
      out << (i == 0 ? " " : ", ")
          << EscapeTerminal(issued_[i].token.address());
    }
    if (issued_.size() > kShown) out << " and more";
    out << "\n";
  }
  for (std::size_t i = 0; i < std::min(unissued_.size(), kShown); ++i) {
    const UnissuedToken& token = unissued_[i];
    const std::string address = EscapeTerminal(token.token.address());
    out << "Not issued: " << address << ", " << EscapeTerminal(token.why)
        << ". Then: writ " << (token.is_delivered ? "rotate " : "token issue ")
        << address << "\n";
  }
  if (unissued_.size() > kShown) {
    out << "Not issued: "
        << engine::Counted(static_cast<std::int64_t>(unissued_.size() - kShown),
                           "token", "tokens")
        << " more. See: writ token list\n";
  }
}

void ApplyTokens::AddTo(Value& result) const {
  Value::List issued;
  for (const CredentialRecord& record : issued_) {
    Value item;
    item.Set("address", record.token.address());
    item.Set("credential", record.id);
    item.Set("hint", MaskedHint(record.hint));
    issued.push_back(std::move(item));
  }
  Value::List unissued;
  for (const UnissuedToken& token : unissued_) {
    Value item;
    item.Set("address", token.token.address());
    item.Set("reason", token.why);
    unissued.push_back(std::move(item));
  }
  result.Set("issued", std::move(issued));
  result.Set("not_issued", std::move(unissued));
}

}  // namespace writ::reconciler
