#include "reconciler/rotation/round.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/rotation/apply.h"
#include "engine/rotation/events.h"
#include "reconciler/rotation/journal.h"

namespace writ::reconciler {
namespace {

namespace event = engine::rotation::event;

// So many that are due at once are opened in one round; the next takes more.
constexpr int kMostDue = 20'000;

class Round {
 public:
  Round(StateStore& store, RotationDriver& driver, const Clock& clock,
        const RoundRequest& request)
      : store_(store), driver_(driver), clock_(clock), request_(request) {}

  Result<RoundReport> Run() {
    const StateFacts facts = TRY(store_.ReadFacts());
    report_.clock_behind = facts.clock_behind;
    // What a restored state says may be long past.
    if (facts.restored) return std::move(report_);
    for (const ResourceId& token : request_.touched) Keep(token, Look(token));
    if (request_.begins_due && !report_.clock_behind) TRY(LookAtDue());
    TRY(MoveOpen());
    report_.next_at = TRY(NextAt());
    return std::move(report_);
  }

 private:
  bool Stopped() const { return request_.stop && request_.stop(); }

  // A failure of one token keeps no other from going on.
  void Keep(const ResourceId& token, const Status& done) {
    if (!done) report_.failed.push_back({token, done.error()});
  }

  Status Look(const ResourceId& token) {
    if (!looked_at_.insert(token).second) return {};
    auto read = ReadRotatedToken(store_, token);
    if (!read && read.error().code == ErrorCode::kNotFound) {
      return Retire(token);
    }
    const RotatedToken live = TRY(std::move(read));
    const Timestamp now = clock_.Now();
    TRY(Reschedule(live, now));
    TRY(TellTargets(live));
    const auto cause = TRY(FindCause(store_, live, now));
    if (cause) TRY(driver_.Begin(token, *cause));
    return LookAgainAt(live, now);
  }

  Status Retire(const ResourceId& token) {
    const auto open = TRY(store_.rotations().FindOpen(token));
    if (open) TRY(driver_.Tell(open->id, event::PrincipalDeleted{}));
    return {};
  }

  // To the rotation under way: what it goes to now, which isn't what it was
  // begun with where the manifests changed since.
  Status TellTargets(const RotatedToken& token) {
    const auto open = TRY(store_.rotations().FindOpen(token.terms.token));
    if (!open) return {};
    const std::vector<engine::rotation::TargetSpec> targets =
        TRY(TargetsOf(store_, token));
    const OpenRotation read = TRY(ParseRecord(*open));
    if (!engine::rotation::HaveChanged(read.rotation, targets)) return {};
    TRY(driver_.Tell(open->id, event::TargetsChanged{targets}));
    return {};
  }

  Status Reschedule(const RotatedToken& token, Timestamp now) {
    if (token.active.empty()) return {};
    auto transaction = TRY(store_.BeginWrite(request_.lease_token));
    for (const CredentialRecord& record : token.active) {
      TRY(ScheduleCredential(store_, token, record, now));
    }
    return transaction->Commit();
  }

  // Valid ones of a Token that this one took the place of are due until a
  // rotation has ended them: once it is under way, or had to be given up, a
  // look a day is enough.
  Status LookAgainAt(const RotatedToken& token, Timestamp now) {
    constexpr std::chrono::hours kLookAgainIn(24);
    if (token.superseded.empty()) return {};
    auto transaction = TRY(store_.BeginWrite(request_.lease_token));
    for (const CredentialRecord& record : token.superseded) {
      TRY(store_.credentials().Schedule(record.id, now + kLookAgainIn,
                                        record.basis));
    }
    return transaction->Commit();
  }

  Status LookAtDue() {
    for (const CredentialRecord& due :
         TRY(store_.credentials().ReadDue(clock_.Now(), kMostDue))) {
      if (Stopped()) return {};
      Keep(due.token, Look(due.token));
    }
    return {};
  }

  Status MoveOpen() {
    for (const RotationRecord& record :
         TRY(store_.rotations().ReadAll(false))) {
      if (Stopped()) return {};
      const bool waits = !record.next_at || *record.next_at > clock_.Now();
      if (waits && !record.observe) continue;
      auto moved = driver_.Advance(record.id);
      if (moved) {
        report_.moved.push_back(*std::move(moved));
      } else {
        report_.failed.push_back({record.token, moved.error()});
      }
    }
    return {};
  }

  Result<std::optional<Timestamp>> NextAt() {
    const auto rotation = TRY(store_.rotations().NextAt());
    const auto due = TRY(store_.credentials().NextDue(clock_.Now()));
    if (!rotation) return due;
    if (!due) return rotation;
    return std::optional(std::min(*rotation, *due));
  }

  StateStore& store_;
  RotationDriver& driver_;
  const Clock& clock_;
  const RoundRequest& request_;
  RoundReport report_;
  std::set<ResourceId> looked_at_;
};

}  // namespace

Result<RoundReport> MoveRotationsOn(StateStore& store, RotationDriver& driver,
                                    const Clock& clock,
                                    const RoundRequest& request) {
  return Round(store, driver, clock, request).Run();
}

Result<bool> IsAnyRotationDue(StateStore& store, Timestamp now) {
  const auto next = TRY(store.rotations().NextAt());
  if (next && *next <= now) return true;
  return !TRY(store.credentials().ReadDue(now, 1))
  .empty();
}

Result<std::vector<ResourceId>> TokensTouchedBy(StateStore& store,
                                                const ResourceId& changed) {
  std::vector<ResourceId> tokens;
  if (changed.kind() == "Token") tokens.push_back(changed);
  if (changed.kind() != "RotationSchedule") return tokens;
  for (const engine::LiveReference& reference :
       TRY(store.ReferencesTo(std::span<const ResourceId>(&changed, 1)))) {
    if (reference.from.kind() == "Token") tokens.push_back(reference.from);
  }
  return tokens;
}

}  // namespace writ::reconciler
