// Notification rules and destinations of an app as Vela's management API shows
// and changes them. What belongs to rules of writ's own (levels, when,
// grouping) is taken and shown under its name in a manifest.
//
// A destination's URL and other secrets are write-only, and best a secretRef: a
// secret serves a destination only where its usableBy names it (T-02), whoever
// makes that.
//
// Belongs to one thread, the store's. Errors: see management_scope.h.
#pragma once

#include <string>

#include "reconciler/clock.h"
#include "reconciler/gateway/access/authenticator.h"
#include "reconciler/gateway/management/management_scope.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"
#include "schema/value.h"

namespace writ::reconciler::gateway {

class NotificationStore {
 public:
  // Both outlive it.
  NotificationStore(StateStore& store, const Clock& clock)
      : store_(store), scope_(store, clock) {}

  // `rule` and `destination` are names or uids.
  Result<Value> ListRules(const Principal& caller, const std::string& app);
  Result<Value> GetRule(const Principal& caller, const std::string& app,
                        const std::string& rule);
  Result<Value> CreateRule(const Principal& caller, const std::string& app,
                           const Value& body);
  Result<Value> ChangeRule(const Principal& caller, const std::string& app,
                           const std::string& rule, const Value& body);
  Result<Value> DeleteRule(const Principal& caller, const std::string& app,
                           const std::string& rule);

  Result<Value> ListDestinations(const Principal& caller,
                                 const std::string& app);
  Result<Value> GetDestination(const Principal& caller, const std::string& app,
                               const std::string& destination);
  Result<Value> CreateDestination(const Principal& caller,
                                  const std::string& app, const Value& body);
  Result<Value> ChangeDestination(const Principal& caller,
                                  const std::string& app,
                                  const std::string& destination,
                                  const Value& body);
  // kConflict while a rule tells it.
  Result<Value> DeleteDestination(const Principal& caller,
                                  const std::string& app,
                                  const std::string& destination);

 private:
  using Row = engine::LiveResource;

  Result<Value> RuleToValue(const Row& app, const Row& rule);
  Result<Value> ActionsToValue(const Row& app, const Value& spec);
  // What the body says of a rule, into its spec.
  Status TakeRule(const Row& app, const Value& body, Value& spec);
  Result<Value> TakeActions(const Row& app, const Value& actions);
  // T-02.
  Status CheckSecrets(const ResourceId& destination, const Value& spec);

  StateStore& store_;
  ManagementScope scope_;
};

}  // namespace writ::reconciler::gateway
