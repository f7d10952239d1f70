// One attempt: the channel's form of a message, sent, and what the answer means
// for the delivery.
//
// Safe from any thread; blocks up to the channel's timeout.
#pragma once

#include <memory>
#include <string>

#include "engine/notify/delivery.h"
#include "reconciler/clock.h"
#include "reconciler/notify/channel.h"
#include "reconciler/notify/outbox.h"

namespace writ::reconciler {

// All that an attempt needs, so that it touches no store.
struct SendJob {
  OutboxDelivery delivery;
  Message message;
  std::shared_ptr<const Value> spec;  // of the destination
  std::string spec_digest;
  DestinationSecrets secrets;
};

struct Sent {
  engine::Answer answer;
  DeliveryAttempt attempt;
};

class Sender {
 public:
  // All of them outlive the sender and are safe from any thread.
  Sender(HttpClient& http, SmtpClient& smtp, const HostFile& host,
         const Clock& clock, std::string ca_file = {})
      : http_(http),
        smtp_(smtp),
        host_(host),
        clock_(clock),
        ca_file_(std::move(ca_file)) {}

  Sent Send(const SendJob& job) const;

 private:
  HttpClient& http_;
  SmtpClient& smtp_;
  const HostFile& host_;
  const Clock& clock_;
  std::string ca_file_;
};

// An attempt that failed before anything was sent.
Sent NotSent(const Error& error, Timestamp at);

}  // namespace writ::reconciler
