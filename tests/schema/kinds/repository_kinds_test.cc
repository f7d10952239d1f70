// Repository and Host.
#include "tests/schema/kinds/kind_case.h"

namespace writ {
namespace {

std::string Production(std::string_view rest) {
  return "{environments: {production: {" + std::string(rest) + "}}}";
}

TEST(RepositoryKind, HoldsByItsTable) {
  ExpectCases(
      "Repository", "acme",
      {{"the least", Production(""), {}},
       {"no environment",
        "{environments: {}}",
        {"spec.environments of Repository/acme is empty"}},
       {"a default that isn't declared",
        "{environments: {staging: {}}, defaultEnvironment: stagging}",
        {"spec.defaultEnvironment of Repository/acme names an environment "
         "that isn't declared (did you mean \"staging\"?)"}},
       {"variables",
        "{environments: {a: {variables: {b: [x, y]}}}, variables: {a: x, b: "
        "1, c: 1.5, d: true, e: []}}",
        {}},
       {"variables of other types",
        "{environments: {a: {variables: {b: [1]}}}, variables: {c: {d: 1}, "
        "e-f: 1}}",
        {"spec.environments.a.variables.b of Repository/acme is not a text, a "
         "number, a boolean or a list of texts",
         "spec.variables.c of Repository/acme is not a text",
         "the key \"e-f\" in Repository/acme is not an identifier"}},
       {"a path outside",  // T-22
        "{include: ['../**/*.yaml'], exclude: [/etc/*], environments: {a: "
        "{overlays: [b/../../c]}}}",
        {"is not a pattern of paths", "is not a pattern of paths",
         "is not a path inside the repository"}},
       {"packs",
        "{environments: {a: {}}, policyPacks: [rotations]}",
        {"is \"rotations\", which is not a policy pack (did you mean "
         "\"rotation\"?)"}},
       {"safety",
        "{environments: {a: {}}, safety: {maxDeletePercent: 101, "
        "maxUpdatePercent: -1, minExisting: 0.5}}",
        {"is above 100", "is below 0", "is a number, not an integer"}}});
}

TEST(RepositoryKind, ChecksEachEnvironment) {
  ExpectCases(
      "Repository", "acme",
      {{"a folder", Production("state: 'sqlite:state/production'"), {}},
       {"a gateway", Production("state: https://writ.example.org"), {}},
       {"a folder outside",
        Production("state: 'sqlite:../state'"),
        {"spec.environments.production.state of Repository/acme is neither "
         "sqlite: with a folder in the repository nor an https URL"}},
       {"a gateway in the clear",
        Production("state: http://writ.example.org"),
        {"is neither sqlite:"}},
       {"trust without signers",
        Production("trust: {mode: range}"),
        {"spec.environments.production.trust.mode of Repository/acme asks for "
         "signatures, but allowedSigners names no file"}},
       {"trust",
        Production("trust: {mode: head, allowedSigners: .writ/signers}"),
        {}},
       {"a window",
        Production("sync: {windows: [{allow: '0 6 * * 1-5', duration: 10h, "
                   "timeZone: Europe/Zurich}]}"),
        {}},
       {"a window that does both",
        Production("sync: {windows: [{allow: '@daily', deny: '@daily', "
                   "duration: 1h}]}"),
        {"can't stand beside allow"}},
       {"a window that is no window",
        Production("sync: {windows: [{}]}"),
        {"lacks spec.environments.production.sync.windows[0].duration",
         "lacks one of allow or deny"}},
       {"somebody to tell",
        Production("sync: {notify: Destination/shop/slack}"),
        {}},
       {"somebody of another kind",
        Production("sync: {notify: App/shop}"),
        {"refers to an App, not to a Destination"}},
       {"enforcement",
        Production("enforcement: {no-admin-all: off}"),
        {"spec.environments.production.enforcement.no-admin-all of "
         "Repository/acme is \"off\", not deny, deny-overridable, warn or "
         "audit"}}});
}

std::string Host(std::string_view spec) {
  return "apiVersion: writ/v1\nkind: Host\nspec: " + std::string(spec) + "\n";
}

TEST(HostKind, HasNoMetadata) {
  const Validated result = Validate(Host("{}"));
  EXPECT_THAT(result.said, testing::IsEmpty());
  ASSERT_TRUE(result.resource);
  EXPECT_EQ(result.resource->id.address(), "Host/host");
  const Validated named = Validate(DocumentOf("Host", "a", "{}"));
  EXPECT_TRUE(named.Says("unknown field \"metadata\" in Host/host"));
}

TEST(HostKind, GrantsWhatItNames) {
  struct Case {
    std::string spec;
    std::string want;
  };
  const std::vector<Case> cases = {
      {"{env: [SLACK_URL, WRIT_MASTER_KEY]}",  // T-01
       "spec.env of Host/host grants a variable of writ's own"},
      {"{exec: [{argv: [op, read]}]}", "doesn't begin with an absolute path"},
      {"{files: [run/secrets]}", "is not an absolute path"},
      {"{networks: [10.0.0.0]}", ""},
      {"{networks: [ten]}", "is not an address or network"},
      {"{environments: {production: {applyFrom: main}}}",
       "is not a full ref (write it like refs/heads/main)"},
      {"{environments: {production: {trustRoot: abc}}}",
       "is not a commit's full id"},
      {"{environments: {production: {trustRoot: '"
       "0123456789012345678901234567890123456789'}}}",
       ""},
      {"{trustedProxies: {networks: [127.0.0.1/32], dialect: nginx}}", ""},
      {"{trustedProxies: {dialect: apache}}", "is \"apache\", not nginx"},
      {"{hosts: {githubActions: 'http://ghe.example.org'}}",
       "is not a URL that may be called"}};
  for (const Case& item : cases) {
    const Validated result = Validate(Host(item.spec));
    if (item.want.empty()) {
      EXPECT_THAT(result.said, testing::IsEmpty()) << item.spec;
    } else {
      EXPECT_TRUE(result.Says(item.want))
          << item.spec << "\n"
          << testing::PrintToString(result.said);
    }
  }
}

}  // namespace
}  // namespace writ
