#include "reconciler/credentials/leak.h"

#include <algorithm>
#include <set>
#include <utility>

#include "reconciler/credentials/issue.h"
#include "schema/credential/token_format.h"

namespace writ::reconciler {
namespace {

// What an imported token may be made of.
constexpr std::string_view kWord =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";

// What may be one of ours: tokens of writ's own format anywhere, and whole
// words that may be imported ones.
std::vector<std::string_view> Candidates(std::string_view text) {
  std::vector<std::string_view> found = FindTokens(text);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end =
        std::min(text.find_first_not_of(kWord, at), text.size());
    const std::string_view word = text.substr(at, end - at);
    if (ParseForeignToken(word) && FindTokens(word).empty()) {
      found.push_back(word);
    }
    at = end + 1;
  }
  std::stable_sort(found.begin(), found.end(),
                   [](std::string_view a, std::string_view b) {
                     return a.data() < b.data();
                   });
  return found;
}

Result<LeakAnswer> Answer(StateStore& store, Credentials& credentials,
                          WriteTransaction& transaction, std::string_view token,
                          const Author& author, EmergencyRotation* rotation) {
  LeakAnswer answer;
  answer.hint = VisiblePrefix(token);
  answer.record = TRY(store.credentials().FindByDigest(TokenDigest(token)));
  if (!answer.record) return answer;
  const CredentialRecord& record = *answer.record;
  answer.outcome = LeakOutcome::kEndedAlready;
  if (record.status == CredentialStatus::kRevoked) return answer;
  answer.outcome = LeakOutcome::kRotating;
  if (rotation != nullptr && TRY(rotation->TakesOver(record))) return answer;
  answer.outcome = LeakOutcome::kRevoked;
  answer.record = TRY(credentials.Revoke(transaction, record.id, author));
  TRY(credentials.UpdateTokenStatus(transaction, answer.record->token));
  return answer;
}

}  // namespace

std::string_view Name(LeakOutcome outcome) {
  switch (outcome) {
    case LeakOutcome::kNotOurs:
      return "not_ours";
    case LeakOutcome::kEndedAlready:
      return "ended_already";
    case LeakOutcome::kRevoked:
      return "revoked";
    case LeakOutcome::kRotating:
      return "rotating";
  }
  return "";
}

Result<std::vector<LeakAnswer>> AnswerLeaks(StateStore& store,
                                            Credentials& credentials,
                                            std::string_view text,
                                            const Author& author,
                                            EmergencyRotation* rotation) {
  return Transact(
      store, "",
      [&](WriteTransaction& transaction) -> Result<std::vector<LeakAnswer>> {
        std::vector<LeakAnswer> answers;
        std::set<Digest> seen;
        for (const std::string_view token : Candidates(text)) {
          if (!seen.insert(TokenDigest(token)).second) continue;
          answers.push_back(TRY(Answer(store, credentials, transaction, token,
                                       author, rotation)));
        }
        return answers;
      });
}

}  // namespace writ::reconciler
