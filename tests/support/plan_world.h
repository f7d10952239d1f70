// Desired resources for tests of decisions, declared in a line each and
// validated by the real tables. The n-th document declared stands at line
// 10 n of "manifests/all.yaml", its values on the lines below.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/plan/planner.h"
#include "schema/json.h"
#include "schema/validator.h"

namespace writ::testing {

inline ResourceId Id(std::string_view address) {
  return ResourceId::Parse(address).value();
}

inline Value Json(std::string_view text) {
  Result<Value> value = ParseJson(text);
  if (!value) {
    ADD_FAILURE() << Describe(value.error()) << " in " << text;
    return Value(Value::Map{});
  }
  return *std::move(value);
}

// Gives every value a place, in the order of the text.
inline void Place(Value& value, std::uint32_t& line) {
  value.set_range({0, line, 5, 3});
  if (value.IsList()) {
    for (Value& item : value.MutableList()) Place(item, ++line);
  } else if (value.IsMap()) {
    for (Value::Entry& entry : value.MutableMap()) {
      entry.key_range = {0, line, 3, 1};
      Place(entry.value, ++line);
    }
  }
}

class World {
 public:
  World() { input.files = &files; }
  World(const World& other) : World() { *this = other; }
  World& operator=(const World& other) {
    files = other.files;
    resources = other.resources;
    input = other.input;
    input.files = &files;
    next_ = other.next_;
    return *this;
  }

  // "App/cart" or "Token/acme/x" with its spec and, if any, its lifecycle and
  // labels, all as JSON. Replaces what was declared at that address.
  Resource& Declare(std::string_view address, std::string_view spec,
                    std::string_view lifecycle = "{}",
                    std::string_view labels = "{}") {
    const ResourceId id = Id(address);
    Value document;
    document.Set("apiVersion", "writ/v1");
    document.Set("kind", id.kind());
    Value metadata;
    metadata.Set("name", id.name());
    metadata.Set("labels", Json(labels));
    document.Set("metadata", std::move(metadata));
    document.Set("lifecycle", Json(lifecycle));
    document.Set("spec", Json(spec));
    std::uint32_t line = next_++ * 10;
    Place(document, line);
    Diagnostics diagnostics;
    Reporter reporter(files, {}, diagnostics);
    std::optional<Resource> resource = ValidateDocument(document, reporter);
    for (const Diagnostic& each : diagnostics.items()) {
      ADD_FAILURE() << address << ": " << each.summary << " " << each.hint;
    }
    EXPECT_TRUE(resource.has_value()) << address;
    EXPECT_EQ(resource->id, id);
    Remove(address);
    resources.push_back(*std::move(resource));
    std::sort(resources.begin(), resources.end(),
              [](const Resource& a, const Resource& b) { return a.id < b.id; });
    return *std::find_if(resources.begin(), resources.end(),
                         [&](const Resource& r) { return r.id == id; });
  }

  void Remove(std::string_view address) {
    resources.erase(std::remove_if(resources.begin(), resources.end(),
                                   [&](const Resource& resource) {
                                     return resource.id.address() == address;
                                   }),
                    resources.end());
  }

  const Resource* Find(std::string_view address) const {
    const auto found = std::find_if(
        resources.begin(), resources.end(),
        [&](const Resource& r) { return r.id.address() == address; });
    return found == resources.end() ? nullptr : &*found;
  }

  // What MakePlan takes; `input` may be changed first.
  engine::DesiredInput& Input() {
    input.resources = &resources;
    Sha256Stream stream;
    for (const Resource& resource : resources) {
      stream.UpdateFramed(resource.id.address());
      stream.Update(resource.digest.Bytes());
    }
    input.digest = stream.Finish();
    return input;
  }

  SourceFiles files = {"manifests/all.yaml"};
  std::vector<Resource> resources;
  engine::DesiredInput input = [] {
    engine::DesiredInput in;
    in.owner = "acme";
    in.environment = "production";
    in.commit.id = "3f9c2e1d5a6b7c8d9e0f3f9c2e1d5a6b7c8d9e0f";
    in.commit.subject = "Tighten order events";
    in.commit.author_name = "Ana Ruiz";
    in.commit.author_email = "ana@acme.example";
    in.commit.ref = "refs/heads/main";
    return in;
  }();

 private:
  std::uint32_t next_ = 1;
};

// An app with a schema, a destination and a rule; a secret, a target, a
// schedule and a token.
inline World Shop() {
  World world;
  world.Declare("Workspace/acme", R"({"displayName": "Acme"})");
  world.Declare("App/cart", R"({"workspace": "acme", "displayName": "Cart"})");
  world.Declare("EventSchema/cart/order.placed", R"({"app": "cart",
      "fields": [{"name": "amount", "type": "number"},
                 {"name": "currency", "type": "string"}]})");
  world.Declare("Destination/cart/slack", R"({"app": "cart",
      "channel": "slack",
      "url": {"secretRef": {"project": "pay", "key": "SLACK_URL"}}})");
  world.Declare("NotificationRule/cart/large", R"({"app": "cart",
      "event": "order.placed", "actions": [{"destination": "slack"}]})");
  world.Declare("Project/pay", R"({"workspace": "acme"})");
  world.Declare("Secret/pay/SLACK_URL", R"({"project": "pay",
      "usableBy": ["Destination/cart/slack"]})");
  world.Declare("Secret/pay/GITHUB", R"({"project": "pay",
      "usableBy": ["DeployTarget/acme/ci"]})");
  world.Declare("DeployTarget/acme/ci", R"({"workspace": "acme",
      "type": "githubActions", "githubActions": {"repository": "acme/shop",
      "token": {"secretRef": {"project": "pay", "key": "GITHUB"}}}})");
  world.Declare("RotationSchedule/acme/monthly",
                R"({"workspace": "acme", "every": "30d"})");
  world.Declare("Token/acme/zapier", R"({"workspace": "acme",
      "type": "workspaceToken", "scopes": ["inbox:read"],
      "rotation": "monthly",
      "deliverTo": [{"target": "ci", "name": "SK"}]})");
  return world;
}

}  // namespace writ::testing
