// The world of a simulated rotation: an issuer, gateways, targets, consumers
// and a clock. Nothing of it knows of rotations; what it is asked it answers
// with the outcomes that a driver would have.
//
// Times are true ones, but for the driver's, who has its own clock.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/rotation/events.h"
#include "tests/bench/rotation_sim_choices.h"

namespace writ::bench {

namespace rotation = engine::rotation;
using rotation::Event;

struct Issued {
  bool valid = false;
  bool forced = false;  // revoked by hand, or by force
  std::optional<Timestamp> expires_at;
  // Of its revocation: when, and until when use was known to the driver.
  int revoked_in = 0;
  std::optional<Timestamp> known_until;
};

struct FakeTarget {
  rotation::TargetSpec spec;
  rotation::Capabilities can;
  bool declared = true;              // the manifests still name it
  int declared_in = 0;               // and do again, since then
  bool undeclared_consumer = false;  // any use is taken for its consumer's
  Duration lag{0};                   // until a write shows
  std::string holds;                 // a digest
  std::string shows;                 // until `shown_at`
  Timestamp shown_at{};
  std::string version = "v1";
  std::map<std::string, std::string> versions;
  std::string old_digest;  // what it held in the beginning
  // When somebody put back what it held, and when it was looked at next.
  std::optional<Timestamp> put_back_at;
  int put_back_in = 0;
  int looked_in = 0;
  bool looked_new = false;  // and showed what the driver had written
  bool probed_new = false;
};

// How a consumer comes by its credential.
enum class Pace {
  kReads,   // with every request, what its target shows
  kHolds,   // when it's restarted
  kQueued,  // a job takes it, and uses it when its turn comes
};

struct Consumer {
  std::size_t target = 0;
  Pace pace = Pace::kReads;
  Duration every{0};  // between requests
  Duration queue{0};  // of those, from taking a credential to its use
  std::string value;  // a digest
  bool taken = false;
  int requests = 0;  // since it was restarted
  Timestamp fetched_at{};
  int restart_after = 0;
  Timestamp next{};
};

struct Gateway {
  bool alive = true;
  bool forgot = false;  // what came after its last flush, so that it's behind
  Timestamp died_at{};
  Duration lag{0};  // from use to flush
  std::optional<Timestamp> watermark;
  std::vector<rotation::event::Use> uses;
};

class World {
 public:
  explicit World(Choices& choices) : choices_(choices) {}

  // Makes targets, consumers, gateways, and the credentials that are valid.
  rotation::Beginning MakeBeginning();

  Timestamp now() const { return now_; }
  // Consumers make their requests meanwhile.
  void AdvanceBy(Duration duration);
  // Of the driver's clock.
  rotation::Moment DriverNow() const;
  void Jump(Duration offset) { offset_ = offset; }
  Duration offset() const { return offset_; }
  // A new process has no monotonic time to hold its clock against.
  void ForgetMonotonicTime() { watches_jumps_ = false; }
  void WatchJumps() { watches_jumps_ = true; }

  // Does the effect, with the fault that a choice says; `calm`: without.
  Event Perform(const rotation::Rotation& rotation,
                const rotation::Effect& effect, bool calm);

  // What happens by itself.
  void PutBack(std::size_t target, bool garbage);
  void Declare(FakeTarget& target, bool declared);
  void KillGateway(std::size_t gateway);
  void SlowGateway(std::size_t gateway);
  // Somebody vouches for those that forgot long ago.
  void MendGateways();
  void LoseValue() { value_lost_ = true; }
  void RevokeByHand(const std::string& credential);
  void ForceAll() { forced_ = true; }

  // What its consumers would get now.
  const std::string& Shown(const FakeTarget& target) const;
  bool IsValid(const std::string& credential) const;
  // Of this credential the newest accepted use within, or none.
  bool WasUsed(const std::string& credential, Timestamp after,
               Timestamp until) const;
  bool WasUsedBy(const std::string& credential,
                 const std::string& target) const;
  std::optional<Timestamp> Watermark() const;
  FakeTarget& At(const std::string& name);

  std::vector<FakeTarget> targets;
  std::vector<Gateway> gateways;
  std::map<std::string, Issued> issued;  // by id
  std::set<std::string> handed_out;      // that a target ever held
  bool sealed = false;
  int step = 0;
  // Requests that were refused and should not have been; which was the last.
  std::int64_t failed_requests = 0;
  std::string failure;

 private:
  void MakeTarget(int index, rotation::Evidence evidence);
  void MakeConsumer(std::size_t target, rotation::Evidence evidence);
  void Request(Consumer& consumer);
  void Send(const Consumer& consumer);
  bool IsExcused(const Consumer& consumer, const Issued& credential) const;
  void Hold(FakeTarget& target, const std::string& digest);

  Event Fail(const rotation::Effect& effect, rotation::ErrorClass error) const;
  Event Succeed(const rotation::Rotation& rotation,
                const rotation::Effect& effect);
  Event SucceedAt(const rotation::Rotation& rotation,
                  const rotation::Effect& effect, FakeTarget& target);
  Event Put(const rotation::Rotation& rotation, const rotation::Effect& effect,
            FakeTarget& target);
  Event Observe(const rotation::Rotation& rotation, FakeTarget& target);
  Event Revoke(const rotation::Rotation& rotation,
               const std::string& credential);
  Event ReadUsage();
  void Restart(const std::string& target);
  std::string Wanted(const rotation::Rotation& rotation,
                     const std::string& target) const;

  Choices& choices_;
  std::vector<Consumer> consumers_;
  Timestamp now_{std::chrono::sys_days{std::chrono::year(2026) /
                                       std::chrono::November / 21}};
  Duration offset_{0};
  bool watches_jumps_ = true;
  bool value_lost_ = false;
  bool forced_ = false;
  Duration quiet_for_{0};
  int order_ = 0;     // of what happened
  int versions_ = 1;  // written, of all targets
};

// The credential that the digest is of.
std::string IdOf(const std::string& digest);
std::string DigestOf(const std::string& id);

}  // namespace writ::bench
