// The loop beside a gateway: a thread of its own, with connections of its own,
// poked by hooks.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "reconciler/cli/command.h"
#include "reconciler/cli/reconcile_arguments.h"
#include "reconciler/cli/session.h"
#include "reconciler/gateway/hooks/hooks.h"
#include "reconciler/keys/key_ring.h"
#include "reconciler/loop/watch.h"
#include "schema/result.h"

namespace writ::reconciler {

struct ServedLoopArguments {
  bool reconcile = false;
  std::string interval = "60s";
  std::vector<std::string> hooks;  // KIND=FILE, or KIND
};

void DeclareServedLoop(Options& options, ServedLoopArguments& arguments);

class ServedLoop {
 public:
  // Null where no loop is asked for. `environment` is the state's; `keys` are
  // those of the gateway. kInvalidArgument for a hook without a secret, or
  // without a loop to poke.
  static Result<std::unique_ptr<ServedLoop>> Open(
      Session& session, const ServedLoopArguments& arguments,
      ReconcileArguments reconcile, const std::string& environment,
      const KeyRing& keys, StateStore& store);
  // Waits for the run under way.
  ~ServedLoop();
  ServedLoop(const ServedLoop&) = delete;
  ServedLoop& operator=(const ServedLoop&) = delete;

  std::vector<gateway::Route> routes() { return hooks_->routes(); }
  void Start();

 private:
  ServedLoop(Session& session, ReconcileArguments reconcile,
             std::string environment, QueueOptions options, KeyRing keys);
  RunOutcome RunOne();

  Session& session_;
  ReconcileArguments reconcile_;
  std::string environment_;
  KeyRing keys_;
  RunEffects effects_;
  Watch watch_;
  std::unique_ptr<gateway::Hooks> hooks_;
  std::string last_news_;
  std::jthread thread_;
};

}  // namespace writ::reconciler
