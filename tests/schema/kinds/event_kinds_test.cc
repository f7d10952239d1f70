// EventSchema, Destination, NotificationRule, Silence.
#include "tests/schema/kinds/kind_case.h"

namespace writ {
namespace {

std::string Field(std::string_view field) {
  return "{app: shop, fields: [" + std::string(field) + "]}";
}

TEST(EventSchemaKind, HoldsByItsTable) {
  ExpectCases(
      "EventSchema", "order.placed",
      {{"the least", "{app: shop}", {}},
       {"no type",
        Field("{name: a}"),
        {"EventSchema/shop/order.placed lacks spec.fields[a].type"}},
       {"an unknown field, as the sketch has it",
        Field("{name: orderId, type: string, requird: true}"),
        {"4:58 unknown field \"requird\" in EventSchema/shop/order.placed "
         "(did you mean \"required\"?)"}},
       {"a required one under another name, which is said once",
        Field("{name: orderId, typ: string}"),
        {"unknown field \"typ\" in EventSchema/shop/order.placed (did you mean "
         "\"type\"?)"}},
       {"one field twice",
        Field("{name: a, type: string}, {name: a, type: number}"),
        {"spec.fields of EventSchema/shop/order.placed has \"a\" twice (by "
         "name) (drop one of them)"}},
       {"one id twice, as written and as a default",
        Field("{name: a, type: string}, {name: b, type: string, id: a}"),
        {"spec.fields[b].id of EventSchema/shop/order.placed is that of a "
         "already"}},
       {"a name with a dot",
        Field("{name: a.b, type: string}"),
        {"spec.fields[a.b].name of EventSchema/shop/order.placed is not a "
         "field's name"}},
       {"values of an enum",
        Field("{name: a, type: enum, enumValues: [x]}"),
        {}},
       {"an enum without values",
        Field("{name: a, type: enum}"),
        {"lacks spec.fields[a].enumValues (add enumValues: [EUR, USD])"}},
       {"values of a string",
        Field("{name: a, type: string, enumValues: [x]}"),
        {"spec.fields[a].enumValues of EventSchema/shop/order.placed stands "
         "only where type is enum (drop it)"}},
       {"validation of a boolean",
        Field("{name: a, type: boolean, validation: {min: 1}}"),
        {"stands only where type is string or number"}},
       {"metadata",
        "{app: shop, metadataFields: [{name: traceId, type: string}]}",
        {}},
       {"metadata that is required",
        "{app: shop, metadataFields: [{name: a, type: string, required: "
        "true}]}",
        {"unknown field \"required\""}}});
}

TEST(EventSchemaKind, ChecksBounds) {
  ExpectCases(
      "EventSchema", "e",
      {{"in order",
        Field("{name: a, type: number, validation: {min: -1.5, max: 2}}"),
        {}},
       {"out of order",
        Field("{name: a, type: number, validation: {min: 3, max: 2}}"),
        {"spec.fields[a].validation.max of EventSchema/shop/e is below "
         "validation.min"}},
       {"a length below nothing",
        Field("{name: a, type: string, validation: {min: -1}}"),
        {"is not a length: a whole number of at least 0"}},
       {"a length and a half",
        Field("{name: a, type: string, validation: {max: 1.5}}"),
        {"is not a length"}},
       {"a pattern",
        Field("{name: a, type: string, validation: {pattern: "
              "'^ord_[0-9]+$'}}"),
        {}},
       {"a pattern of a number",
        Field("{name: a, type: number, validation: {pattern: a}}"),
        {"is for strings, not for numbers"}},
       {"a pattern that RE2 doesn't take",
        Field("{name: a, type: string, validation: {pattern: '(?=a)'}}"),
        {"is not an RE2 expression"}},
       {"a pattern beyond the memory cap",  // T-21
        Field("{name: a, type: string, validation: {pattern: "
              "'((((a{100}){100}){100}){100})'}}"),
        {"is not an RE2 expression"}}});
}

TEST(EventSchemaKind, HasDefaultsThatFitTheirType) {
  ExpectCases(
      "EventSchema", "e",
      {{"of a string", Field("{name: a, type: string, defaultValue: x}"), {}},
       {"of a number", Field("{name: a, type: number, defaultValue: 1.5}"), {}},
       {"of a boolean",
        Field("{name: a, type: boolean, defaultValue: true}"),
        {}},
       {"of a date",
        Field("{name: a, type: date, defaultValue: 2026-01-01T00:00:00Z}"),
        {}},
       {"of an object",
        Field("{name: a, type: object, defaultValue: {b: 1}}"),
        {}},
       {"of an enum",
        Field("{name: a, type: enum, enumValues: [x, y], defaultValue: y}"),
        {}},
       {"none of the enum's",
        Field("{name: a, type: enum, enumValues: [x, y], defaultValue: z}"),
        {"spec.fields[a].defaultValue of EventSchema/shop/e is not one of "
         "enumValues"}},
       {"a number for a string",
        Field("{name: a, type: string, defaultValue: 1}"),
        {"is not a string"}},
       {"a string for a number",
        Field("{name: a, type: number, defaultValue: x}"),
        {"is not a number"}},
       {"a string for a boolean",
        Field("{name: a, type: boolean, defaultValue: 'yes'}"),
        {"is not a boolean"}},
       {"no date",
        Field("{name: a, type: date, defaultValue: tomorrow}"),
        {"is not a date like 2026-06-01T12:00:00Z"}},
       {"a list for an object",
        Field("{name: a, type: object, defaultValue: []}"),
        {"is not a map"}},
       {"below the least",
        Field("{name: a, type: number, defaultValue: 1, validation: {min: "
              "2}}"),
        {"is below validation.min"}},
       {"above the greatest",
        Field("{name: a, type: number, defaultValue: 3, validation: {max: "
              "2}}"),
        {"is above validation.max"}},
       {"too short",
        Field("{name: a, type: string, defaultValue: é, validation: {min: "
              "2}}"),
        {"is shorter than validation.min"}},
       {"too long",
        Field("{name: a, type: string, defaultValue: abc, validation: {max: "
              "2}}"),
        {"is longer than validation.max"}},
       {"off its pattern",
        Field("{name: a, type: string, defaultValue: abc, validation: "
              "{pattern: '^x'}}"),
        {"doesn't match validation.pattern"}},
       {"of a required field",
        Field("{name: a, type: string, required: true, defaultValue: x}"),
        {"is never used, as the field is required"}}});
}

std::string To(std::string_view rest) {
  return "{app: shop, channel: " + std::string(rest) + "}";
}

TEST(DestinationKind, HasTheFieldsOfItsChannel) {
  const std::string ref = "{secretRef: {project: p, key: K}}";
  ExpectCases(
      "Destination", "d",
      {{"slack", To("slack, url: " + ref), {}},
       {"discord by its URL", To("discord, url: 'https://discord.com/x'"), {}},
       {"teams", To("teams, url: " + ref), {}},
       {"a webhook",
        To("webhook, url: " + ref + ", webhook: {signingSecret: " + ref +
           ", allowNetworks: [10.0.0.0/8]}"),
        {}},
       {"PagerDuty", To("pagerduty, pagerduty: {routingKey: " + ref + "}"), {}},
       {"email",
        To("email, email: {to: [a@example.org], from: b@example.org, smtp: "
           "{host: smtp.example.org, user: u, password: " +
           ref + "}}"),
        {}},
       {"slack without a URL",
        To("slack"),
        {"Destination/shop/d lacks spec.url (add url: {secretRef: {project: "
         "payments, key: SLACK_WEBHOOK_URL}})"}},
       {"email with a URL",
        To("email, url: " + ref +
           ", email: {to: [a@example.org], from: b@example.org, smtp: {host: "
           "h}}"),
        {"spec.url of Destination/shop/d stands only where channel is slack, "
         "discord, teams or webhook"}},
       {"slack with a webhook block",
        To("slack, url: " + ref + ", webhook: {}"),
        {"spec.webhook of Destination/shop/d stands only where channel is "
         "webhook"}},
       {"PagerDuty without its block",
        To("pagerduty"),
        {"lacks spec.pagerduty"}},
       {"a channel that isn't one",
        To("slak, url: " + ref),
        {"did you mean \"slack\"?"}},
       {"no channel", "{app: shop}", {"lacks spec.channel"}},
       {"a URL in the clear",
        To("slack, url: 'http://hooks.slack.com/x'"),
        {"is not a URL that may be called (https, or http to this machine"}},
       {"a number for a URL",
        To("slack, url: 1"),
        {"is an integer, not an https URL or {secretRef: …}"}},
       {"a secret by the wrong key",
        To("slack, url: {secretRef: {project: p, key: lower}}"),
        {"spec.url.secretRef.key of Destination/shop/d is not a key of a "
         "secret"}},
       {"a secret in another form",
        To("slack, url: {secret: a}"),
        {"Destination/shop/d lacks spec.url.secretRef",
         "unknown field \"secret\""}},
       {"a password in the clear",  // T-25
        To("email, email: {to: [a@example.org], from: b@example.org, smtp: "
           "{host: smtp.example.org, tls: none, password: " +
           ref + "}}"),
        {"spec.email.smtp.tls of Destination/shop/d would send the password "
         "unencrypted (use starttls or implicit)"}},
       {"a password on this machine",
        To("email, email: {to: [a@example.org], from: b@example.org, smtp: "
           "{host: localhost, tls: none, password: " +
           ref + "}}"),
        {}},
       {"nobody to write to",
        To("email, email: {to: [], from: nobody, smtp: {host: 'a b', port: "
           "70000}}"),
        {"spec.email.to of Destination/shop/d is empty",
         "is not an e-mail address", "is not a host", "is above 65535"}}});
}

std::string Rule(std::string_view rest) {
  return "{app: shop, event: payment.failed, actions: [{destination: d}]" +
         std::string(rest) + "}";
}

TEST(NotificationRuleKind, HoldsByItsTable) {
  ExpectCases(
      "NotificationRule", "r",
      {{"the least", Rule(""), {}},
       {"an event by pattern",
        "{app: shop, event: 'payment.*', actions: [{destination: d}]}",
        {}},
       {"no event by name",
        "{app: shop, event: Payment, actions: [{destination: d}]}",
        {"is not an event's name or pattern (write it like payment.failed or "
         "payment.*)"}},
       {"nobody to tell",
        "{app: shop, event: e, actions: []}",
        {"spec.actions of NotificationRule/shop/r is empty"}},
       {"one destination twice",
        "{app: shop, event: e, actions: [{destination: d}, {destination: d}]}",
        {"has \"d\" twice (by destination)"}},
       {"a repeat that is no multiple",
        Rule(", groupInterval: 5m, repeatEvery: 12m"),
        {"spec.repeatEvery of NotificationRule/shop/r is not a multiple of "
         "groupInterval (5m) (for example 15m)"}},
       {"a repeat against the default interval",
        Rule(", repeatEvery: 7m"),
        {"not a multiple of groupInterval (5m) (for example 10m)"}},
       {"an interval against the default repeat",
        Rule(", groupInterval: 7m"),
        {"4:86 spec.repeatEvery of NotificationRule/shop/r is not a "
         "multiple of groupInterval (7m)"}},
       {"levels",
        Rule(", levels: [error, warn]"),
        {"is \"warn\", not info, success, warning or error"}},
       {"no expression",
        Rule(", when: ''"),
        {"spec.when of NotificationRule/shop/r is empty"}}});
}

TEST(NotificationRuleKind, WantsValuesThatFitTheirOperators) {
  ExpectCases(
      "NotificationRule", "r",
      {{"conditions",
        Rule(", conditions: [{field: a.b, operator: greater_than, value: 1}, "
             "{field: metadata.x, operator: contains, value: y}]"),
        {}},
       {"a text that is greater",
        Rule(", conditions: [{field: a, operator: greater_than, value: '1'}]"),
        {"spec.conditions[0].value of NotificationRule/shop/r is not a number, "
         "which greater_than compares with"}},
       {"a number that begins something",
        Rule(", conditions: [{field: a, operator: starts_with, value: 1}]"),
        {"is not a text, which starts_with looks for (put it between "
         "quotes)"}},
       {"a list to compare with",
        Rule(", conditions: [{field: a, operator: equals, value: [1]}]"),
        {"is not a text, a number or a boolean"}},
       {"every other operator",
        Rule(", conditions: [{field: a, operator: in, value: [x, 1, true]}, "
             "{field: a, operator: greater_or_equal, value: 1}, "
             "{field: a, operator: less_or_equal, value: 1.5}, "
             "{field: a, operator: matches, value: '^ord_'}, "
             "{field: a, operator: exists}, "
             "{field: a, operator: exists, value: false}]"),
        {}},
       {"one of nothing",
        Rule(", conditions: [{field: a, operator: in, value: []}]"),
        {"is not a list of texts, numbers or booleans (write it like [a, "
         "b])"}},
       {"a pattern that isn't one",
        Rule(", conditions: [{field: a, operator: matches, value: '('}]"),
        {"is not a regular expression"}},
       {"existence as a text",
        Rule(", conditions: [{field: a, operator: exists, value: 'yes'}]"),
        {"is neither true nor false"}},
       {"nothing to compare with",
        Rule(", conditions: [{field: a, operator: equals}]"),
        {"lacks value, which equals wants"}},
       {"an operator that isn't one",
        Rule(", conditions: [{field: a, operator: equal, value: 1}]"),
        {"did you mean \"equals\"?"}}});
}

TEST(SilenceKind, HoldsByItsTable) {
  const std::string matcher =
      "{app: shop, matchers: [{field: a, operator: equals, value: 1}]";
  ExpectCases(
      "Silence", "s",
      {{"the least", matcher + ", endsAt: 2026-11-28T00:00:00Z}", {}},
       {"without an end",
        matcher + "}",
        {"Silence/shop/s lacks spec.endsAt (add endsAt: "
         "2026-11-28T00:00:00Z)"}},
       {"ending as it begins",
        matcher +
            ", startsAt: 2026-11-28T00:00:00Z, endsAt: 2026-11-28T00:00:00Z}",
        {"spec.endsAt of Silence/shop/s is not after startsAt "
         "(2026-11-28T00:00:00Z)"}},
       {"of everything",
        "{app: shop, matchers: [], endsAt: 2026-11-28T00:00:00Z}",
        {"spec.matchers of Silence/shop/s is empty"}},
       {"no time",
        matcher + ", endsAt: soon}",
        {"is not a timestamp (write it like 2026-12-01T00:00:00Z, years 1970 "
         "to 9999)"}},
       {"before there was time",
        matcher + ", endsAt: 1969-12-31T23:59:59Z}",
        {"is not a timestamp"}}});
}

}  // namespace
}  // namespace writ
