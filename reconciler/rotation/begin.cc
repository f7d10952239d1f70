#include "reconciler/rotation/begin.h"

#include <algorithm>
#include <span>
#include <utility>

#include "reconciler/store/live_spec.h"

namespace writ::reconciler {
namespace {

namespace rotation = engine::rotation;

constexpr std::size_t kIdDigits = 24;

Duration DurationOr(const Value& spec, std::string_view field,
                    Duration otherwise) {
  return ParseDuration(spec.FindString(field)).value_or(otherwise);
}

int IntegerOr(const Value& spec, std::string_view field, int otherwise) {
  const Value* value = spec.Find(field);
  return value != nullptr && value->IsInteger()
             ? static_cast<int>(value->AsInteger())
             : otherwise;
}

rotation::Evidence EvidenceOf(std::string_view name) {
  if (name == "readback") return rotation::Evidence::kReadback;
  if (name == "probe") return rotation::Evidence::kProbe;
  return rotation::Evidence::kUsage;
}

rotation::Credential OldCredential(const CredentialRecord& record) {
  rotation::Credential old;
  old.id = record.id;
  old.target = record.target;
  old.hint = record.hint;
  old.expires_at = record.expires_at;
  return old;
}

// By name or by address, as manifests refer.
bool IsNamed(const ResourceId& target, std::string_view reference) {
  return target.name() == reference || target.address() == reference;
}

}  // namespace

rotation::Terms TermsOf(const Value& schedule) {
  rotation::Terms terms;
  terms.grace = DurationOr(schedule, "grace", terms.grace);
  terms.evidence = EvidenceOf(schedule.FindString("evidence"));
  terms.quiet_for = DurationOr(schedule, "quietFor", terms.quiet_for);
  terms.max_in_flight = IntegerOr(schedule, "maxInFlight", terms.max_in_flight);
  if (schedule.FindString("onFailure") == "rollback") {
    terms.on_failure = rotation::OnFailure::kRollback;
  }
  if (const Value* retries = schedule.Find("retries")) {
    terms.per_attempt = IntegerOr(*retries, "perAttempt", terms.per_attempt);
    terms.per_cycle = IntegerOr(*retries, "perCycle", terms.per_cycle);
    terms.backoff = DurationOr(*retries, "backoff", terms.backoff);
    terms.max_backoff = DurationOr(*retries, "maxBackoff", terms.max_backoff);
  }
  return terms;
}

Result<engine::RotationTiming> TimingOf(const Value& schedule) {
  const std::string_view zone_name = schedule.FindString("timeZone");
  const auto zone =
      engine::TimeZone::Find(zone_name.empty() ? "UTC" : zone_name);
  if (!zone) {
    return Fail(ErrorCode::kUnsupported,
                "this machine knows no time zone " + std::string(zone_name),
                "install its time zone database (tzdata)");
  }
  return engine::RotationTiming{
      DurationOr(schedule, "every", Duration(0)),
      engine::Cron::Parse(schedule.FindString("cron")), *zone,
      DurationOr(schedule, "window", std::chrono::hours(24)),
      DurationOr(schedule, "jitter", Duration(0))};
}

rotation::Basis BasisOf(const TokenTerms& terms,
                        const std::optional<std::int64_t>& rotation_id) {
  rotation::Basis basis;
  basis.rotation_id = rotation_id;
  basis.scopes = terms.rights.scopes;
  for (const IpNetwork& network : terms.rights.allow_from) {
    basis.networks.push_back(network.Text());
  }
  for (const TokenDelivery& delivery : terms.deliver_to) {
    basis.targets.push_back(delivery.target.address() + " " + delivery.name +
                            (delivery.dedicated ? " dedicated" : ""));
  }
  std::sort(basis.networks.begin(), basis.networks.end());
  std::sort(basis.targets.begin(), basis.targets.end());
  return basis;
}

Result<std::optional<engine::RotationDue>> RotatedToken::DueOf(
    Timestamp issued_at, Timestamp now) const {
  if (!schedule) return std::optional<engine::RotationDue>();
  const engine::RotationTiming timing = TRY(TimingOf(*schedule));
  engine::TokenAge age;
  age.uid = terms.token_uid;
  age.issued_at = issued_at;
  // A fixed end isn't one that rotating helps against.
  if (!terms.expires_at) age.expires_at = terms.ExpiryOf(issued_at);
  age.lead = TermsOf(*schedule).grace;
  return engine::FindRotationDue(timing, age, now);
}

Result<RotatedToken> ReadRotatedToken(StateStore& store,
                                      const ResourceId& token) {
  RotatedToken read;
  read.terms = TRY(ReadTerms(store, token));
  const Value spec = TRY(ReadSpec(store, token));
  std::optional<std::int64_t> rotation_id;
  const Value* asked = spec.Find("rotationId");
  if (asked != nullptr && asked->IsInteger()) rotation_id = asked->AsInteger();
  read.basis = BasisOf(read.terms, rotation_id);
  if (read.terms.rotation) {
    read.schedule = TRY(ReadSpec(store, *read.terms.rotation));
  }
  for (CredentialRecord& record : TRY(store.credentials().ReadOf(token))) {
    if (record.status != CredentialStatus::kActive) continue;
    const bool is_own = record.token_uid == read.terms.token_uid;
    (is_own ? read.active : read.superseded).push_back(std::move(record));
  }
  return read;
}

namespace {

// When the last one that was rolled back ended.
Result<std::optional<Timestamp>> FindRolledBack(StateStore& store,
                                                const ResourceId& token) {
  for (const RotationRecord& record : TRY(store.rotations().ReadOf(token))) {
    if (record.phase == "ROLLED_BACK") return record.ended_at;
  }
  return std::optional<Timestamp>();
}

}  // namespace

Result<std::optional<rotation::Cause>> FindCause(StateStore& store,
                                                 const RotatedToken& token,
                                                 Timestamp now) {
  if (token.terms.deliver_to.empty()) {
    return std::optional<rotation::Cause>();
  }
  const auto rolled_back_at = TRY(FindRolledBack(store, token.terms.token));
  if (token.active.empty() && !token.superseded.empty()) {
    return rotation::IsRested(rolled_back_at, now)
               ? std::optional(rotation::Cause::kReplaced)
               : std::nullopt;
  }
  if (token.active.empty()) {
    // One that a person has revoked or suspended is for a person to replace.
    const auto all = TRY(store.credentials().ReadOf(token.terms.token));
    const bool never = std::none_of(
        all.begin(), all.end(), [&](const CredentialRecord& record) {
          return record.token_uid == token.terms.token_uid;
        });
    return never ? std::optional(rotation::Cause::kIssue) : std::nullopt;
  }
  const CredentialRecord& newest = token.active.front();
  rotation::TokenNow asked;
  asked.desired = token.basis;
  // Of one that was imported, or issued to a person, nothing is known but that
  // it is there.
  asked.issued = newest.basis.empty() ? token.basis
                                      : TRY(rotation::ParseBasis(newest.basis));
  asked.due = TRY(token.DueOf(newest.issued_at, now));
  asked.rolled_back_at = rolled_back_at;
  return rotation::FindCause(asked, now);
}

Result<std::vector<rotation::TargetSpec>> TargetsOf(StateStore& store,
                                                    const RotatedToken& token) {
  std::string canary;
  if (token.schedule) canary = token.schedule->FindString("canary");
  std::vector<rotation::TargetSpec> targets;
  for (const TokenDelivery& delivery : token.terms.deliver_to) {
    const Value spec = TRY(ReadSpec(store, delivery.target));
    targets.push_back({delivery.target.address(), delivery.name,
                       delivery.dedicated, IsNamed(delivery.target, canary),
                       ParseDuration(spec.FindString("expectedPeriod"))});
  }
  return targets;
}

Result<rotation::Beginning> BeginningOf(StateStore& store,
                                        const RotatedToken& token,
                                        rotation::Cause cause,
                                        const std::string& asked_by) {
  rotation::Beginning beginning;
  beginning.token = token.terms.token.address();
  beginning.token_uid = token.terms.token_uid;
  beginning.cause = cause;
  beginning.asked_by = asked_by;
  beginning.basis = rotation::PrintBasis(token.basis);
  if (token.terms.deliver_to.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                beginning.token + " has no target that a new value could go to",
                "give it deliverTo, or issue one by hand: writ token issue " +
                    beginning.token);
  }
  if (token.schedule) {
    beginning.terms = TermsOf(*token.schedule);
    if (token.schedule->FindString("strategy") == "immediate") {
      beginning.urgency = rotation::Urgency::kImmediate;
    }
  }
  beginning.terms.max_active = token.terms.max_active;
  for (const auto* records : {&token.active, &token.superseded}) {
    for (const CredentialRecord& record : *records) {
      beginning.old.push_back(OldCredential(record));
    }
  }
  beginning.targets = TRY(TargetsOf(store, token));
  return beginning;
}

Status ScheduleCredential(StateStore& store, const RotatedToken& token,
                          const CredentialRecord& record, Timestamp now) {
  std::optional<Timestamp> look_at;
  if (const auto due = TRY(token.DueOf(record.issued_at, now))) {
    look_at = due->at;
  }
  const std::string desired = rotation::PrintBasis(token.basis);
  // What was issued by hand was issued for what is asked for now.
  const std::string& basis = record.basis.empty() ? desired : record.basis;
  const bool deliverable = !token.terms.deliver_to.empty();
  if (basis != desired && deliverable) look_at = now;
  if (!deliverable) look_at.reset();
  if (look_at == record.rotate_at && basis == record.basis) return {};
  return store.credentials().Schedule(record.id, look_at, basis);
}

std::string NewRotationId(Random& random) {
  return "r_" + random.Hex(kIdDigits);
}

}  // namespace writ::reconciler
