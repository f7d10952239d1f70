#include "tests/bench/rotation_sim_world.h"

#include <algorithm>
#include <array>
#include <utility>

namespace writ::bench {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr seconds kMargin(30);
constexpr minutes kDeath(10);

}  // namespace

std::string IdOf(const std::string& digest) {
  return digest.starts_with("d:") ? digest.substr(2) : std::string();
}
std::string DigestOf(const std::string& id) { return "d:" + id; }

rotation::Beginning World::MakeBeginning() {
  rotation::Beginning beginning;
  beginning.id = "r1";
  beginning.token = "Token/acme/ci";
  beginning.token_uid = "uid";
  rotation::Terms& terms = beginning.terms;
  terms.evidence =
      std::array{rotation::Evidence::kUsage, rotation::Evidence::kReadback,
                 rotation::Evidence::kProbe}[static_cast<std::size_t>(
          choices_.Weighted({7, 2, 1}))];
  terms.on_failure = choices_.Chance(300) ? rotation::OnFailure::kRollback
                                          : rotation::OnFailure::kPause;
  terms.quiet_for = minutes(10 * (1 + choices_.Pick(3)));
  terms.grace = minutes(choices_.Chance(100) ? 25 : 150);
  terms.max_in_flight = 1 + choices_.Pick(3);
  terms.per_attempt = 5 - choices_.Pick(4);
  terms.per_cycle = 3 - choices_.Pick(3);
  terms.max_active = 3;
  quiet_for_ = terms.quiet_for;
  const int count = choices_.Weighted({6, 6, 3, 1});
  for (int i = 0; i < count + 1; ++i) MakeTarget(i, terms.evidence);
  const bool first = choices_.Chance(50);
  beginning.cause =
      first ? rotation::Cause::kIssue : rotation::Cause::kSchedule;
  const auto hold = [&](const std::string& id, const std::string& target) {
    if (!issued.contains(id)) {
      rotation::Credential credential;
      credential.id = id;
      credential.target = target;
      credential.digest = DigestOf(id);
      if (choices_.Chance(50)) {
        credential.expires_at = now_ + std::chrono::hours(3);
      }
      issued[id] = {true, false, credential.expires_at, 0, std::nullopt};
      beginning.old.push_back(std::move(credential));
    }
    return DigestOf(id);
  };
  for (FakeTarget& target : targets) {
    if (!first) {
      target.holds = hold(target.spec.dedicated ? "old-" + target.spec.name
                                                : std::string("old"),
                          target.spec.dedicated ? target.spec.name : "");
    }
    target.old_digest = target.holds;
    handed_out.insert(IdOf(target.holds));
    target.versions[target.version] = target.holds;
    beginning.targets.push_back(target.spec);
  }
  // One more that nobody uses.
  if (!first && choices_.Chance(100)) hold("older", "");
  for (std::size_t i = 0; i < targets.size(); ++i) {
    MakeConsumer(i, terms.evidence);
    if (choices_.Chance(300)) MakeConsumer(i, terms.evidence);
  }
  const int gateway_count = 1 + choices_.Pick(2);
  for (int i = 0; i < gateway_count; ++i) {
    Gateway gateway;
    gateway.lag = seconds(5);
    if (choices_.Chance(300)) gateway.lag = minutes(5);
    gateways.push_back(std::move(gateway));
  }
  return beginning;
}

void World::MakeTarget(int index, rotation::Evidence evidence) {
  FakeTarget target;
  target.spec.name = "t" + std::to_string(index);
  target.spec.key = "TOKEN";
  target.spec.dedicated = choices_.Chance(150);
  target.spec.canary = index == 0 && choices_.Chance(200);
  if (choices_.Chance(200)) target.spec.expected_period = minutes(40);
  rotation::Capabilities& can = target.can;
  can.reads_back = !choices_.Chance(350);
  can.activates = choices_.Chance(300);
  can.reports_health = choices_.Chance(200);
  can.probes = choices_.Chance(200);
  can.restores = choices_.Chance(400);
  // Now and then the evidence asked for can't be had.
  if (!choices_.Chance(50)) {
    can.reads_back |= evidence == rotation::Evidence::kReadback;
    can.probes |= evidence == rotation::Evidence::kProbe;
  }
  const bool late = choices_.Chance(250);
  if (late && (can.reads_back || evidence == rotation::Evidence::kUsage)) {
    target.lag = minutes(1 + 3 * choices_.Pick(2));
  }
  target.undeclared_consumer = choices_.Chance(150);
  targets.push_back(std::move(target));
}

void World::MakeConsumer(std::size_t index, rotation::Evidence evidence) {
  const FakeTarget& target = targets[index];
  Consumer consumer;
  consumer.target = index;
  // Who may be cut off by other evidence asks for use.
  if (evidence == rotation::Evidence::kUsage) {
    consumer.pace = static_cast<Pace>(choices_.Pick(3));
  }
  const Duration quiet =
      std::max(quiet_for_, target.spec.expected_period.value_or(Duration(0)));
  const Duration longest = quiet - kMargin;
  consumer.every = choices_.Chance(500) ? longest : longest / 2;
  if (consumer.pace == Pace::kQueued) {
    consumer.queue = consumer.every / (1 + choices_.Pick(3)) * 3 / 4;
  }
  consumer.restart_after = 2 + choices_.Pick(12);
  consumer.value = target.holds;
  consumer.next = now_ + consumer.every * choices_.Pick(8) / 8;
  consumers_.push_back(std::move(consumer));
}

void World::AdvanceBy(Duration duration) {
  const Timestamp until = now_ + duration;
  while (true) {
    Consumer* first = nullptr;
    for (Consumer& consumer : consumers_) {
      if (first == nullptr || consumer.next < first->next) first = &consumer;
    }
    if (first == nullptr || first->next > until) break;
    now_ = std::max(now_, first->next);
    Request(*first);
  }
  now_ = until;
  for (Gateway& gateway : gateways) {
    if (!gateway.alive && now_ - gateway.died_at >= kDeath) {
      gateway.alive = true;
    }
    if (!gateway.alive || gateway.forgot) continue;
    gateway.watermark = std::max(gateway.watermark.value_or(now_ - gateway.lag),
                                 now_ - gateway.lag);
  }
}

const std::string& World::Shown(const FakeTarget& target) const {
  return now_ < target.shown_at ? target.shows : target.holds;
}

void World::Request(Consumer& consumer) {
  const FakeTarget& target = targets[consumer.target];
  if (consumer.pace == Pace::kQueued && !consumer.taken) {
    consumer.value = Shown(target);
    consumer.taken = true;
    consumer.next = now_ + consumer.queue;
    return;
  }
  if (consumer.pace == Pace::kReads) consumer.value = Shown(target);
  if (consumer.pace == Pace::kHolds &&
      ++consumer.requests >= consumer.restart_after) {
    consumer.value = Shown(target);
    consumer.fetched_at = now_;
    consumer.requests = 0;
  }
  Send(consumer);
  consumer.taken = false;
  consumer.next = now_ + consumer.every - consumer.queue;
}

void World::Send(const Consumer& consumer) {
  const std::string id = IdOf(consumer.value);
  if (id.empty()) return;  // nothing yet, or what somebody else wrote
  const FakeTarget& target = targets[consumer.target];
  rotation::event::Use use{
      id, {}, {now_, "10.0.4.7", "checkout/2.1", "POST /v1/apps"}, false};
  for (const FakeTarget& other : targets) {
    if (&other == &target || other.undeclared_consumer) {
      use.targets.push_back(other.spec.name);
    }
  }
  const std::size_t count = gateways.size();
  Gateway* gateway = &gateways[consumer.target % count];
  if (!gateway->alive) gateway = &gateways[(consumer.target + 1) % count];
  if (!gateway->alive) return;  // nobody answers, so nobody refuses
  gateway->uses.push_back(std::move(use));
  const auto found = issued.find(id);
  if (found == issued.end()) return;
  const Issued& credential = found->second;
  if (credential.valid || IsExcused(consumer, credential)) return;
  ++failed_requests;
  failure = target.spec.name + "'s consumer was refused with " + id;
}

bool World::IsExcused(const Consumer& consumer,
                      const Issued& credential) const {
  if (credential.forced || forced_) return true;
  if (credential.expires_at && *credential.expires_at <= now_) return true;
  const FakeTarget& target = targets[consumer.target];
  // Nobody looks after a place that the manifests don't name, or didn't.
  if (!target.declared || target.declared_in > credential.revoked_in) {
    return true;
  }
  // Somebody put the credential back after the last look at the target, or
  // where nobody can look, so that no use of it was known in time.
  if (!target.put_back_at) return false;
  if (target.put_back_in >= credential.revoked_in) return true;
  if (target.can.reads_back) {
    return target.looked_in == 0 || target.looked_in > credential.revoked_in;
  }
  const Timestamp used = consumer.pace == Pace::kHolds
                             ? consumer.fetched_at
                             : *target.put_back_at + consumer.queue;
  return !credential.known_until ||
         used + consumer.every > *credential.known_until;
}

rotation::Moment World::DriverNow() const {
  const bool off = offset_ > minutes(1) || offset_ < -minutes(1);
  return {now_ + offset_, off && watches_jumps_};
}

void World::PutBack(std::size_t index, bool garbage) {
  FakeTarget& target = targets[index];
  target.holds = garbage ? "garbage" : target.old_digest;
  target.shown_at = now_;
  target.version = "v" + std::to_string(++versions_);
  target.versions[target.version] = target.holds;
  if (garbage) return;
  target.put_back_at = now_;
  target.put_back_in = ++order_;
  target.looked_in = 0;
}

void World::Declare(FakeTarget& target, bool declared) {
  if (declared && !target.declared) target.declared_in = ++order_;
  target.declared = declared;
}

void World::KillGateway(std::size_t index) {
  Gateway& gateway = gateways[index];
  if (!gateway.alive) return;
  gateway.alive = false;
  gateway.forgot = true;
  gateway.died_at = now_;
  // It never wrote what came after its last flush.
  std::erase_if(gateway.uses, [&](const rotation::event::Use& use) {
    return !gateway.watermark || use.sighting.at > *gateway.watermark;
  });
}

void World::SlowGateway(std::size_t index) {
  gateways[index].lag = minutes(20);
}

void World::MendGateways() {
  // Whoever was served by it has been served, and recorded, since.
  const Duration longest =
      std::max<Duration>(quiet_for_, minutes(45)) * 2 + kDeath;
  for (Gateway& gateway : gateways) {
    gateway.lag = std::min<Duration>(gateway.lag, minutes(5));
    if (now_ - gateway.died_at >= longest) gateway.forgot = false;
  }
}

void World::RevokeByHand(const std::string& credential) {
  Issued& one = issued[credential];
  one.valid = false;
  one.forced = true;
  one.revoked_in = ++order_;
}

bool World::IsValid(const std::string& credential) const {
  const auto found = issued.find(credential);
  return found != issued.end() && found->second.valid;
}

bool World::WasUsed(const std::string& credential, Timestamp after,
                    Timestamp until) const {
  for (const Gateway& gateway : gateways) {
    for (const auto& use : gateway.uses) {
      if (use.credential == credential && !use.own_probe &&
          use.sighting.at > after && use.sighting.at <= until) {
        return true;
      }
    }
  }
  return false;
}

bool World::WasUsedBy(const std::string& credential,
                      const std::string& target) const {
  for (const Gateway& gateway : gateways) {
    for (const auto& use : gateway.uses) {
      if (use.credential == credential && !use.own_probe &&
          std::find(use.targets.begin(), use.targets.end(), target) !=
              use.targets.end()) {
        return true;
      }
    }
  }
  return false;
}

std::optional<Timestamp> World::Watermark() const {
  std::optional<Timestamp> least;
  for (const Gateway& gateway : gateways) {
    if (!gateway.watermark) return std::nullopt;
    least = std::min(least.value_or(*gateway.watermark), *gateway.watermark);
  }
  return least;
}

FakeTarget& World::At(const std::string& name) {
  return *std::find_if(
      targets.begin(), targets.end(),
      [&](const FakeTarget& target) { return target.spec.name == name; });
}

void World::Hold(FakeTarget& target, const std::string& digest) {
  target.shows = Shown(target);
  target.holds = digest;
  target.probed_new = false;
  handed_out.insert(IdOf(digest));
  target.shown_at = now_ + target.lag;
  target.version = "v" + std::to_string(++versions_);
  target.versions[target.version] = digest;
}

void World::Restart(const std::string& name) {
  for (Consumer& consumer : consumers_) {
    const FakeTarget& target = targets[consumer.target];
    if (target.spec.name != name || consumer.pace != Pace::kHolds) continue;
    consumer.value = Shown(target);
    consumer.fetched_at = now_;
    consumer.requests = 0;
  }
}

}  // namespace writ::bench
