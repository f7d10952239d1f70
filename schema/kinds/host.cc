#include <algorithm>
#include <string>
#include <string_view>

#include "schema/kinds/builder.h"
#include "schema/kinds/kinds.h"
#include "schema/kinds/rules.h"

namespace writ::kinds {
namespace {

constexpr std::string_view kHostExample = R"yaml(apiVersion: writ/v1
kind: Host
spec:
  environments:
    production: {applyFrom: refs/heads/main}
  exec:
    - {argv: [/usr/bin/op, read, "*"]}
  files: [/run/secrets]
  dotenv: [/etc/checkout]
  env: [SLACK_URL]
  networks: [10.0.0.0/8]
  hosts: {githubActions: https://ghe.example.org/api/v3}
  authorities: {k8s.example.org: /etc/writ/cluster-ca.pem}
  trustedProxies: {networks: [127.0.0.1/32], dialect: nginx}
  sources: {caFile: /etc/writ/git-ca.pem, knownHostsFile: /etc/writ/known_hosts}
)yaml";

bool IsCommitId(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

void CheckEnvironments(const Value& spec, Reporter& reporter) {
  const Value* environments = spec.Find("environments");
  if (environments == nullptr || !environments->IsMap()) return;
  for (const Value::Entry& entry : environments->AsMap()) {
    const std::string path = Join("spec.environments", entry.key);
    const Value* ref = entry.value.Find("applyFrom");
    if (ref != nullptr && ref->IsString() &&
        !ref->AsString().starts_with("refs/")) {
      Violate(reporter, "bad-format", *ref, Join(path, "applyFrom"),
              "is not a full ref", "write it like refs/heads/main");
    }
    const Value* root = entry.value.Find("trustRoot");
    if (root != nullptr && root->IsString() && !IsCommitId(root->AsString())) {
      Violate(reporter, "bad-format", *root, Join(path, "trustRoot"),
              "is not a commit's full id",
              "40 or 64 hexadecimal digits, as git rev-parse prints them");
    }
  }
}

void CheckExec(const Value& spec, Reporter& reporter) {
  const Value* grants = spec.Find("exec");
  if (grants == nullptr || !grants->IsList()) return;
  for (std::size_t i = 0; i < grants->AsList().size(); ++i) {
    const Value* argv = grants->AsList()[i].Find("argv");
    if (argv == nullptr || !argv->IsList() || argv->AsList().empty()) continue;
    const Value& program = argv->AsList()[0];
    if (!program.IsString() ||
        Matches(Format::kAbsolutePath, program.AsString())) {
      continue;
    }
    Violate(reporter, "bad-format", program,
            Join(Indexed("spec.exec", i), "argv"),
            "doesn't begin with an absolute path");
  }
}

// T-01: writ's own settings are never grantable.
void CheckEnv(const Value& spec, Reporter& reporter) {
  const Value* names = spec.Find("env");
  if (names == nullptr || !names->IsList()) return;
  for (const Value& name : names->AsList()) {
    if (!name.IsString() || !name.AsString().starts_with("WRIT_")) continue;
    Violate(reporter, "not-grantable", name, "spec.env",
            "grants a variable of writ's own, which no source may read");
  }
}

void CheckHost(const Value& spec, Reporter& reporter) {
  CheckEnvironments(spec, reporter);
  CheckExec(spec, reporter);
  CheckEnv(spec, reporter);
}

Field Environments() {
  return Map("environments", "What is asked of each environment.",
             Object("", "One environment.",
                    {Text("applyFrom",
                          "The ref that commits have to be on to be applied.")
                         .NonEmpty()
                         .Example("refs/heads/main"),
                     Text("trustRoot",
                          "The commit that trust in signatures starts at.")}))
      .KeysAs(Format::kName)
      .Default("{}");
}

Field Sources() {
  return Object(
      "sources",
      "Whom sources over the network are believed from. WRIT_CA_FILE and "
      "WRIT_KNOWN_HOSTS_FILE win.",
      {Text("caFile",
            "Certificates of the authorities to believe instead of the "
            "system's, in PEM.")
           .As(Format::kAbsolutePath),
       Text("knownHostsFile",
            "The host keys to believe instead of ~/.ssh/known_hosts.")
           .As(Format::kAbsolutePath)});
}

Field TrustedProxies() {
  return Object("trustedProxies",
                "Proxies whose headers about the original request are "
                "believed.",
                {Set("networks", "Where they call from.",
                     Text("", "A network or address.").As(Format::kCidr))
                     .Required()
                     .NonEmpty(),
                 OneOf("dialect", {"nginx", "envoy", "traefik"},
                       "Which headers they send.")
                     .Required()});
}

}  // namespace

Kind HostKind() {
  Kind kind;
  kind.name = "Host";
  kind.doc =
      "The operator's file (/etc/writ/host.yaml, or --host-config): what git "
      "can't grant itself. It is never part of a source; what it doesn't "
      "grant is refused.";
  kind.example = kHostExample;
  kind.is_resource = false;
  kind.has_metadata = false;
  kind.check = CheckHost;
  kind.spec = Object(
      "spec", "The grants.",
      {Environments(),
       List("exec", "Programs that sources and targets may run.",
            Object("", "One program.",
                   {List("argv",
                         "Its path and arguments; * stands for one argument.",
                         Text("", "An argument."))
                        .Required()
                        .NonEmpty()
                        .Example("[/usr/bin/op, read, \"*\"]")}))
           .Default("[]"),
       Set("files", "Folders that file sources may read.",
           Text("", "A folder.").As(Format::kAbsolutePath))
           .Default("[]"),
       Set("dotenv", "Folders that .env targets may write.",
           Text("", "A folder.").As(Format::kAbsolutePath))
           .Default("[]"),
       Set("env", "Variables that env sources may read.",
           Text("", "A variable.").As(Format::kEnvName))
           .Default("[]"),
       Set("networks", "Private networks that may be called.",
           Text("", "A network or address.").As(Format::kCidr))
           .Default("[]"),
       Map("hosts",
           "Base URLs, by type of target or host name, that credentials may "
           "be sent to instead.",
           Text("", "The base URL.").As(Format::kUrl))
           .Default("{}")
           .Example("{githubActions: https://ghe.example.org/api/v3}"),
       Map("authorities",
           "PEM files of certificate authorities to believe instead of the "
           "system's, by the host name or address that is called: of a "
           "cluster, say, that signs for itself.",
           Text("", "The file.").As(Format::kAbsolutePath))
           .Default("{}")
           .Example("{k8s.example.org: /etc/writ/cluster-ca.pem}"),
       TrustedProxies(), Sources()});
  return kind;
}

}  // namespace writ::kinds
