#include "reconciler/loop/failure_notice.h"

#include <optional>
#include <utility>

#include "reconciler/applying/rotation_run.h"
#include "reconciler/egress/curl_http_client.h"
#include "reconciler/egress/smtp_client.h"
#include "reconciler/host/host_file.h"
#include "reconciler/notify/outbox.h"
#include "reconciler/notify/sender.h"
#include "reconciler/notify/subjects.h"
#include "reconciler/secrets/managed_secrets.h"
#include "reconciler/secrets/secret_reader.h"
#include "reconciler/store/live_spec.h"
#include "schema/digest.h"

namespace writ::reconciler {
namespace {

constexpr std::size_t kIdDigits = 32;
constexpr char kEvent[] = "writ.reconcile.failed";

Message MessageOf(const FailureNotice& notice, const ResourceId& destination,
                  Timestamp now) {
  const std::string id = IdOf(notice);
  Message message;
  message.id = "ntf_" + id;
  message.rule =
      ResourceId("NotificationRule", destination.parent(), "writ-reconcile");
  message.fields = {{"environment", notice.environment}};
  message.events = 1;
  message.fresh = 1;
  message.destinations = {std::string(destination.name())};
  message.at = now;
  engine::NotifyEvent event;
  event.id = "evt_" + id;
  event.app = std::string(destination.parent());
  event.event = kEvent;
  event.level = "error";
  event.data.Set("environment", notice.environment);
  event.data.Set("failure", notice.failure);
  event.data.Set("reason", notice.reason);
  event.data.Set("remedy", notice.remedy);
  event.data.Set("revision", notice.revision);
  event.at = now;
  event.taken_at = now;
  message.samples.push_back(std::move(event));
  return message;
}

Result<DestinationSecrets> SecretsOf(const Value& spec,
                                     const ResourceId& destination,
                                     const std::string& environment,
                                     SecretReader& reader) {
  DestinationSecrets secrets;
  for (const auto& [field, secret] : SecretFieldsOf(spec)) {
    secrets.emplace(field,
                    TRY(reader.ReadFor(destination, secret, environment)));
  }
  return secrets;
}

}  // namespace

std::string IdOf(const FailureNotice& notice) {
  Sha256Stream stream;
  for (const std::string* part : {&notice.environment, &notice.revision,
                                  &notice.reason, &notice.failure}) {
    stream.UpdateFramed(*part);
  }
  return stream.Finish().Hex().substr(0, kIdDigits);
}

Status TellFailure(StateStore& store, const RunEffects& effects,
                   const FailureNotice& notice) {
  const auto id = ResourceId::Parse(notice.destination);
  if (!id) {
    return Fail(
        ErrorCode::kInvalidManifest,
        "sync.notify wants an address, not \"" + notice.destination + "\"");
  }
  const LiveDestination destination =
      MakeDestination(*id, TRY(ReadSpec(store, *id)));
  const HostFile host =
      WithheldFrom(TRY(ReadHostFile(notice.host_file)), effects, store);
  CurlHttpClient http(host);
  CurlSmtpClient smtp(host);
  const FoundKeys keys = TRY(effects.find_keys(store));
  std::optional<ManagedSecrets> managed;
  if (keys.ring != nullptr) {
    managed.emplace(store, *keys.ring, effects.clock, effects.random);
  }
  SecretReader reader(store, managed ? &*managed : nullptr,
                      {host, effects.clock, http, effects.variable});
  const Timestamp now = effects.clock.Now();
  SendJob job;
  job.message = MessageOf(notice, *id, now);
  job.delivery.standing.id = DeliveryIdOf(job.message.id, id->address());
  job.delivery.destination = id->address();
  job.spec = destination.spec;
  job.spec_digest = destination.digest;
  job.secrets =
      TRY(SecretsOf(*job.spec, *id, notice.secret_environment, reader));
  const Sent sent = Sender(http, smtp, host, effects.clock).Send(job);
  if (sent.answer.kind == engine::AnswerKind::kDelivered) return {};
  return Fail(
      ErrorCode::kIo,
      notice.destination + " wasn't told: " + sent.attempt.outcome +
          (sent.attempt.response.empty() ? std::string()
                                         : ", " + sent.attempt.response));
}

}  // namespace writ::reconciler
