#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "schema/kinds/builder.h"
#include "schema/kinds/kinds.h"
#include "schema/kinds/rules.h"

namespace writ::kinds {
namespace {

constexpr std::string_view kTokenExample = R"yaml(apiVersion: writ/v1
kind: Token
metadata: {name: production-ci, labels: {team: platform}}
spec:
  type: clientSecret
  workspace: acme
  ipAllowlist: [203.0.113.0/24, "2001:db8::/32"]
  notBefore: 2026-12-01T00:00:00Z
  expiresAt: 2027-12-01T00:00:00Z
  rotation: every-90-days
  rotationId: 1
  deliverTo:
    - {target: github-ci, name: VELA_CLIENT_SECRET, dedicated: false}
)yaml";

// Names that change how the receiving program itself runs (T-25).
constexpr std::array<std::string_view, 8> kDangerousNames = {
    "BASH_ENV", "ENV",      "IFS",        "NODE_OPTIONS",
    "PATH",     "PERL5OPT", "PYTHONPATH", "RUBYOPT"};

bool IsDangerous(std::string_view name) {
  return name.starts_with("LD_") || name.starts_with("DYLD_") ||
         std::find(kDangerousNames.begin(), kDangerousNames.end(), name) !=
             kDangerousNames.end();
}

Fields Parents() {
  return {Parent("workspace", "Workspace",
                 "The workspace of a clientSecret, accountToken or "
                 "workspaceToken.")
              .When("type", {"clientSecret", "accountToken", "workspaceToken"}),
          Parent("app", "App", "The app that an apiKey sends events to.")
              .When("type", {"apiKey"}),
          Parent("project", "Project", "The project that a projectKey opens.")
              .When("type", {"projectKey"})};
}

Fields Rights() {
  return {
      OneOf("mode", {"live", "test"},
            "Whether a workspaceToken acts on production (sk_live_) or on "
            "the sandbox (sk_test_).")
          .Immutable()
          .Default("\"live\"")
          .When("type", {"workspaceToken"}),
      Set("scopes", "What a workspaceToken may do.",
          Text("", "A scope.").As(Format::kScope))
          .Default("[]")
          .When("type", {"workspaceToken"})
          .Example("[\"inbox:read\"]"),
      Set("scopeSets", "Scope sets whose scopes a workspaceToken has as well.",
          Ref("", {"ScopeSet"}, "The set."))
          .Default("[]")
          .When("type", {"workspaceToken"}),
      OneOf("role", {"VIEWER", "MEMBER"},
            "What a projectKey may do: VIEWER reads, MEMBER writes values "
            "and schema too.")
          .Default("\"VIEWER\"")
          .When("type", {"projectKey"})};
}

Field DeliverTo() {
  return Keyed("deliverTo", "target", "Where its value is put.",
               {Ref("target", {"DeployTarget"}, "The target.")
                    .Required()
                    .Example("github-ci"),
                Text("name", "The name it gets there.")
                    .As(Format::kEnvName)
                    .Required()
                    .Example("VELA_CLIENT_SECRET"),
                Boolean("dedicated",
                        "True mints a credential for this target alone, so "
                        "that its use is known exactly.")
                    .Default("false")})
      .Default("[]");
}

Fields Life() {
  return {
      Set("ipAllowlist", "Networks that may use it; empty is anywhere.",
          Text("", "A network or address.").As(Format::kCidr))
          .Default("[]")
          .Example("[203.0.113.0/24, \"2001:db8::/32\"]"),
      Instant("notBefore", "It is refused before this.")
          .Example("2026-12-01T00:00:00Z"),
      Instant("expiresAt", "It is refused from this moment on.")
          .Example("2027-12-01T00:00:00Z"),
      Span("expiresAfter", "It is refused this long after its issue.")
          .Min(1)
          .Example("365d"),
      Ref("rotation", {"RotationSchedule"},
          "The schedule that it is rotated by.")
          .Example("every-90-days"),
      Integer("rotationId", "A change of this asks for a rotation now.")
          .Min(0)
          .Example("1"),
      DeliverTo(),
      Integer("maxActive", "How many credentials of it may be valid at once.")
          .Min(1)
          .Max(10)
          .Default("2")};
}

void CheckToken(const Value& spec, Reporter& reporter) {
  const std::optional<Timestamp> start = TimestampAt(spec, "notBefore");
  const std::optional<Timestamp> end = TimestampAt(spec, "expiresAt");
  if (start && end && *start >= *end) {
    Violate(reporter, "bad-order", *spec.Find("expiresAt"), "spec.expiresAt",
            "is not after notBefore (" + FormatTimestamp(*start) + ")");
  }
  const Value* deliveries = spec.Find("deliverTo");
  if (deliveries == nullptr || !deliveries->IsList()) return;
  for (const Value& delivery : deliveries->AsList()) {
    const Value* name = delivery.Find("name");
    if (name == nullptr || !name->IsString()) continue;
    if (!IsDangerous(name->AsString())) continue;
    Violate(
        reporter, "dangerous-name", *name,
        Join(Indexed("spec.deliverTo", delivery.FindString("target")), "name"),
        "is a variable that changes how programs run", "use another name");
  }
}

void Append(Fields& all, Fields more) {
  for (Field& field : more) all.push_back(std::move(field));
}

}  // namespace

Kind TokenKind() {
  Kind kind;
  kind.name = "Token";
  kind.doc =
      "A credential: issued once, stored as a digest, delivered to targets "
      "and rotated by a schedule. Its type decides what it opens and which "
      "fields stand.";
  kind.example = kTokenExample;
  kind.parent_fields = {"workspace", "app", "project"};
  kind.check = CheckToken;
  kind.time_edges = {"spec.notBefore", "spec.expiresAt"};
  Fields fields = {
      OneOf("type",
            {"clientSecret", "apiKey", "projectKey", "accountToken",
             "workspaceToken"},
            "clientSecret manages everything, apiKey sends events to one app, "
            "projectKey reads one project's secrets, accountToken lists and "
            "creates projects, workspaceToken has scopes.")
          .Required()
          .Immutable()};
  Append(fields, Parents());
  fields.push_back(
      Line("label", "Its name in lists.").DefaultFrom("metadata.name"));
  Append(fields, Rights());
  Append(fields, Life());
  kind.spec = Object("spec", "The token.", std::move(fields))
                  .AtMostOneOf({"expiresAt", "expiresAfter"});
  return kind;
}

}  // namespace writ::kinds
