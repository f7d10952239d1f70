#include <string>
#include <string_view>

#include "schema/kinds/builder.h"
#include "schema/kinds/kinds.h"
#include "schema/kinds/rules.h"

namespace writ::kinds {
namespace {

constexpr std::string_view kDestinationExample = R"yaml(apiVersion: writ/v1
kind: Destination
metadata: {name: payments-slack}
spec:
  app: order-service
  channel: slack
  label: "#alerts"
  url: {secretRef: {project: payments, key: SLACK_WEBHOOK_URL}}
  rateLimit: 1/s
)yaml";

Field Webhook() {
  return Object("webhook", "What only a webhook has.",
                {FromSecret("signingSecret",
                            "The secret that each delivery is signed with, "
                            "as Standard Webhooks has it (whsec_…)."),
                 Set("allowNetworks",
                     "Networks that the URL may resolve to. Narrows what the "
                     "host file allows, never widens it.",
                     Text("", "A network.").As(Format::kCidr))
                     .Example("[10.0.0.0/8]")})
      .When("channel", {"webhook"});
}

Field Pagerduty() {
  return Object("pagerduty", "What only PagerDuty has.",
                {FromSecret("routingKey", "The integration's routing key.")
                     .Required()})
      .When("channel", {"pagerduty"})
      .Required();
}

Field Smtp() {
  return Object(
             "smtp", "The server that takes the messages.",
             {Text("host", "Its name or address.")
                  .As(Format::kHost)
                  .Required()
                  .Example("smtp.example.org"),
              Integer("port", "Its port.")
                  .Min(1)
                  .Max(65535)
                  .DefaultDoc("587; 465 with tls: implicit, 25 with tls: none"),
              OneOf("tls", {"starttls", "implicit", "none"},
                    "How the connection is encrypted. none takes no password "
                    "but on loopback.")
                  .Default("\"starttls\""),
              Text("user", "The account to log in with.").NonEmpty(),
              FromSecret("password", "The account's password.")})
      .Required();
}

Field Email() {
  return Object("email", "What only email has.",
                {Set("to", "Who gets the messages.",
                     Text("", "An address.").As(Format::kEmail))
                     .Required()
                     .NonEmpty()
                     .Max(50)
                     .Example("[oncall@example.org]"),
                 Text("from", "Who they are from.")
                     .As(Format::kEmail)
                     .Required()
                     .Example("writ@example.org"),
                 Smtp()})
      .When("channel", {"email"})
      .Required();
}

bool IsLoopback(std::string_view host) {
  return host == "localhost" || host.starts_with("127.") || host == "::1";
}

// T-25: a password never crosses a network in the clear.
void CheckDestination(const Value& spec, Reporter& reporter) {
  const Value* smtp = spec.FindPath("email.smtp");
  if (smtp == nullptr || smtp->FindString("tls") != "none") return;
  const Value* password = smtp->Find("password");
  if (password == nullptr || IsLoopback(smtp->FindString("host"))) return;
  Violate(reporter, "password-in-clear", *smtp->Find("tls"),
          "spec.email.smtp.tls", "would send the password unencrypted",
          "use starttls or implicit");
}

}  // namespace

Kind DestinationKind() {
  Kind kind;
  kind.name = "Destination";
  kind.doc = "Where notifications of an app go.";
  kind.example = kDestinationExample;
  kind.parent_fields = {"app"};
  kind.check = CheckDestination;
  kind.spec = Object(
      "spec", "The destination.",
      {Parent("app", "App", "The app it belongs to."),
       OneOf("channel",
             {"slack", "discord", "teams", "email", "webhook", "pagerduty"},
             "How it is reached; decides which of the fields below stand.")
           .Required(),
       Line("label", "Its name for people."),
       SecretUrl("url",
                 "The URL that messages are posted to. Better a secretRef: "
                 "who knows the URL can post.")
           .Sensitive()
           .Required()
           .When("channel", {"slack", "discord", "teams", "webhook"})
           .Example("{secretRef: {project: payments, key: SLACK_WEBHOOK_URL}}"),
       Webhook(), Pagerduty(), Email(),
       Text("rateLimit", "How many messages it takes at most.")
           .As(Format::kRate)
           .DefaultDoc("by channel")
           .Example("1/s")});
  return kind;
}

}  // namespace writ::kinds
