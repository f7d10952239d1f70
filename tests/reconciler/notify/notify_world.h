// A state's folder with an events database, rules and destinations, and events
// put there as ingest would.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "reconciler/events/event_database.h"
#include "reconciler/notify/subjects.h"
#include "schema/json.h"

namespace writ::testing {

inline Value Json(const std::string& text) {
  auto value = ParseJson(text);
  EXPECT_TRUE(value) << text;
  return value ? *value : Value();
}

inline std::unique_ptr<reconciler::Database> OpenEvents(
    const std::string& folder) {
  auto database = reconciler::OpenEventDatabase(
      {folder, reconciler::EventDatabaseMode::kMigrate,
       std::chrono::milliseconds(5000)});
  EXPECT_TRUE(database) << Describe(database.error());
  return *std::move(database);
}

inline void PutEvent(reconciler::Database& database, int number, Timestamp at,
                     const std::string& customer = "c1",
                     const std::string& name = "payment.failed") {
  const std::string id = "evt_" + std::to_string(number);
  const std::string body = R"({"n":)" + std::to_string(number) + "}";
  const std::string none = "{}";
  const std::string app = "shop";
  const std::string level = "error";
  database
      .Prepare(
          "INSERT INTO events (id, app, app_uid, event, level, "
          "customer_id, data, metadata, timestamp, ingested_at, "
          "schema_generation) VALUES (?, ?, 'uid', ?, ?, ?, ?, ?, ?, ?, "
          "1)")
      .Bind(id)
      .Bind(app)
      .Bind(name)
      .Bind(level)
      .Bind(customer)
      .Bind(body)
      .Bind(none)
      .Bind(at)
      .Bind(at)
      .Run();
}

// {"rule name": "members of its spec"}; each tells the destinations given.
inline engine::RuleSource RuleSourceOf(
    const std::string& name, const std::string& members,
    const std::string& event = "payment.failed") {
  return {ResourceId("NotificationRule", "shop", name), "uid-" + name,
          std::make_shared<const Value>(
              Json(R"({"event":")" + event + R"(",)" + members + "}"))};
}

inline std::shared_ptr<reconciler::Subjects> SubjectsOf(
    std::vector<engine::RuleSource> rules,
    const std::vector<std::pair<std::string, std::string>>& destinations,
    const std::vector<engine::RuleSource>& silences = {}) {
  auto subjects = std::make_shared<reconciler::Subjects>();
  subjects->rules = std::make_unique<const engine::RuleSet>(rules, silences);
  for (const auto& [name, spec] : destinations) {
    const ResourceId id("Destination", "shop", name);
    subjects->destinations.emplace(id.address(),
                                   reconciler::MakeDestination(id, Json(spec)));
  }
  return subjects;
}

}  // namespace writ::testing
