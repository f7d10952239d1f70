// Workspace, App, Project, Secret, ScopeSet, ApiRoute.
#include "tests/schema/kinds/kind_case.h"

namespace writ {
namespace {

TEST(WorkspaceKind, HoldsByItsTable) {
  ExpectCases(
      "Workspace", "acme",
      {{"nothing at all", "{}", {}},
       {"everything",
        "{displayName: Acme Inc, workspaceId: 64f1a2b3c4d5e6f7a8b9c0d1, "
        "tier: sandbox}",
        {}},
       {"an id that is too short",
        "{workspaceId: 64f1a2}",
        {"4:21 spec.workspaceId of Workspace/acme is not a workspace id (24 "
         "hexadecimal digits in lower case)"}},
       {"an unknown tier",
        "{tier: prodction}",
        {"4:14 spec.tier of Workspace/acme is \"prodction\", not production "
         "or sandbox (did you mean \"production\"?)"}},
       {"a name of two lines",
        "{displayName: \"a\\nb\"}",
        {"has a line break, or a control or bidi character"}}});
}

TEST(AppKind, HoldsByItsTable) {
  ExpectCases(
      "App", "order-service",
      {{"the least", "{workspace: acme}", {}},
       {"everything",
        "{workspace: acme, displayName: Orders, slug: orders, "
        "unplannedEvents: warn, retention: 1d12h, managementWrites: allow}",
        {}},
       {"no workspace", "{}", {"4:7 App/order-service lacks spec.workspace"}},
       {"an unknown field",
        "{workspace: acme, retension: 90d}",
        {"4:25 unknown field \"retension\" in App/order-service (did you mean "
         "\"retention\"?)"}},
       {"a duration without a unit",
        "{workspace: acme, retention: 90}",
        {"4:36 spec.retention of App/order-service is an integer, not a "
         "duration (a duration has a unit: 90d, 1h30m, 0s)"}},
       {"more than a hundred years",  // T-24
        "{workspace: acme, retention: 36501d}",
        {"is not a duration (write it like 90d, 1h30m or 250ms, at most "
         "36500d)"}},
       {"no retention at all",
        "{workspace: acme, retention: 0s}",
        {"spec.retention of App/order-service is shorter than 1s"}},
       {"several mistakes at once",
        "{workspace: Acme!, unplannedEvents: Block, retention: x}",
        {"4:19 spec.workspace of App/order-service is not a name",
         "is \"Block\", not allow, warn or block (did you mean \"block\"?)",
         "is not a duration"}},
       {"a parent of another kind",
        "{workspace: Project/payments}",
        {"refers to a Project, not to a Workspace"}},
       {"a parent by its address", "{workspace: Workspace/acme}", {}}});
}

TEST(ProjectKind, HoldsByItsTable) {
  ExpectCases(
      "Project", "payments",
      {{"the least", "{workspace: acme}", {}},
       {"environments", "{workspace: acme, environments: [dev, prod]}", {}},
       {"none of them",
        "{workspace: acme, environments: []}",
        {"spec.environments of Project/payments is empty"}},
       {"one of them twice",
        "{workspace: acme, environments: [dev, prod, dev]}",
        {"4:51 spec.environments of Project/payments has \"dev\" "
         "twice (drop one of them)"}},
       {"the word for all of them",
        "{workspace: acme, environments: [dev, all]}",
        {"has an environment named all"}}});
}

TEST(SecretKind, HoldsByItsTable) {
  ExpectCases(
      "Secret", "API_KEY",
      {{"the least", "{project: payments}", {}},
       {"every environment beside one",
        "{project: payments, environments: [all, dev]}",
        {"4:42 spec.environments of Secret/payments/API_KEY names all beside "
         "others"}},
       {"two sources",
        "{project: payments, source: {managed: {}, env: {name: A}}}",
        {"spec.source.env of Secret/payments/API_KEY can't stand beside "
         "managed"}},
       {"no source",
        "{project: payments, source: {}}",
        {"spec.source of Secret/payments/API_KEY lacks one of managed, env,"}},
       {"an env source", "{project: p, source: {env: {name: SLACK_URL}}}", {}},
       {"a file source",
        "{project: p, source: {file: {path: /run/secrets/a}}}",
        {}},
       {"a file outside its root",
        "{project: p, source: {file: {path: /run/../etc/shadow}}}",
        {"is not an absolute path"}},
       {"an exec source",
        "{project: p, source: {exec: {command: [op, read, x], timeout: 5s}}}",
        {}},
       {"an exec source without a command",
        "{project: p, source: {exec: {command: []}}}",
        {"spec.source.exec.command of Secret/p/API_KEY is empty"}},
       {"a Vault source",
        "{project: p, source: {vault: {address: 'https://v.example.org', "
        "mount: secret, path: a/b, field: key, token: {secretRef: {project: "
        "p, key: VAULT_TOKEN}}}}}",
        {}},
       {"a Vault source in the clear",  // T-25
        "{project: p, source: {vault: {address: 'http://v.example.org', "
        "mount: secret, path: a/b, field: key, token: {secretRef: {project: "
        "p, key: VAULT_TOKEN}}}}}",
        {"is not a URL that may be called"}},
       {"the AWS sources",
        "{project: p, source: {awsSecretsManager: {region: eu-central-1, "
        "secretId: a, field: b}}}",
        {}},
       {"a parameter without a region",
        "{project: p, source: {awsParameterStore: {name: a}}}",
        {"Secret/p/API_KEY lacks spec.source.awsParameterStore.region"}},
       {"users by address",
        "{project: p, usableBy: [Destination/a/b, DeployTarget/acme/c]}",
        {}},
       {"a user by name",
        "{project: p, usableBy: [payments-slack]}",
        {"is a name, where an address is wanted (write it like "
         "Destination/app/name)"}},
       {"a user that uses no secrets",
        "{project: p, usableBy: [App/orders]}",
        {"refers to an App, not to a Destination, DeployTarget or Secret"}},
       {"a cache of two days",
        "{project: p, cacheFor: 2d}",
        {"is longer than 1d"}}});
}

TEST(SecretKind, HasKeysOfItsOwn) {  // S-41
  EXPECT_TRUE(Validate(DocumentOf("Secret", "A_1", "{project: p}")).resource);
  const Validated lower =
      Validate(DocumentOf("Secret", "api_key", "{project: p}"));
  EXPECT_TRUE(
      lower.Says("metadata.name of this Secret is not a key of a "
                 "secret (upper-case letters, digits and _"))
      << lower.said.front();
  EXPECT_FALSE(
      Validate(DocumentOf("Secret", std::string(129, 'A'), "{project: p}"))
          .resource);
}

TEST(ScopeSetKind, HoldsByItsTable) {
  ExpectCases(
      "ScopeSet", "chatbot",
      {{"scopes", "{workspace: acme, scopes: ['inbox:read', 'ai:write']}", {}},
       {"none", "{workspace: acme, scopes: []}", {"is empty"}},
       {"an unknown one",  // S-33
        "{workspace: acme, scopes: ['inbox:raed']}",
        {"4:34 spec.scopes[inbox:raed] of ScopeSet/acme/chatbot is "
         "\"inbox:raed\", which is not a scope (did you mean "
         "\"inbox:read\"?)"}},
       {"one that is like none",
        "{workspace: acme, scopes: [everything]}",
        {"which is not a scope (one of inbox:read, inbox:write,"}}});
}

TEST(ApiRouteKind, HoldsByItsTable) {
  ExpectCases(
      "ApiRoute", "inbox",
      {{"rules",
        "{workspace: acme, rules: [{methods: [GET, POST], path: "
        "'/api/*/inbox/**', scope: 'inbox:read', rateLimit: 300/15m}]}",
        {}},
       {"mistakes in every field",
        "{workspace: acme, rules: [{methods: [get], path: 'api', scope: "
        "inbox, rateLimit: 300}]}",
        {"is \"get\", which is not an HTTP method (did you mean \"GET\"?)",
         "spec.rules[0].path of ApiRoute/acme/inbox is not a path of a route",
         "is \"inbox\", which is not a scope",
         "spec.rules[0].rateLimit of ApiRoute/acme/inbox is an integer, not a "
         "string (put it between quotes)"}},
       {"a rate of nothing",
        "{workspace: acme, rules: [{methods: [GET], path: '/', scope: "
        "'ai:read', rateLimit: 0/s}]}",
        {"is not a rate (write it like 300/15m or 1/s)"}},
       {"a path that proxies read in two ways",  // T-08
        "{workspace: acme, rules: [{methods: [GET], path: '/a/../b', scope: "
        "'ai:read'}]}",
        {"is not a path of a route"}}});
}

}  // namespace
}  // namespace writ
