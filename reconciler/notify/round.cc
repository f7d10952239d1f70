#include "reconciler/notify/round.h"

#include <algorithm>
#include <utility>

namespace writ::reconciler {
namespace {

constexpr int kBatch = 500;

}  // namespace

void Round::SetSubjects(std::shared_ptr<const Subjects> subjects) {
  subjects_ = std::move(subjects);
  for (auto& [destination, queue] : queues_) {
    const auto live = subjects_->destinations.find(destination);
    if (live == subjects_->destinations.end()) continue;
    const engine::RateLimit& rate = live->second.rate;
    const engine::RateLimit& now = queue.bucket.limit();
    const bool same = rate.count == now.count && rate.period == now.period &&
                      rate.burst == now.burst;
    if (!same) queue.bucket = engine::RateBucket(rate);
  }
}

Status Round::LoadGroups() {
  if (loaded_) return {};
  engine::Grouping grouping;
  for (engine::Group& group : TRY(outbox_.ReadGroups())) {
    grouping.Restore(std::move(group));
  }
  grouping_ = std::move(grouping);
  loaded_ = true;
  return {};
}

Status Round::Reload() {
  for (const std::string& destination : TRY(outbox_.PendingDestinations())) {
    TRY(QueueOf(destination));
  }
  for (auto& [destination, queue] : queues_) {
    queue.next = TRY(outbox_.NextDue(destination));
    auto stored = TRY(outbox_.ReadHealth(destination));
    if (!queue.busy)
      queue.stored = stored ? *std::move(stored) : StoredHealth();
  }
  return {};
}

Result<Round::Queue*> Round::QueueOf(const std::string& destination) {
  const auto known = queues_.find(destination);
  if (known != queues_.end()) return &known->second;
  const auto live = subjects_->destinations.find(destination);
  Queue queue(live == subjects_->destinations.end() ? engine::RateLimit()
                                                    : live->second.rate);
  if (auto stored = TRY(outbox_.ReadHealth(destination))) {
    queue.stored = *std::move(stored);
  }
  return &queues_.emplace(destination, std::move(queue)).first->second;
}

Result<bool> Round::Evaluate() {
  TRY(LoadGroups());
  const engine::RuleSet& rules = *subjects_->rules;
  const auto page = TRY(outbox_.NextEvents(kBatch, rules));
  const Timestamp now = clock_.Now();
  Outbox::Evaluated evaluated;
  evaluated.cursor = page.cursor;
  for (const engine::NotifyEvent& event : page.events) {
    if (rules.FindSilence(event) != nullptr) continue;
    for (const engine::Rule* rule : rules.Match(event)) {
      auto alone = grouping_.Add(*rule, event, now);
      if (alone) evaluated.messages.push_back(*std::move(alone));
    }
  }
  for (Message& message : grouping_.Advance(
           now, [&](std::string_view uid) { return rules.Find(uid); })) {
    evaluated.messages.push_back(std::move(message));
  }
  evaluated.groups = grouping_.TakeChanges();
  if (page.looked_at == 0 && evaluated.messages.empty() &&
      evaluated.groups.empty()) {
    return false;
  }
  evaluated.grouping = &grouping_;
  evaluated.now = now;
  // Until it is kept, what lies in memory is ahead of the disk.
  loaded_ = false;
  const auto destinations = TRY(outbox_.Commit(evaluated));
  loaded_ = true;
  for (const std::string& destination : destinations) {
    Queue* queue = TRY(QueueOf(destination));
    if (!queue->next || now < *queue->next) queue->next = now;
  }
  return page.looked_at == kBatch;
}

Timestamp Round::ReadyAt(const Queue& queue, Timestamp now) {
  // What is switched off takes nothing, and waits for nothing.
  if (!queue.stored.health.disabled.empty()) return *queue.next;
  const Timestamp ready = std::max(*queue.next, queue.bucket.Ready(now));
  const auto& wait = queue.stored.health.wait_until;
  return wait ? std::max(ready, *wait) : ready;
}

std::optional<Timestamp> Round::NextDue() const {
  const Timestamp now = clock_.Now();
  std::optional<Timestamp> due = grouping_.NextDue();
  for (const auto& [destination, queue] : queues_) {
    if (queue.busy || !queue.next) continue;
    const Timestamp ready = ReadyAt(queue, now);
    if (!due || ready < *due) due = ready;
  }
  return due;
}

Result<std::optional<SendJob>> Round::NextJob() {
  const Timestamp now = clock_.Now();
  // Each in its turn, from the one behind the last.
  std::vector<std::string> order;
  for (auto at = queues_.upper_bound(last_); at != queues_.end(); ++at) {
    order.push_back(at->first);
  }
  for (auto at = queues_.begin(); at != queues_.end() && at->first <= last_;
       ++at) {
    order.push_back(at->first);
  }
  for (const std::string& destination : order) {
    Queue& queue = queues_.find(destination)->second;
    while (!queue.busy && queue.next && ReadyAt(queue, now) <= now) {
      auto job = TRY(Take(destination, queue, now));
      if (!job) continue;
      last_ = destination;
      return job;
    }
  }
  return std::nullopt;
}

Status Round::Abandon(const std::string& destination, Queue& queue,
                      const std::string& reason, Timestamp now) {
  TRY(outbox_.Abandon(destination, reason, now));
  queue.next.reset();
  return {};
}

Result<std::optional<SendJob>> Round::Take(const std::string& destination,
                                           Queue& queue, Timestamp now) {
  const auto live = subjects_->destinations.find(destination);
  if (live == subjects_->destinations.end()) {
    TRY(Abandon(destination, queue, "there is no such destination", now));
    return std::nullopt;
  }
  StoredHealth& stored = queue.stored;
  if (!stored.health.disabled.empty()) {
    if (stored.spec == live->second.digest) {
      TRY(Abandon(destination, queue, "switched off: " + stored.health.disabled,
                  now));
      return std::nullopt;
    }
    stored = {};
    TRY(outbox_.WriteHealth(destination, stored));
  }
  auto delivery = TRY(outbox_.FindDue(destination, now));
  if (!delivery) {
    queue.next = TRY(outbox_.NextDue(destination));
    return std::nullopt;
  }
  return Prepare(live->second, *std::move(delivery), queue, now);
}

Result<std::optional<SendJob>> Round::Prepare(const LiveDestination& live,
                                              OutboxDelivery delivery,
                                              Queue& queue, Timestamp now) {
  SendJob job;
  job.spec = live.spec;
  job.spec_digest = live.digest;
  for (const auto& [field, secret] : SecretFieldsOf(*live.spec)) {
    auto value = secrets_(live.id, secret);
    if (!value) {
      TRY(Keep(std::move(delivery), live.digest, NotSent(value.error(), now),
               queue));
      return std::nullopt;
    }
    job.secrets.emplace(field, *std::move(value));
  }
  auto message = outbox_.ReadMessage(delivery.notification);
  if (!message) {
    Sent sent = NotSent(message.error(), now);
    sent.answer.kind = engine::AnswerKind::kMalformed;
    sent.attempt.outcome = Name(sent.answer.kind);
    TRY(Keep(std::move(delivery), live.digest, sent, queue));
    return std::nullopt;
  }
  job.message = *std::move(message);
  job.delivery = std::move(delivery);
  queue.bucket.Take(now);
  queue.busy = true;
  return job;
}

Status Round::Keep(OutboxDelivery delivery, const std::string& spec,
                   const Sent& sent, Queue& queue) {
  const Timestamp now = clock_.Now();
  StoredHealth stored = queue.stored;
  stored.spec = spec;
  engine::Settle(sent.answer, now, delivery.standing, stored.health);
  if (delivery.standing.state != engine::DeliveryState::kPending) {
    delivery.settled_at = now;
  }
  if (delivery.standing.state == engine::DeliveryState::kDead) {
    delivery.reason =
        stored.health.disabled.empty()
            ? std::string(Name(sent.answer.kind)) + " at the last attempt"
            : "switched off: " + stored.health.disabled;
  }
  TRY(outbox_.Record(delivery, sent.attempt, stored));
  queue.stored = std::move(stored);
  queue.next = TRY(outbox_.NextDue(delivery.destination));
  return {};
}

Status Round::Settle(const SendJob& job, const Sent& sent) {
  Queue& queue = queues_.find(job.delivery.destination)->second;
  // Whatever comes of keeping it: what isn't kept is sent again.
  queue.busy = false;
  return Keep(job.delivery, job.spec_digest, sent, queue);
}

}  // namespace writ::reconciler
