// Every field of a rotation's record with its name, once, for writing and for
// reading: Fields(archive, record) calls archive("name", field) for each.
// Internal to engine/rotation.
#pragma once

#include "engine/rotation/rotation.h"

namespace writ::engine::rotation {

template <typename Archive>
void Fields(Archive& archive, Terms& terms) {
  archive("grace", terms.grace);
  archive("evidence", terms.evidence);
  archive("quiet_for", terms.quiet_for);
  archive("max_in_flight", terms.max_in_flight);
  archive("per_attempt", terms.per_attempt);
  archive("per_cycle", terms.per_cycle);
  archive("backoff", terms.backoff);
  archive("max_backoff", terms.max_backoff);
  archive("on_failure", terms.on_failure);
  archive("max_active", terms.max_active);
}

template <typename Archive>
void Fields(Archive& archive, Sighting& sighting) {
  archive("at", sighting.at);
  archive("address", sighting.address);
  archive("agent", sighting.agent);
  archive("route", sighting.route);
}

template <typename Archive>
void Fields(Archive& archive, Credential& credential) {
  archive("id", credential.id);
  archive("target", credential.target);
  archive("generation", credential.generation);
  archive("issue", credential.issue);
  archive("held", credential.held);
  archive("digest", credential.digest);
  archive("hint", credential.hint);
  archive("expires_at", credential.expires_at);
  archive("revoke_intended", credential.revoke_intended);
  archive("revoked_at", credential.revoked_at);
  archive("last_used", credential.last_used);
}

template <typename Archive>
void Fields(Archive& archive, Tries& tries) {
  archive("count", tries.count);
  archive("next_at", tries.next_at);
  archive("error", tries.error);
  archive("text", tries.text);
}

template <typename Archive>
void Fields(Archive& archive, Capabilities& can) {
  archive("reads_back", can.reads_back);
  archive("activates", can.activates);
  archive("reports_health", can.reports_health);
  archive("probes", can.probes);
  archive("restores", can.restores);
}

template <typename Archive>
void Fields(Archive& archive, Target& target) {
  archive("name", target.name);
  archive("key", target.key);
  archive("dedicated", target.dedicated);
  archive("wave", target.wave);
  archive("canary", target.canary);
  archive("expected_period", target.expected_period);
  archive("ready", target.ready);
  archive("can", target.can);
  archive("previous_digest", target.previous_digest);
  archive("previous_version", target.previous_version);
  archive("target_version", target.version);
  archive("state", target.state);
  archive("held_generation", target.held_generation);
  archive("held_before", target.held_before);
  archive("tries", target.tries);
  archive("seen", target.seen);
  archive("refused", target.refused);
  archive("checked_at", target.checked_at);
  archive("overwritten", target.overwritten);
}

template <typename Archive>
void Fields(Archive& archive, Rotation& rotation) {
  archive("id", rotation.id);
  archive("token", rotation.token);
  archive("token_uid", rotation.token_uid);
  archive("cause", rotation.cause);
  archive("asked_by", rotation.asked_by);
  archive("basis", rotation.basis);
  archive("terms", rotation.terms);
  archive("urgency", rotation.urgency);
  archive("phase", rotation.phase);
  archive("stopped_in", rotation.stopped_in);
  archive("why", rotation.why);
  archive("text", rotation.text);
  archive("announce", rotation.announce);
  archive("retiring", rotation.retiring);
  archive("abandoned", rotation.abandoned);
  archive("generation", rotation.generation);
  archive("attempt", rotation.attempt);
  archive("value", rotation.value);
  archive("credentials", rotation.credentials);
  archive("targets", rotation.targets);
  archive("dropped", rotation.dropped);
  archive("tries", rotation.tries);
  archive("complete_until", rotation.complete_until);
  archive("usage_read_at", rotation.usage_read_at);
  archive("look_at", rotation.look_at);
  archive("deadline", rotation.deadline);
  archive("released_at", rotation.released_at);
  archive("started_at", rotation.started_at);
  archive("seen_at", rotation.seen_at);
  archive("entered", rotation.entered);
}

}  // namespace writ::engine::rotation
