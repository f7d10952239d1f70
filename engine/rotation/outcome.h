// How each kind of event changes a rotation, before it is settled: internal to
// engine/rotation.
#pragma once

#include "engine/rotation/events.h"
#include "engine/rotation/rotation.h"

namespace writ::engine::rotation {

// A visitor of events; outcomes are in outcome.cc, wishes in wish.cc.
struct Change {
  Rotation& rotation;  // NOLINT: lives for one visit
  const Moment& now;   // NOLINT

  void operator()(const event::Intended& intended) const;
  void operator()(const event::Ready& ready) const;
  void operator()(const event::Minted& minted) const;
  void operator()(const event::ValueLost& lost) const;
  void operator()(const event::Written& written) const;
  void operator()(const event::Observed& observed) const;
  void operator()(const event::Activated& activated) const;
  void operator()(const event::Healthy& healthy) const;
  void operator()(const event::Probed& probed) const;
  void operator()(const event::Restored& restored) const;
  void operator()(const event::UsageRead& usage) const;
  void operator()(const event::Erased& erased) const;
  void operator()(const event::Revoked& revoked) const;
  void operator()(const event::Notified& notified) const;
  void operator()(const event::Failed& failed) const;
  void operator()(const event::PauseAsked& asked) const;
  void operator()(const event::ResumeAsked& asked) const;
  void operator()(const event::RollbackAsked& asked) const;
  void operator()(const event::AbandonAsked& asked) const;
  void operator()(const event::Requested& request) const;
  void operator()(const event::TargetsChanged& changed) const;
  void operator()(const event::PrincipalDeleted& deleted) const;
};

}  // namespace writ::engine::rotation
