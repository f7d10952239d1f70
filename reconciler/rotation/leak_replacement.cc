#include "reconciler/rotation/leak_replacement.h"

#include "reconciler/credentials/issue.h"
#include "reconciler/credentials/terms.h"

namespace writ::reconciler {
namespace {

namespace rotation = engine::rotation;

// Takes over what is delivered somewhere; the rest has nobody to tell.
class Replacing final : public EmergencyRotation {
 public:
  explicit Replacing(const LeakReplacement& with) : with_(with) {}

  Result<bool> TakesOver(const CredentialRecord& leaked) override {
    if (leaked.status != CredentialStatus::kActive) return false;
    const auto terms = ReadTerms(with_.store, leaked.token);
    if (!terms || terms->token_uid != leaked.token_uid ||
        terms->deliver_to.empty()) {
      return false;
    }
    taken_.push_back(leaked);
    return true;
  }

  // Each is revoked in the end, whatever became of its rotation.
  Status Run(const Author& author) {
    for (const CredentialRecord& leaked : taken_) {
      const Status replaced = Rotate(leaked.token);
      if (!replaced) with_.warn(leaked.token, replaced.error());
      TRY(RevokeIfLeft(leaked.id, author));
    }
    return {};
  }

 private:
  Status Rotate(const ResourceId& token) {
    const rotation::Rotation begun = TRY(with_.driver.Begin(
        token, rotation::Cause::kCompromised, rotation::Urgency::kCompromised));
    const rotation::Rotation moved = TRY(with_.driver.Advance(begun.id));
    if (rotation::IsStopped(moved)) {
      return Fail(ErrorCode::kConflict, "its rotation stopped",
                  "writ rotation show " + token.address());
    }
    return {};
  }

  Status RevokeIfLeft(const std::string& id, const Author& author) {
    const CredentialRecord now = TRY(with_.credentials.Find(id));
    if (now.status == CredentialStatus::kRevoked) return {};
    return Transact(
        with_.store, with_.lease_token,
        [&](WriteTransaction& transaction) -> Status {
          const CredentialRecord ended =
              TRY(with_.credentials.Revoke(transaction, id, author));
          return with_.credentials.UpdateTokenStatus(transaction, ended.token);
        });
  }

  const LeakReplacement& with_;
  std::vector<CredentialRecord> taken_;
};

}  // namespace

Result<std::vector<LeakAnswer>> AnswerLeaksReplacing(
    const LeakReplacement& replacement, std::string_view text,
    const Author& author) {
  Replacing replacing(replacement);
  auto answers = TRY(AnswerLeaks(replacement.store, replacement.credentials,
                                 text, author, &replacing));
  TRY(replacing.Run(author));
  return answers;
}

}  // namespace writ::reconciler
