#include <string_view>

#include "schema/kinds/builder.h"
#include "schema/kinds/kinds.h"
#include "schema/kinds/rules.h"

namespace writ::kinds {
namespace {

constexpr std::string_view kSecretExample = R"yaml(apiVersion: writ/v1
kind: Secret
metadata: {name: SLACK_WEBHOOK_URL}
spec:
  project: payments
  type: string
  description: Incoming webhook of the alert channel.
  environments: [all]
  required: true
  usableBy: [Destination/order-service/payments-slack]
  source: {managed: {}}
)yaml";

Field Env() {
  return Object("env",
                "A variable of the environment that writ runs in, where the "
                "host file grants it.",
                {Text("name", "The variable.")
                     .As(Format::kEnvName)
                     .Required()
                     .Example("SLACK_URL")});
}

Field File() {
  return Object("file",
                "A file on the host that writ runs on, below a root that the "
                "host file grants.",
                {Text("path", "The file.")
                     .As(Format::kAbsolutePath)
                     .Required()
                     .Example("/run/secrets/slack")});
}

Field ExecSource() {
  return Object(
      "exec",
      "What a program prints, where the host file grants its arguments.",
      {List("command", "The program and its arguments; no shell.",
            Text("", "An argument."))
           .Required()
           .NonEmpty()
           .Max(256)
           .Example("[op, read, \"op://vault/slack/url\"]"),
       Span("timeout", "How long it may take.")
           .Min(0.001)
           .Max(600)
           .Default("\"10s\"")});
}

Field VaultSource() {
  return Object(
      "vault", "A field of a secret in Vault or OpenBao (KV version 2).",
      {Text("address", "The server's URL.")
           .As(Format::kUrl)
           .Required()
           .Example("https://vault.example.org"),
       Text("namespace", "The namespace. Absent: the root's.")
           .NonEmpty()
           .Example("team-a/checkout"),
       Text("mount", "Where the engine is mounted.").Required().NonEmpty(),
       Text("path", "The secret's path.").Required().NonEmpty(),
       Text("field", "The field of it.").Required().NonEmpty(),
       FromSecret("token", "The token to read it with.").Required()});
}

Field AwsSecretsManagerSource() {
  return Object(
      "awsSecretsManager", "A secret of AWS Secrets Manager.",
      {Text("region", "The region.").Required().NonEmpty(),
       Text("secretId", "The secret's name or ARN.").Required().NonEmpty(),
       Text("field", "The field, where the secret is a JSON object.")
           .NonEmpty(),
       FromSecret("accessKey", "The id of the access key to sign with."),
       FromSecret("secretKey", "The secret access key to sign with."),
       FromSecret("sessionToken",
                  "The session token, where the keys are temporary.")});
}

Field AwsParameterStoreSource() {
  return Object(
      "awsParameterStore", "A parameter of AWS Systems Manager.",
      {Text("region", "The region.").Required().NonEmpty(),
       Text("name", "The parameter's name.").Required().NonEmpty(),
       FromSecret("accessKey", "The id of the access key to sign with."),
       FromSecret("secretKey", "The secret access key to sign with."),
       FromSecret("sessionToken",
                  "The session token, where the keys are temporary.")});
}

Field Source() {
  return Object("source",
                "Where the value comes from: managed by writ, or one of the "
                "outside sources.",
                {Object("managed",
                        "The value is set with writ secrets set, encrypted "
                        "and versioned in the state.",
                        {}),
                 Env(), File(), ExecSource(), VaultSource(),
                 AwsSecretsManagerSource(), AwsParameterStoreSource()})
      .ExactlyOneOf({"managed", "env", "file", "exec", "vault",
                     "awsSecretsManager", "awsParameterStore"})
      .Default(R"({"managed":{}})");
}

void CheckSecret(const Value& spec, Reporter& reporter) {
  const Value* environments = spec.Find("environments");
  if (environments == nullptr || !environments->IsList()) return;
  if (environments->AsList().size() < 2) return;
  for (const Value& name : environments->AsList()) {
    if (name.IsString() && name.AsString() == "all") {
      Violate(reporter, "not-alone", name, "spec.environments",
              "names all beside others",
              "write [all], or the environments by name");
    }
  }
}

}  // namespace

Kind SecretKind() {
  Kind kind;
  kind.name = "Secret";
  kind.doc =
      "A key of a project. Its values are never in git: the manifest says "
      "only that it exists, of which type, and who may use it.";
  kind.example = kSecretExample;
  kind.parent_fields = {"project"};
  kind.name_format = Format::kSecretKey;
  kind.check = CheckSecret;
  kind.spec = Object(
      "spec", "The secret.",
      {Parent("project", "Project", "The project it belongs to."),
       OneOf("type", {"string", "boolean", "number", "json"},
             "What its values are.")
           .Default("\"string\""),
       Text("description", "What it is for.").Max(4096),
       Set("environments",
           "Where it has values: all alone, or names of the project's "
           "environments.",
           Text("", "An environment, or all.").As(Format::kName))
           .NonEmpty()
           .Default(R"(["all"])"),
       Boolean("required",
               "Plan and readiness say where a required secret lacks its "
               "value.")
           .Default("false"),
       Set("usableBy",
           "Addresses of resources outside its project that may use it.",
           Ref("", {"Destination", "DeployTarget", "Secret"}, "An address.")
               .Mention())
           .Default("[]")
           .Example("[Destination/order-service/payments-slack]"),
       Source(),
       Span("cacheFor", "How long a value of an outside source is kept.")
           .Max(24 * 3600)
           .Default("\"60s\"")});
  return kind;
}

}  // namespace writ::kinds
