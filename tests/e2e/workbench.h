// One test's world: a temporary folder with a git repository of manifests, a
// home, and the states that writ makes there. Everything goes at its end.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/git_fixture.h"
#include "tests/support/run_writ.h"

namespace writ::e2e {

using nlohmann::json;
using testing::Invocation;
using testing::Ran;
using testing::WritProcess;
using Arguments = std::vector<std::string>;

// A small shop with two environments; every name in it is used by tests.
inline constexpr std::string_view kRepository = R"(apiVersion: writ/v1
kind: Repository
metadata: {name: shop}
spec:
  include: ["manifests/**/*.yaml"]
  defaultEnvironment: staging
  environments:
    staging: {state: "sqlite:state/staging"}
    production:
      state: "sqlite:state/production"
      overlays: [environments/production]
)";

inline constexpr std::string_view kWorkspace = R"(apiVersion: writ/v1
kind: Workspace
metadata: {name: acme}
spec: {displayName: Acme}
)";

inline constexpr std::string_view kOrders = R"(apiVersion: writ/v1
kind: App
metadata: {name: order-service}
spec:
  workspace: acme
  retention: 90d
---
apiVersion: writ/v1
kind: EventSchema
metadata: {name: order.placed}
spec:
  app: order-service
  fields:
    - {name: orderId, type: string, required: true}
    - {name: amountCents, type: number, required: true}
)";

// A token with a credential of its own for one of its two targets.
inline constexpr std::string_view kDedicated = R"(apiVersion: writ/v1
kind: DeployTarget
metadata: {name: edge}
spec: {workspace: acme, type: dotenv, dotenv: {path: /srv/.env}}
---
apiVersion: writ/v1
kind: DeployTarget
metadata: {name: core}
spec: {workspace: acme, type: dotenv, dotenv: {path: /srv/core.env}}
---
apiVersion: writ/v1
kind: Token
metadata: {name: alone}
spec:
  workspace: acme
  type: workspaceToken
  deliverTo:
    - {target: edge, name: A, dedicated: true}
    - {target: core, name: A}
)";

inline constexpr std::string_view kLongerInProduction = R"(apiVersion: writ/v1
kind: Patch
metadata: {name: production-retention}
spec:
  target: {address: App/order-service}
  merge: {spec: {retention: 365d}}
)";

// An App document of the shop with more lines below its metadata and spec.
std::string AppText(const std::string& name, const std::string& lifecycle = "",
                    const std::string& retention = "90d");
// `count` EventSchema documents of order-service, "<stem>.0" and so on.
std::string SchemasText(const std::string& stem, int count,
                        const std::string& description = "");

class Workbench : public ::testing::Test {
 protected:
  testing::GitFixture git_;

  std::filesystem::path home() const { return git_.root() / "home"; }
  std::filesystem::path repository() const { return git_.repository(); }
  std::filesystem::path state(const std::string& environment) const {
    return repository() / "state" / environment;
  }

  // A run in the repository; to be changed before it is handed to RunWrit.
  Invocation Call(Arguments arguments) const;
  Ran Writ(Arguments arguments) const;
  // Expects that exit code; shows what was printed where it is another.
  Ran Expect(int code, Arguments arguments) const;
  // The same, and what stdout says as JSON. Adds nothing to the arguments.
  json ExpectJson(int code, Arguments arguments) const;

  // The shop above, committed; below a folder of the repository.
  void WriteShop(const std::filesystem::path& folder = {});
  // Many schemas, 500 a file: EventSchema/order-service/many<file>.<number>.
  void WriteManySchemas(int count, const std::string& description);
  // Replaces the first `from` of a file; the test fails where there is none.
  void Edit(const std::filesystem::path& path, std::string_view from,
            std::string_view to);
  // Commits what lies there and applies it.
  void Apply(Arguments more = {});
  std::string Read(const std::filesystem::path& path) const;
};

// True when `text` holds `part`; a failure shows the whole run.
::testing::AssertionResult Says(const Ran& ran, std::string_view part);
// Of one stream alone.
::testing::AssertionResult Holds(const std::string& text,
                                 std::string_view part);
::testing::AssertionResult Lacks(const std::string& text,
                                 std::string_view part);

}  // namespace writ::e2e
