// A planning case kept as JSON (tests/golden/plan/<case>/case.json):
//
//   {"what": "one sentence",
//    "before": {ADDRESS: {"spec", "lifecycle", "labels", "implied"}},
//    "then": [{"drift": ADDRESS, "path", "value"},
//             {"row": ADDRESS, "owner", "status", "uses", "last_used_at",
//              "items", "implied"}],
//    "after": {ADDRESS: {…} or null},
//    "options": {"mode", "prune", "targets", "excludes", "allow": {…}}}
//
// Before is declared on top of Shop() ("empty": true: of nothing) and applied;
// then somebody meddles with live rows; after is what changes in the manifests.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/plan_model.h"
#include "tests/support/plan_world.h"

namespace writ::testing {

inline std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct PlanCase {
  World world;
  PlanModel model;
  engine::PlanOptions options;
};

inline std::string TextOf(const Value& from, std::string_view key,
                          std::string otherwise = "{}") {
  const Value* value = from.Find(key);
  return value == nullptr ? otherwise : CanonicalJson(*value);
}

inline void Declare(const Value& documents, World& world) {
  for (const Value::Entry& entry : documents.AsMap()) {
    if (entry.value.IsNull()) {
      world.Remove(entry.key);
      continue;
    }
    Resource& resource = world.Declare(entry.key, TextOf(entry.value, "spec"),
                                       TextOf(entry.value, "lifecycle"),
                                       TextOf(entry.value, "labels"));
    resource.implied = entry.value.Find("implied") != nullptr;
  }
}

inline void Meddle(const Value& step, PlanModel& model) {
  if (step.Find("drift") != nullptr) {
    model.Drift(step.FindString("drift"), step.FindString("path"),
                *step.Find("value"));
    return;
  }
  engine::LiveResource& live = model.at(step.FindString("row"));
  if (const Value* owner = step.Find("owner")) {
    live.owner.reset();
    if (owner->IsString()) live.owner = owner->AsString();
  }
  if (step.Find("status")) live.status = step.FindString("status");
  if (const Value* uses = step.Find("uses")) {
    live.usage = Usage{uses->AsInteger(),
                       ParseTimestamp(step.FindString("last_used_at"))};
  }
  if (const Value* items = step.Find("items")) {
    live.stored_items = items->AsInteger();
  }
  if (step.Find("implied")) live.implied = true;
}

inline std::vector<ResourceId> IdsOf(const Value& from, std::string_view key) {
  std::vector<ResourceId> ids;
  const Value* list = from.Find(key);
  if (list == nullptr) return ids;
  for (const Value& item : list->AsList()) ids.push_back(Id(item.AsString()));
  return ids;
}

inline std::vector<std::string> TextsOf(const Value& from,
                                        std::string_view key) {
  std::vector<std::string> texts;
  for (const ResourceId& id : IdsOf(from, key)) texts.push_back(id.address());
  return texts;
}

inline engine::PlanOptions OptionsOf(const Value& from) {
  engine::PlanOptions options;
  const std::string_view mode = from.FindString("mode");
  if (mode == "destroy") options.mode = engine::PlanMode::kDestroy;
  if (mode == "refresh-only") options.mode = engine::PlanMode::kRefreshOnly;
  if (const Value* prune = from.Find("prune"))
    options.prune = prune->AsBoolean();
  options.targets = IdsOf(from, "targets");
  options.excludes = IdsOf(from, "excludes");
  options.now = ParseTimestamp("2026-11-21T12:00:00Z").value();
  const Value* allow = from.Find("allow");
  if (allow == nullptr) return options;
  const auto number = [&](const char* key) {
    const Value* value = allow->Find(key);
    return value == nullptr ? 0 : value->AsInteger();
  };
  options.allow.deletes = number("deletes");
  options.allow.updates = number("updates");
  options.allow.empty = allow->Find("empty") != nullptr;
  options.allow.protected_addresses = TextsOf(*allow, "protected");
  options.allow.data_loss_addresses = TextsOf(*allow, "data_loss");
  return options;
}

inline void Load(const std::string& file, PlanCase& loaded) {
  const Value document = Json(ReadFile(file));
  static const Value nothing(Value::Map{});
  const auto part = [&](const char* key) -> const Value& {
    const Value* value = document.Find(key);
    return value == nullptr ? nothing : *value;
  };
  if (document.Find("empty") == nullptr) loaded.world = Shop();
  Declare(part("before"), loaded.world);
  if (!loaded.world.resources.empty()) loaded.model.Reach(loaded.world);
  if (const Value* steps = document.Find("then")) {
    for (const Value& step : steps->AsList()) Meddle(step, loaded.model);
  }
  Declare(part("after"), loaded.world);
  loaded.options = OptionsOf(part("options"));
}

}  // namespace writ::testing
