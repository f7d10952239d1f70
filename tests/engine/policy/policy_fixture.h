// A world for policies: manifests as texts, and changes of resources.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/policy/facts.h"
#include "engine/policy/judge.h"
#include "engine/policy/policy_set.h"
#include "manifests/text_places.h"
#include "manifests/yaml_parser.h"
#include "schema/diagnostic.h"
#include "schema/resource.h"
#include "schema/validator.h"

namespace writ::engine {

// The documents of one file, "p.yaml", with all that is wrong with them.
struct World {
  std::string text;
  SourceFiles files{"p.yaml"};
  std::vector<Resource> resources;
  Diagnostics diagnostics;

  explicit World(std::string yaml) : text(std::move(yaml)) {
    Reporter reporter(files, {}, diagnostics);
    for (manifests::Document& document :
         manifests::ParseYaml(text, 0, {}, reporter)) {
      if (document.root.IsNull()) continue;
      auto resource = ValidateDocument(std::move(document.root), reporter);
      if (resource) resources.push_back(*std::move(resource));
    }
    EXPECT_TRUE(diagnostics.empty()) << diagnostics.items().front().summary;
  }

  std::vector<GuardDocument> Guards(std::string_view kind) const {
    std::vector<GuardDocument> guards;
    for (const Resource& resource : resources) {
      if (resource.id.kind() == kind)
        guards.push_back(GuardOf(resource, files));
    }
    return guards;
  }

  TextPlaces places() const {
    return
        [this](const Value& value, const std::vector<std::uint32_t>& offsets) {
          return manifests::PlacesInText(text, value, offsets);
        };
  }

  PolicySet Compile(PolicySetOptions options = {}) {
    options.places = places();
    return PolicySet(Guards("Policy"), Guards("PolicyException"), options,
                     diagnostics);
  }

  // "4:7 summary (hint)", sorted, a warning with "warning: " in front.
  std::vector<std::string> Lines() {
    diagnostics.Sort();
    std::vector<std::string> lines;
    for (const Diagnostic& each : diagnostics.items()) {
      const Location& at = each.locations.at(0);
      std::string line =
          std::to_string(at.line) + ":" + std::to_string(at.column) + " ";
      if (each.severity == Severity::kWarning) line += "warning: ";
      line += each.summary;
      if (!each.hint.empty()) line += " (" + each.hint + ")";
      lines.push_back(std::move(line));
    }
    return lines;
  }
};

// The only resource of a manifest: "kind: Token\nmetadata: …".
inline Resource ResourceOf(const std::string& yaml) {
  World world("apiVersion: writ/v1\n" + yaml);
  EXPECT_EQ(world.resources.size(), 1U);
  return world.resources.at(0);
}

// A change of what the two manifests say; empty: none.
inline ChangeFacts ChangeOf(std::string action, const std::string& before,
                            const std::string& after) {
  ChangeFacts change;
  change.action = std::move(action);
  change.cause = "git";
  for (const bool is_after : {false, true}) {
    const std::string& yaml = is_after ? after : before;
    if (yaml.empty()) continue;
    const Resource resource = ResourceOf(yaml);
    if (!change.id.empty() && change.id != resource.id) {
      change.moved_from = change.id;
    }
    change.id = resource.id;
    (is_after ? change.after : change.before) = resource.content;
  }
  change.written_at = {"m.yaml", 3, 1, 4, {}};
  return change;
}

inline std::string TokenYaml(const std::string& name,
                             const std::string& scopes) {
  return "kind: Token\nmetadata: {name: " + name +
         "}\nspec: {type: workspaceToken, workspace: acme, scopes: [" + scopes +
         "]}\n";
}

inline PlanFacts FactsOf(std::vector<ChangeFacts> changes) {
  PlanFacts facts;
  facts.environment = "production";
  facts.commit = {"3f9c2e1", "ana@acme.example", std::nullopt};
  facts.now = *ParseTimestamp("2026-12-01T00:00:00Z");
  facts.changes = std::move(changes);
  return facts;
}

// "policy/validation violation deny: message"
inline std::string Line(const Finding& finding) {
  std::string line = finding.policy + "/" + finding.validation + " " +
                     std::string(Name(finding.verdict)) + " " +
                     std::string(Name(finding.enforcement));
  if (!finding.exception.empty()) line += " by " + finding.exception;
  if (finding.overridden) line += " overridden";
  if (!finding.message.empty()) line += ": " + finding.message;
  return line;
}

inline std::vector<std::string> LinesOf(const Judgement& judgement) {
  std::vector<std::string> lines;
  for (const Finding& finding : judgement.findings) {
    lines.push_back(Line(finding));
  }
  return lines;
}

// A policy's document, its spec below two blanks.
inline std::string PolicyYaml(const std::string& name,
                              const std::string& spec) {
  return "---\napiVersion: writ/v1\nkind: Policy\nmetadata: {name: " + name +
         "}\nspec:\n" + spec;
}

}  // namespace writ::engine
