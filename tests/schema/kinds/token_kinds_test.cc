// Token, RotationSchedule, DeployTarget.
#include "schema/evidence.h"
#include "tests/schema/kinds/kind_case.h"

namespace writ {
namespace {

TEST(TokenKind, HasTheParentOfItsType) {
  ExpectCases(
      "Token", "t",
      {{"clientSecret", "{type: clientSecret, workspace: acme}", {}},
       {"accountToken", "{type: accountToken, workspace: acme}", {}},
       {"workspaceToken", "{type: workspaceToken, workspace: acme}", {}},
       {"apiKey", "{type: apiKey, app: shop}", {}},
       {"projectKey", "{type: projectKey, project: p}", {}},
       {"an apiKey of a workspace",
        "{type: apiKey, workspace: acme}",
        {"4:7 Token/acme/t lacks spec.app",
         "4:22 spec.workspace of Token/acme/t stands only where type is "
         "clientSecret, accountToken or workspaceToken"}},
       {"two parents",
        "{type: apiKey, app: shop, project: p}",
        {"spec.project of Token/shop/t stands only where type is projectKey"}},
       {"no parent", "{type: projectKey}", {"lacks spec.project"}},
       {"no type", "{workspace: acme}", {"Token/acme/t lacks spec.type"}},
       {"a type that isn't one",
        "{type: apikey, app: shop}",
        {"did you mean \"apiKey\"?"}}});
}

TEST(TokenKind, HasTheRightsOfItsType) {
  ExpectCases(
      "Token", "t",
      {{"scopes",
        "{type: workspaceToken, workspace: acme, scopes: ['inbox:read'], "
        "scopeSets: [chatbot], mode: test}",
        {}},
       {"scopes of a client secret",
        "{type: clientSecret, workspace: acme, scopes: ['inbox:read']}",
        {"spec.scopes of Token/acme/t stands only where type is "
         "workspaceToken"}},
       {"a mode of a project key",
        "{type: projectKey, project: p, mode: live}",
        {"spec.mode of Token/p/t stands only where type is workspaceToken"}},
       {"a role", "{type: projectKey, project: p, role: MEMBER}", {}},
       {"a role of a workspace token",
        "{type: workspaceToken, workspace: acme, role: VIEWER}",
        {"spec.role of Token/acme/t stands only where type is projectKey"}},
       {"a role in lower case",
        "{type: projectKey, project: p, role: viewer}",
        {"is \"viewer\", not VIEWER or MEMBER (did you mean \"VIEWER\"?)"}},
       {"an unknown scope",  // S-33
        "{type: workspaceToken, workspace: acme, scopes: ['crm:reed']}",
        {"is \"crm:reed\", which is not a scope (did you mean "
         "\"crm:read\"?)"}}});
}

TEST(TokenKind, HoldsByItsTable) {
  const auto with = [](std::string_view rest) {
    return "{type: apiKey, app: shop, " + std::string(rest) + "}";
  };
  ExpectCases(
      "Token", "t",
      {{"networks", with("ipAllowlist: [203.0.113.0/24, '2001:db8::/32']"), {}},
       {"no network",
        with("ipAllowlist: [203.0.113.0/33]"),
        {"is not an address or network (write it like 10.0.0.0/8, "
         "203.0.113.7 or 2001:db8::/32)"}},
       {"both ends",
        with("expiresAt: 2027-01-01T00:00:00Z, expiresAfter: 365d"),
        {"spec.expiresAfter of Token/shop/t can't stand beside expiresAt "
         "(keep one of them)"}},
       {"an end before its beginning",
        with("notBefore: 2027-01-01T00:00:00Z, expiresAt: "
             "2026-01-01T00:00:00Z"),
        {"spec.expiresAt of Token/shop/t is not after notBefore "
         "(2027-01-01T00:00:00Z)"}},
       {"deliveries",
        with("deliverTo: [{target: github-ci, name: VELA_API_KEY, dedicated: "
             "true}]"),
        {}},
       {"one target twice",
        with("deliverTo: [{target: a, name: A}, {target: a, name: B}]"),
        {"spec.deliverTo of Token/shop/t has \"a\" twice (by target)"}},
       {"no name for it",
        with("deliverTo: [{target: a}]"),
        {"Token/shop/t lacks spec.deliverTo[a].name (add name: "
         "VELA_CLIENT_SECRET)"}},
       {"a name that runs code",  // T-25
        with("deliverTo: [{target: a, name: LD_PRELOAD}, {target: b, name: "
             "NODE_OPTIONS}]"),
        {"spec.deliverTo[a].name of Token/shop/t is a variable that changes "
         "how programs run",
         "spec.deliverTo[b].name of Token/shop/t is a variable"}},
       {"no credentials at all", with("maxActive: 0"), {"is below 1"}}});
}

TEST(RotationScheduleKind, HoldsByItsTable) {
  const auto with = [](std::string_view rest) {
    return "{workspace: acme, " + std::string(rest) + "}";
  };
  ExpectCases(
      "RotationSchedule", "r",
      {{"by a period", with("every: 90d"), {}},
       {"by a cron expression", with("cron: '0 3 1 */3 *'"), {}},
       {"by both",
        with("every: 90d, cron: '@daily'"),
        {"spec.cron of RotationSchedule/acme/r can't stand beside every"}},
       {"by neither",
        "{workspace: acme}",
        {"4:7 spec of RotationSchedule/acme/r lacks one of every or cron"}},
       {"no cron expression",
        with("cron: '0 25 * * *'"),
        {"is not a cron expression (five fields (minute hour day month "
         "weekday) like \"0 6 * * 1-5\", or @daily)"}},
       {"a time zone", with("every: 90d, timeZone: Europe/Zurich"), {}},
       {"no time zone",
        with("every: 90d, timeZone: Europe/Zuerich"),
        {"is not a time zone (an IANA name like Europe/Zurich, or UTC)"}},
       {"jitter beyond its window",
        with("every: 90d, jitter: 25h"),
        {"spec.jitter of RotationSchedule/acme/r (1d1h) is longer than window "
         "(1d): it would never begin in time"}},
       {"jitter beyond its period",
        with("every: 1h, jitter: 2h"),
        {"spec.jitter of RotationSchedule/acme/r (2h) is longer than every "
         "(1h)"}},
       {"quiet beyond its grace",
        with("every: 90d, grace: 30m"),
        {"spec.quietFor of RotationSchedule/acme/r (1h) is longer than grace "
         "(30m): it could never end in time"}},
       {"quiet that nobody waits for",
        with("every: 90d, grace: 30m, evidence: readback"),
        {}},
       {"waits",
        with("every: 90d, retries: {backoff: 1m, maxBackoff: 5s}"),
        {"spec.retries.backoff of RotationSchedule/acme/r (1m) is longer than "
         "maxBackoff (5s)"}},
       {"a canary by address",
        with("every: 90d, canary: DeployTarget/acme/github-ci"),
        {}},
       {"a canary of another kind",
        with("every: 90d, canary: Destination/shop/slack"),
        {"refers to a Destination, not to a DeployTarget"}}});
}

std::string Target(std::string_view type, std::string_view block) {
  return "{workspace: acme, type: " + std::string(type) + ", " +
         std::string(type) + ": " + std::string(block) + "}";
}

constexpr std::string_view kToken = "token: {secretRef: {project: p, key: K}}}";
constexpr std::string_view kAwsKeys =
    "accessKey: {secretRef: {project: p, key: A}}, secretKey: {secretRef: "
    "{project: p, key: B}}}";

std::string Called(std::string_view rest) {
  return "{" + std::string(rest) + ", " + std::string(kToken);
}

std::string Signed(std::string_view rest) {
  return "{" + std::string(rest) + ", " + std::string(kAwsKeys);
}

TEST(DeployTargetKind, HasTheBlockOfItsType) {
  ExpectCases(
      "DeployTarget", "t",
      {{"dotenv", Target("dotenv", "{path: /etc/a/.env}"), {}},
       {"exec", Target("exec", "{command: [/usr/bin/put]}"), {}},
       {"webhook",
        Target("webhook",
               "{url: 'https://a.example.org', signingSecret: "
               "{secretRef: {project: p, key: K}}, sealTo: abc}"),
        {}},
       {"githubActions",
        Target("githubActions", Called("repository: acme/shop")),
        {}},
       {"gitlab", Target("gitlab", Called("group: acme, masked: true")), {}},
       {"vercel", Target("vercel", Called("project: a, team: b")), {}},
       {"railway", Target("railway", Called("project: a, environment: b")), {}},
       {"render", Target("render", Called("envGroup: a")), {}},
       {"flyio", Target("flyio", Called("app: a")), {}},
       {"awsSecretsManager",
        Target("awsSecretsManager", Signed("region: r, secretId: s")),
        {}},
       {"awsParameterStore",
        Target("awsParameterStore", Signed("region: r, name: /a/b")),
        {}},
       {"vault",
        Target("vault", Called("address: 'https://v.example.org', mount: m, "
                               "path: p, field: f")),
        {}},
       {"kubernetes",
        Target("kubernetes",
               Called("server: 'https://k.example.org', namespace: n, secret: "
                      "s, restart: [deployment/a, statefulset/b]")),
        {}},
       {"doppler", Target("doppler", Called("project: a, config: b")), {}},
       {"none",
        "{workspace: acme, type: flyio}",
        {"DeployTarget/acme/t lacks spec.flyio"}},
       {"another's",
        "{workspace: acme, type: dotenv, dotenv: {path: /a}, render: {}}",
        {"spec.render of DeployTarget/acme/t stands only where type is "
         "render"}},
       {"a type that isn't one",
        "{workspace: acme, type: github, github: {}}",
        {"is \"github\", not dotenv, exec,",
         "unknown field \"github\" in DeployTarget/acme/t"}}});
}

TEST(DeployTargetKind, ChecksEachBlock) {
  ExpectCases(
      "DeployTarget", "t",
      {{"GitHub without a place",
        Target("githubActions", "{" + std::string(kToken)),
        {"spec.githubActions of DeployTarget/acme/t lacks one of repository "
         "or organization"}},
       {"GitHub with two",
        Target("githubActions", Called("repository: a/b, organization: a")),
        {"can't stand beside repository"}},
       {"GitHub without an owner",
        Target("githubActions", Called("repository: shop")),
        {"is not an owner and a repository (write it like acme/shop)"}},
       {"an organization's environment",
        Target("githubActions",
               Called("organization: acme, environment: prod")),
        {"goes with repository, not with organization"}},
       {"a repository's visibility",
        Target("githubActions", Called("repository: a/b, visibility: all")),
        {"goes with organization, not with repository"}},
       {"no token", Target("flyio", "{app: a}"), {"lacks spec.flyio.token"}},
       {"a token in the clear",
        Target("flyio", "{app: a, token: FlyV1}"),
        {"spec.flyio.token of DeployTarget/acme/t is a string, not a map"}},
       {"a sensitive variable in development",
        Target("vercel", Called("project: a, sensitive: true, targets: "
                                "[production, development]")),
        {"has development, where Vercel takes no sensitive variables"}},
       {"no workload",
        Target("kubernetes", Called("server: 'https://k', namespace: n, "
                                    "secret: s, restart: [deploymnt/a]")),
        {"did you mean \"deployment\"?"}},
       {"a mode without quotes",
        Target("dotenv", "{path: /a, mode: 600}"),
        {"is an integer, not a string (put it between quotes)"}},
       {"a relative path",
        Target("dotenv", "{path: .env}"),
        {"is not an absolute path"}},
       {"a probe of nothing",
        "{workspace: acme, type: dotenv, dotenv: {path: /a}, probe: {}}",
        {"spec.probe of DeployTarget/acme/t lacks http"}},
       {"a probe and a consumer",
        "{workspace: acme, type: dotenv, dotenv: {path: /a}, probe: {http: "
        "{url: 'https://a'}}, consumer: {networks: [10.0.0.0/8], userAgent: "
        "'a/*'}, expectedPeriod: 1d}",
        {}}});
}

Value SpecOf(const std::string& spec) {
  const Validated result = Validate(DocumentOf("DeployTarget", "t", spec));
  return *result.resource->content->Find("spec");
}

TEST(Evidence, IsWhatATargetCanGive) {
  const Value dotenv = SpecOf(Target("dotenv", "{path: /a}"));
  EXPECT_EQ(EvidenceGap("readback", dotenv), "");
  EXPECT_EQ(EvidenceGap("usage", dotenv), "");
  EXPECT_EQ(EvidenceGap("probe", dotenv),
            "can't be probed: its spec has no probe");
  const Value github = SpecOf(Target("githubActions", Called("repository: "
                                                             "a/b")));
  EXPECT_EQ(EvidenceGap("readback", github),
            "can't be read back: githubActions never shows a value again");
  EXPECT_FALSE(CanReadBack(SpecOf(Target("flyio", Called("app: a")))));
  EXPECT_FALSE(CanReadBack(
      SpecOf(Target("webhook",
                    "{url: \"https://a.example/x\", "
                    "signingSecret: {secretRef: {project: p, key: K}}}"))));
  EXPECT_TRUE(CanReadBack(SpecOf(Target("vercel", Called("project: a")))));
  const Value sealed =
      SpecOf(Target("vercel", Called("project: a, sensitive: true")));
  EXPECT_EQ(EvidenceGap("readback", sealed),
            "can't be read back: its variables are sensitive");
}

}  // namespace
}  // namespace writ
