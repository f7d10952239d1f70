#include "schema/kinds/target_blocks.h"

#include <string_view>
#include <utility>

#include "schema/kinds/builder.h"

namespace writ::kinds {
namespace {

FieldBuilder Plain(std::string_view name, std::string_view doc) {
  return Line(name, doc).Max(1024);
}

Field ApiToken() {
  return FromSecret("token", "The token to call it with.").Required();
}

FieldBuilder Block(std::string_view type, std::string_view doc, Fields fields) {
  return Object(type, doc, std::move(fields)).When("type", {type}).Required();
}

Field Dotenv() {
  return Block("dotenv",
               "A .env file on the host that writ runs on, below a root that "
               "the host file grants.",
               {Text("path", "The file.")
                    .As(Format::kAbsolutePath)
                    .Required()
                    .Example("/etc/checkout/.env"),
                Text("mode", "The file's mode.")
                    .As(Format::kFileMode)
                    .Default("\"0600\"")});
}

Field Exec() {
  return Block("exec",
               "A program that the host file grants; the value comes on its "
               "standard input.",
               {List("command", "The program and its arguments; no shell.",
                     Text("", "An argument."))
                    .Required()
                    .NonEmpty()
                    .Max(256),
                Span("timeout", "How long it may take.")
                    .Min(0.001)
                    .Max(3600)
                    .Default("\"30s\"")});
}

Field Webhook() {
  return Block("webhook", "An endpoint that takes credentials by HTTP.",
               {Text("url", "The endpoint.").As(Format::kUrl).Required(),
                FromSecret("signingSecret",
                           "The secret that each request is signed with.")
                    .Required(),
                Plain("sealTo",
                      "The receiver's public key in base64; values are "
                      "sealed to it.")});
}

Field GithubActions() {
  return Block("githubActions", "Secrets of GitHub Actions.",
               {Plain("repository", "The repository, as owner/name.")
                    .Example("acme/shop"),
                Plain("organization", "The organization, instead."),
                Plain("environment", "The repository's environment."),
                OneOf("visibility", {"all", "private", "selected"},
                      "Which repositories of the organization see it. Absent: "
                      "as it is."),
                ApiToken()})
      .ExactlyOneOf({"repository", "organization"});
}

Field Gitlab() {
  return Block(
             "gitlab", "CI/CD variables of GitLab.",
             {Plain("project", "The project, by path or number.")
                  .Example("acme/shop"),
              Plain("group", "The group, instead."),
              Plain("environmentScope", "Environments that see it.")
                  .Default("\"*\""),
              Boolean("masked", "Whether job logs mask it. Absent: as it is."),
              Boolean("protected",
                      "Whether only protected branches and tags see it. "
                      "Absent: as it is."),
              ApiToken()})
      .ExactlyOneOf({"project", "group"});
}

Field Vercel() {
  return Block("vercel", "Environment variables of a Vercel project.",
               {Plain("project", "The project.").Required(),
                Plain("team", "The team that owns it."),
                Set("targets", "Deployments that see it.",
                    OneOf("", {"production", "preview", "development"},
                          "A kind of deployment."))
                    .NonEmpty()
                    .Default(R"(["production"])"),
                Boolean("sensitive",
                        "Whether it is kept so that nobody can read it back.")
                    .Default("false"),
                ApiToken()});
}

Field Railway() {
  return Block(
      "railway", "Variables of a Railway service.",
      {Plain("project", "The project's id.").Required(),
       Plain("environment", "The environment's id.").Required(),
       Plain("service", "The service's id. Absent: shared by all services."),
       ApiToken()});
}

Field Render() {
  return Block("render", "Environment variables of Render.",
               {Plain("service", "The service's id."),
                Plain("envGroup", "The environment group's id, instead."),
                ApiToken()})
      .ExactlyOneOf({"service", "envGroup"});
}

Field Flyio() {
  return Block("flyio", "Secrets of a Fly.io app.",
               {Plain("app", "The app.").Required(), ApiToken()});
}

Fields AwsKeys() {
  return {
      FromSecret("accessKey", "The id of the access key to sign with.")
          .Required(),
      FromSecret("secretKey", "The secret access key to sign with.").Required(),
      FromSecret("sessionToken",
                 "The session token, where the keys are temporary.")};
}

Fields With(Fields fields, Fields more) {
  for (Field& field : more) fields.push_back(std::move(field));
  return fields;
}

Field AwsSecretsManager() {
  return Block(
      "awsSecretsManager", "A secret of AWS Secrets Manager.",
      With({Plain("region", "The region.").Required().Example("eu-central-1"),
            Plain("secretId", "The secret's name or ARN.").Required(),
            Plain("field", "The field, where the secret is a JSON object.")},
           AwsKeys()));
}

Field AwsParameterStore() {
  return Block(
      "awsParameterStore", "A parameter of AWS Systems Manager.",
      With({Plain("region", "The region.").Required().Example("eu-central-1"),
            Plain("name", "The parameter's name.").Required(),
            Plain("keyId", "The KMS key. Absent: the account's own.")},
           AwsKeys()));
}

Field Vault() {
  return Block("vault",
               "A field of a secret in Vault or OpenBao (KV version 2).",
               {Text("address", "The server's URL.")
                    .As(Format::kUrl)
                    .Required()
                    .Example("https://vault.example.org"),
                Plain("namespace", "The namespace. Absent: the root's.")
                    .Example("team-a/checkout"),
                Plain("mount", "Where the engine is mounted.").Required(),
                Plain("path", "The secret's path.").Required(),
                Plain("field", "The field of it.").Required(), ApiToken()});
}

Field Kubernetes() {
  return Block(
      "kubernetes", "A key of a Kubernetes Secret.",
      {Text("server", "The API server's URL.").As(Format::kUrl).Required(),
       Text("namespace", "The namespace.").As(Format::kName).Required(),
       Text("secret", "The Secret's name.").As(Format::kName).Required(),
       Set("restart", "Workloads that are restarted to see a new value.",
           Plain("",
                 "deployment, statefulset or daemonset, a slash, and its "
                 "name."))
           .Default("[]")
           .Example("[deployment/checkout]"),
       ApiToken()});
}

Field Doppler() {
  return Block("doppler", "Secrets of a Doppler config.",
               {Plain("project", "The project.").Required(),
                Plain("config", "The config.").Required(), ApiToken()});
}

}  // namespace

std::vector<Field> TargetBlocks() {
  return {Dotenv(),
          Exec(),
          Webhook(),
          GithubActions(),
          Gitlab(),
          Vercel(),
          Railway(),
          Render(),
          Flyio(),
          AwsSecretsManager(),
          AwsParameterStore(),
          Vault(),
          Kubernetes(),
          Doppler()};
}

}  // namespace writ::kinds
