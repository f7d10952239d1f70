#include "reconciler/cli/rotation_run.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "engine/rotation/names.h"
#include "reconciler/cli/rotation_text.h"
#include "schema/report/escape.h"
#include "schema/time.h"

namespace writ::reconciler {
namespace {

constexpr std::size_t kShown = 20;

HostFile WithheldFrom(HostFile host, const Session& session,
                      const StateStore& store) {
  host.withheld.push_back(store.folder());
  if (const auto key = session.variable("WRIT_MASTER_KEY_FILE")) {
    host.withheld.push_back(*key);
  }
  return host;
}

}  // namespace

RotationRun::RotationRun(Session& session, StateStore& store,
                         const KeyRing& keys, HostFile host,
                         RotationSetup setup)
    : session_(session),
      store_(store),
      setup_(std::move(setup)),
      host_(WithheldFrom(std::move(host), session, store)),
      http_(host_),
      credentials_(store, &keys, session.clock, session.random),
      managed_(store, keys, session.clock, session.random),
      secrets_(store, &managed_,
               {host_, session.clock, http_, session.variable}),
      targets_(store,
               [this](const ResourceId& secret, const ResourceId& user) {
                 return secrets_.ReadFor(user, secret,
                                         setup_.secret_environment);
               },
               host_, http_, session.clock, {}),
      usage_(store.folder()),
      driver_({store, credentials_, keys, targets_, usage_, session.clock,
               session.random},
              {setup_.lease_token, session.actor(), session.interrupted, {}}) {}

Result<RoundReport> RotationRun::Round(std::vector<ResourceId> touched) {
  return MoveRotationsOn(
      store_, driver_, session_.clock,
      {std::move(touched), setup_.lease_token, session_.interrupted});
}

void PrintRound(Session& session, const RoundReport& report) {
  const Timestamp now = session.clock.Now();
  std::size_t shown = 0;
  for (const auto& rotation : report.moved) {
    if (shown++ == kShown) break;
    session.out << "  " << RotationInOneLine(rotation, now) << "\n";
  }
  if (report.moved.size() > kShown) {
    session.out << "  … and " << report.moved.size() - kShown
                << " more: writ rotation list\n";
  }
  for (const RoundFailure& failure : report.failed) {
    session.out << "  ✗ " << EscapeTerminal(failure.token.address()) << "  "
                << EscapeTerminal(Describe(failure.error)) << "\n";
    if (!failure.error.remedy.empty()) {
      session.out << "    " << EscapeTerminal(failure.error.remedy) << "\n";
    }
  }
  if (report.clock_behind) {
    session.out << "  This machine's clock is behind the state's: nothing is "
                   "rotated by schedule until it is right.\n";
  }
}

Value RoundToValue(const RoundReport& report) {
  Value::List moved;
  for (const auto& rotation : report.moved) {
    moved.push_back(RotationToValue(rotation));
  }
  Value::List failed;
  for (const RoundFailure& failure : report.failed) {
    Value item;
    item.Set("address", failure.token.address());
    item.Set("error", Describe(failure.error));
    failed.push_back(std::move(item));
  }
  Value value;
  value.Set("failed", std::move(failed));
  value.Set("moved", std::move(moved));
  value.Set("next_at",
            report.next_at ? Value(FormatTimestamp(*report.next_at)) : Value());
  return value;
}

}  // namespace writ::reconciler
