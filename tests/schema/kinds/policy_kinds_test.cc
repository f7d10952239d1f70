// Policy, PolicyException, Patch, PolicyTest, RuleTest.
#include "tests/schema/kinds/kind_case.h"

namespace writ {
namespace {

TEST(PolicyKind, HoldsByItsTable) {
  const auto with = [](std::string_view rest) {
    return "{validations: [{name: a, expression: 'true'}]" + std::string(rest) +
           "}";
  };
  ExpectCases(
      "Policy", "p",
      {{"the least", with(""), {}},
       {"nothing that must hold", "{}", {"Policy/p lacks spec.validations"}},
       {"an empty expression",
        "{validations: [{name: a, expression: ''}]}",
        {"spec.validations[a].expression of Policy/p is empty"}},
       {"an expression that is no text",
        "{validations: [{name: a, expression: true}]}",
        {"is a boolean, not a string (put it between quotes)"}},
       {"one validation twice",
        "{validations: [{name: a, expression: x}, {name: a, expression: y}]}",
        {"has \"a\" twice (by name)"}},
       {"one variable twice",
        with(", variables: [{name: a, expression: x}, {name: a, expression: "
             "y}]"),
        {"spec.variables of Policy/p has \"a\" twice (by name)"}},
       {"a variable that is no identifier",
        with(", variables: [{name: a-b, expression: x}]"),
        {"spec.variables[0].name of Policy/p is not an identifier"}},
       {"matches",
        with(", match: {kinds: [Tokens], actions: [Create], names: ['a*'], "
             "labels: {team: payments}}"),
        {"is \"Tokens\", not Workspace,", "did you mean \"create\"?"}},
       {"a kind that is no resource",
        with(", match: {kinds: [Patch]}"),
        {"is \"Patch\", not Workspace,"}},
       {"levels",
        with(", enforcement: deny_overridable, onError: fail"),
        {"did you mean \"deny-overridable\"?", "not deny, warn or ignore"}}});
}

TEST(PolicyExceptionKind, HoldsByItsTable) {
  const std::string rest = ", reason: why, expiresAt: 2026-12-31T00:00:00Z}";
  ExpectCases(
      "PolicyException", "x",
      {{"the least", "{policy: p, subject: {address: Token/acme/a}" + rest, {}},
       {"no address",
        "{policy: p, subject: {address: acme/a}" + rest,
        {"spec.subject.address of PolicyException/x is not an address"}},
       {"an address without its parent",
        "{policy: p, subject: {address: Token/a}" + rest,
        {"is not an address"}},
       {"an address of no resource",
        "{policy: p, subject: {address: Patch/a}" + rest,
        {"is not an address"}},
       {"for ever",
        "{policy: p, subject: {address: App/a}, reason: why}",
        {"lacks spec.expiresAt"}},
       {"for no reason",
        "{policy: p, subject: {address: App/a}, reason: '', expiresAt: "
        "2026-12-31T00:00:00Z}",
        {"spec.reason of PolicyException/x is empty"}}});
}

TEST(PatchKind, HoldsByItsTable) {
  ExpectCases(
      "Patch", "p",
      {{"a merge",
        "{target: {address: App/a}, merge: {spec: {retention: null}}}",
        {}},
       {"operations",
        "{target: {kind: App, labels: {team: a}}, json: [{op: replace, path: "
        "'/spec/fields/[name=currency]/required', value: true}, {op: move, "
        "from: /a, path: /b}, {op: remove, path: /c}]}",
        {}},
       {"both",
        "{target: {address: App/a}, merge: {}, json: [{op: remove, "
        "path: /c}]}",
        {"spec.json of Patch/p can't stand beside merge"}},
       {"neither",
        "{target: {address: App/a}}",
        {"spec of Patch/p lacks one of merge or json"}},
       {"two targets",
        "{target: {address: App/a, kind: App}, merge: {}}",
        {"spec.target.kind of Patch/p can't stand beside address"}},
       {"no target",
        "{target: {}, merge: {}}",
        {"spec.target of Patch/p lacks one of address or kind"}},
       {"labels of an address",
        "{target: {address: App/a, labels: {a: b}}, merge: {}}",
        {"goes with kind, not with address"}},
       {"a list to merge",
        "{target: {address: App/a}, merge: [1]}",
        {"spec.merge of Patch/p is not a map"}},
       {"operations that lack what they need",
        "{target: {address: App/a}, json: [{op: add, path: /a}, {op: copy, "
        "path: /a}, {op: remove, path: a, value: 1}]}",
        {"lacks spec.json[0].value", "lacks spec.json[1].from",
         "is not a path that starts with a slash",
         "spec.json[2].value of Patch/p stands only where op is add, replace "
         "or test"}}});
}

TEST(PolicyTestKind, HoldsByItsTable) {
  const auto with = [](std::string_view one) {
    return "{policy: p, cases: [{name: a, " + std::string(one) + "}]}";
  };
  ExpectCases(
      "PolicyTest", "t",
      {{"of a change",
        with("change: {action: create, after: {kind: App}}, expect: {v: "
             "pass}"),
        {}},
       {"of a plan",
        with("plan: [{action: delete, before: {kind: App}}], expect: {v: "
             "violation}"),
        {}},
       {"of manifests",
        with("manifests: {before: [a.yaml], after: [b.yaml]}, expect: {v: "
             "error}"),
        {}},
       {"of nothing",
        with("expect: {v: pass}"),
        {"spec.cases[0] of PolicyTest/t lacks one of change, plan or "
         "manifests"}},
       {"without expectation",
        with("change: {action: create}"),
        {"lacks spec.cases[0].expect"}},
       {"with an empty one",
        with("change: {action: create}, expect: {}"),
        {"spec.cases[0].expect of PolicyTest/t is empty"}},
       {"a verdict that isn't one",
        with("change: {action: create}, expect: {v: deny}"),
        {"is \"deny\", not pass, violation, error or exempt"}}});
}

TEST(RuleTestKind, HoldsByItsTable) {
  const auto with = [](std::string_view one) {
    return "{app: a, start: 2026-12-01T00:00:00Z, cases: [{name: a, " +
           std::string(one) + "}]}";
  };
  ExpectCases(
      "RuleTest", "t",
      {{"silence", with("events: [{at: 0s, event: e}], expect: []"), {}},
       {"a message",
        with("events: [{at: 0s, event: e, level: error, customer_id: c, data: "
             "{a: 1}}], expect: [{at: 30s, rule: r, destination: d, events: "
             "1}]"),
        {}},
       {"without expectation: it fails when it is run", with("events: []"), {}},
       {"a level that isn't one",
        with("events: [{at: 0s, event: e, level: warn}], expect: []"),
        {"is \"warn\", not info, success, warning or error"}}});
}

}  // namespace
}  // namespace writ
