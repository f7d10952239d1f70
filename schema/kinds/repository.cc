#include <string>
#include <string_view>

#include "schema/kinds/builder.h"
#include "schema/kinds/kinds.h"
#include "schema/kinds/rules.h"

namespace writ::kinds {
namespace {

constexpr std::string_view kRepositoryExample = R"yaml(apiVersion: writ/v1
kind: Repository
metadata: {name: acme}
spec:
  include: ["manifests/**/*.yaml"]
  defaultEnvironment: staging
  variables: {alertChannel: "#alerts", maxPrice: 100}
  environments:
    staging:
      state: "sqlite:state/staging"
      secretEnvironment: dev
      overlays: [environments/staging]
    production:
      state: https://writ.example.org
      secretEnvironment: prod
      overlays: [environments/production]
      variables: {alertChannel: "#oncall"}
      trust: {mode: range, allowedSigners: .writ/allowed_signers}
      sync:
        mode: auto
        windows:
          - {allow: "0 6 * * 1-5", duration: 10h, timeZone: Europe/Zurich}
        notify: Destination/order-service/payments-slack
      enforcement: {no-admin-all: warn}
  policyPacks: [production]
)yaml";

FieldBuilder Variables(std::string_view doc) {
  return Map("variables", doc,
             Any("", "Text, number, boolean or list of text."))
      .KeysAs(Format::kIdentifier)
      .Default("{}")
      .Example("{alertChannel: \"#alerts\", maxPrice: 100}");
}

Field Trust() {
  return Object(
             "trust",
             "Which commits may be applied to the environment, by signature.",
             {OneOf("mode", {"none", "head", "range"},
                    "none asks for no signature, head for one of the commit "
                    "that is applied, range for one of every commit since "
                    "the last applied one.")
                  .Default("\"none\""),
              Text("allowedSigners",
                   "The file of allowed signers, as git reads it. Needed "
                   "where mode isn't none.")
                  .As(Format::kRelativePath)
                  .Example(".writ/allowed_signers"),
              Set("authors",
                  "Patterns, one of which the author's address has to match.",
                  Text("", "An address, with * for any characters.").NonEmpty())
                  .Default(R"(["*"])"),
              Set("committers",
                  "Patterns, one of which the committer's address has to "
                  "match.",
                  Text("", "An address, with * for any characters.").NonEmpty())
                  .Default(R"(["*"])")})
      .Default("{}");
}

Field Windows() {
  return List("windows",
              "When changes may be applied. A deny window beats an allow "
              "window; with any allow window, changes wait for one.",
              Object("", "One window.",
                     {Text("allow", "When a window of allowed changes opens.")
                          .As(Format::kCron)
                          .Example("0 6 * * 1-5"),
                      Text("deny", "When a window without changes opens.")
                          .As(Format::kCron),
                      Span("duration", "How long the window stays open.")
                          .Required()
                          .Min(60)
                          .Example("10h"),
                      Text("timeZone", "The time zone of the cron expression.")
                          .As(Format::kTimeZone)
                          .Default("\"UTC\"")})
                  .ExactlyOneOf({"allow", "deny"}))
      .Default("[]");
}

Field Sync() {
  return Object("sync", "How reconcile keeps the environment at its revision.",
                {OneOf("mode", {"manual", "auto"},
                       "auto applies new revisions by itself, manual only "
                       "reports them.")
                     .Default("\"manual\""),
                 Boolean("prune",
                         "Whether resources that no manifest declares any more "
                         "are deleted.")
                     .Default("true"),
                 Boolean("selfHeal", "Whether drift is put back by itself.")
                     .Default("false"),
                 Boolean("suspend", "Stops reconciling this environment.")
                     .Default("false"),
                 Windows(),
                 Ref("notify", {"Destination"},
                     "The address of the destination that is told of failures.")
                     .Mention()
                     .Example("Destination/order-service/payments-slack")})
      .Default("{}");
}

Field Environment() {
  return Object(
      "", "One environment.",
      {Text("state",
            "Where the environment's live state is: sqlite: and a folder, or "
            "the URL of a writ gateway. Absent: --state or WRIT_STATE.")
           .NonEmpty()
           .Example("sqlite:state/staging"),
       Text("secretEnvironment", "Which value of a Secret a secretRef takes.")
           .As(Format::kName)
           .DefaultDoc("the environment's own name"),
       List("overlays",
            "Folders of manifests and patches of this environment alone, in "
            "the order they apply.",
            Text("", "A folder.").As(Format::kRelativePath))
           .Default("[]"),
       Variables("Values of this environment, over the repository's."), Trust(),
       Sync(),
       Map("enforcement",
           "How hard a policy is enforced here, over what it says itself.",
           OneOf("", {"deny", "deny-overridable", "warn", "audit"},
                 "The level of enforcement."))
           .KeysAs(Format::kName)
           .Default("{}")
           .Example("{no-admin-all: warn}")});
}

Field Safety() {
  return Object("safety",
                "A plan beyond these is unsafe and wants a flag to be applied.",
                {Number("maxDeletePercent",
                        "How many per cent of what exists one plan may delete.")
                     .Min(0)
                     .Max(100)
                     .Default("30"),
                 Number("maxUpdatePercent",
                        "How many per cent of what exists one plan may update.")
                     .Min(0)
                     .Max(100)
                     .Default("30"),
                 Integer("minExisting",
                         "The percentages count from this many resources on.")
                     .Min(0)
                     .Default("10")})
      .Default("{}");
}

void CheckVariables(const Value* variables, std::string_view path,
                    Reporter& reporter) {
  if (variables == nullptr || !variables->IsMap()) return;
  for (const Value::Entry& entry : variables->AsMap()) {
    const Value& value = entry.value;
    bool fits = value.IsString() || value.IsInteger() || value.IsNumber() ||
                value.IsBoolean();
    if (value.IsList()) {
      fits = true;
      for (const Value& item : value.AsList()) fits &= item.IsString();
    }
    if (!fits) {
      Violate(reporter, "wrong-type", value, Join(path, entry.key),
              "is not a text, a number, a boolean or a list of texts");
    }
  }
}

bool IsState(std::string_view state) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (state.starts_with(kSqlite)) {
    return Matches(Format::kRelativePath, state.substr(kSqlite.size()));
  }
  return Matches(Format::kUrl, state);
}

void CheckEnvironment(const Value::Entry& environment, Reporter& reporter) {
  const std::string path = Join("spec.environments", environment.key);
  const Value* state = environment.value.Find("state");
  if (state != nullptr && state->IsString() && !IsState(state->AsString())) {
    Violate(reporter, "bad-format", *state, Join(path, "state"),
            "is neither sqlite: with a folder in the repository nor an https "
            "URL",
            "write it like sqlite:state/staging or https://writ.example.org");
  }
  CheckVariables(environment.value.Find("variables"), Join(path, "variables"),
                 reporter);
  const Value* trust = environment.value.Find("trust");
  if (trust == nullptr || trust->FindString("mode") == "none") return;
  const Value* mode = trust->Find("mode");
  if (mode != nullptr && mode->IsString() &&
      trust->Find("allowedSigners") == nullptr) {
    Violate(reporter, "missing-field", *mode, Join(path, "trust.mode"),
            "asks for signatures, but allowedSigners names no file",
            "add allowedSigners: .writ/allowed_signers");
  }
}

void CheckRepository(const Value& spec, Reporter& reporter) {
  CheckVariables(spec.Find("variables"), "spec.variables", reporter);
  const Value* environments = spec.Find("environments");
  if (environments == nullptr || !environments->IsMap()) return;
  std::vector<std::string_view> names;
  for (const Value::Entry& entry : environments->AsMap()) {
    names.push_back(entry.key);
    CheckEnvironment(entry, reporter);
  }
  const Value* chosen = spec.Find("defaultEnvironment");
  if (chosen == nullptr || !chosen->IsString() ||
      environments->Find(chosen->AsString()) != nullptr) {
    return;
  }
  Violate(reporter, "unknown-environment", *chosen, "spec.defaultEnvironment",
          "names an environment that isn't declared",
          DidYouMean(chosen->AsString(), names));
}

}  // namespace

Kind RepositoryKind() {
  Kind kind;
  kind.name = "Repository";
  kind.doc =
      "writ.yaml at the root of a configuration repository: its name, its "
      "environments and how each is kept. The name is the owner that is "
      "written on every live object.";
  kind.example = kRepositoryExample;
  kind.is_resource = false;
  kind.name_format = Format::kOwner;
  kind.check = CheckRepository;
  kind.spec = Object(
      "spec", "What the repository holds.",
      {Set("include", "Which files are manifests.",
           Text("", "A path with *, ? and **.").As(Format::kGlob))
           .DefaultDoc("every .yaml and .yml but writ.yaml, overlays and "
                       "*.test.yaml")
           .Example("[\"manifests/**/*.yaml\"]"),
       Set("exclude", "Which of those are not.",
           Text("", "A path with *, ? and **.").As(Format::kGlob))
           .Default("[]"),
       Text("defaultEnvironment", "The environment of commands that name none.")
           .As(Format::kName)
           .DefaultDoc("the only one there is"),
       Variables("Values that manifests take in as ${vars.name}."),
       Map("environments",
           "The environments, by name. One state holds exactly one.",
           Environment())
           .KeysAs(Format::kName)
           .Required()
           .NonEmpty(),
       Safety(),
       Set("policyPacks", "Packs of policies that come with writ.",
           Text("", "The pack's name.").As(Format::kPolicyPack))
           .Default("[]")
           .Example("[least-privilege, rotation, production]")});
  return kind;
}

}  // namespace writ::kinds
