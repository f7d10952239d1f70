// What the notifier's thread does, step by step and without waiting: evaluates
// events that are new, hands out what is due, keeps what came of it. Between
// any two steps the program may end; what was not kept is done again, by the
// same ids.
//
// One thread, the outbox's.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/notify/delivery.h"
#include "engine/notify/grouping.h"
#include "reconciler/clock.h"
#include "reconciler/notify/outbox.h"
#include "reconciler/notify/sender.h"
#include "reconciler/notify/subjects.h"
#include "schema/result.h"

namespace writ::reconciler {

// The value of a secret for a resource that refers to it (T-02).
using SecretOfUser = std::function<Result<SecretValue>(
    const ResourceId& user, const ResourceId& secret)>;

class Round {
 public:
  Round(Outbox& outbox, const Clock& clock, SecretOfUser secrets)
      : outbox_(outbox), clock_(clock), secrets_(std::move(secrets)) {}

  void SetSubjects(std::shared_ptr<const Subjects> subjects);

  // Reads anew what another connection may have changed.
  Status Reload();

  // Evaluates the next events, and groups whose time has come. True where more
  // events wait.
  Result<bool> Evaluate();

  // The next delivery that may go now; its destination rests until Settle.
  Result<std::optional<SendJob>> NextJob();
  Status Settle(const SendJob& job, const Sent& sent);

  // When there is something to do next, as far as is known; a past time: now.
  std::optional<Timestamp> NextDue() const;

 private:
  struct Queue {
    explicit Queue(engine::RateLimit rate) : bucket(rate) {}
    engine::RateBucket bucket;
    StoredHealth stored;
    std::optional<Timestamp> next;  // of what is pending; none: nothing is
    bool busy = false;
  };

  Status LoadGroups();
  Result<Queue*> QueueOf(const std::string& destination);
  static Timestamp ReadyAt(const Queue& queue, Timestamp now);
  // The job, or nothing where the queue ended instead.
  Result<std::optional<SendJob>> Take(const std::string& destination,
                                      Queue& queue, Timestamp now);
  Result<std::optional<SendJob>> Prepare(const LiveDestination& live,
                                         OutboxDelivery delivery, Queue& queue,
                                         Timestamp now);
  Status Keep(OutboxDelivery delivery, const std::string& spec,
              const Sent& sent, Queue& queue);
  Status Abandon(const std::string& destination, Queue& queue,
                 const std::string& reason, Timestamp now);

  Outbox& outbox_;
  const Clock& clock_;
  SecretOfUser secrets_;
  std::shared_ptr<const Subjects> subjects_ = std::make_shared<Subjects>();
  engine::Grouping grouping_;
  bool loaded_ = false;
  std::map<std::string, Queue> queues_;
  std::string last_;  // the destination that had its turn
};

}  // namespace writ::reconciler
