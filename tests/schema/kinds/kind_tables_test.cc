#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "schema/digest.h"
#include "schema/format_check.h"
#include "schema/json.h"
#include "schema/kind.h"
#include "schema/normalize.h"
#include "tests/schema/kinds/validated.h"

namespace writ {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Calls `visit` for each field below, with its path.
void Visit(const Field& field, const std::string& path,
           const std::function<void(const Field&, const std::string&)>& visit) {
  visit(field, path);
  for (const Field& member : field.fields) {
    Visit(member, path + "." + member.name, visit);
  }
  if (field.item != nullptr) Visit(*field.item, path + "[]", visit);
}

void VisitAll(
    const std::function<void(const Field&, const std::string&)>& visit) {
  for (const Kind* kind : AllKinds()) Visit(kind->spec, kind->name, visit);
  Visit(MetadataField(), "metadata", visit);
  Visit(LifecycleField(), "lifecycle", visit);
}

TEST(KindTables, HoldTheKindsInTheOrderOfTheDocumentation) {
  std::vector<std::string> resources;
  std::vector<std::string> others;
  for (const Kind* kind : AllKinds()) {
    (kind->is_resource ? resources : others).push_back(kind->name);
  }
  EXPECT_THAT(resources,
              ElementsAre("Workspace", "App", "EventSchema", "Destination",
                          "NotificationRule", "Silence", "Project", "Secret",
                          "ScopeSet", "ApiRoute", "Token", "RotationSchedule",
                          "DeployTarget", "Policy", "PolicyException"));
  EXPECT_THAT(others, ElementsAre("Repository", "Patch", "PolicyTest",
                                  "RuleTest", "Host"));
}

TEST(KindTables, FindAKindByItsNameAlone) {
  EXPECT_EQ(FindKind("App")->name, "App");
  EXPECT_EQ(FindKind("app"), nullptr);
  EXPECT_EQ(FindKind(""), nullptr);
}

TEST(KindTables, SayWhatEachFieldIsFor) {
  VisitAll([](const Field& field, const std::string& path) {
    // The items of lists of maps are described by the list.
    if (path.ends_with("[]") && field.doc.empty()) return;
    ASSERT_FALSE(field.doc.empty()) << path;
    EXPECT_TRUE(field.doc.ends_with('.')) << path << ": " << field.doc;
  });
  for (const Kind* kind : AllKinds()) {
    EXPECT_TRUE(kind->doc.ends_with('.')) << kind->name;
  }
}

TEST(KindTables, HoldEachNameOnce) {
  VisitAll([](const Field& field, const std::string& path) {
    std::set<std::string> names;
    for (const Field& member : field.fields) {
      EXPECT_TRUE(names.insert(member.name).second)
          << path << "." << member.name;
    }
  });
}

TEST(KindTables, KeepTypesAndTheirAttributesTogether) {
  VisitAll([](const Field& field, const std::string& path) {
    SCOPED_TRACE(path);
    const bool nested =
        field.type == FieldType::kList || field.type == FieldType::kMap;
    EXPECT_EQ(field.item != nullptr, nested);
    EXPECT_EQ(field.type == FieldType::kEnum, !field.values.empty());
    EXPECT_EQ(field.type == FieldType::kReference ||
                  field.type == FieldType::kSecretRef,
              !field.reference.kinds.empty());
    for (const std::string_view kind : field.reference.kinds) {
      EXPECT_NE(FindKind(kind), nullptr) << kind;
    }
    EXPECT_FALSE(field.required && field.default_json.has_value());
    if (field.min && field.max) {
      EXPECT_LE(*field.min, *field.max);
    }
    if (!field.key.empty()) {
      ASSERT_NE(field.item, nullptr);
      ASSERT_NE(field.item->Find(field.key), nullptr);
      EXPECT_TRUE(field.item->Find(field.key)->required);
    }
    for (const auto* choices : {&field.exactly_one_of, &field.at_most_one_of}) {
      for (const std::string& choice : *choices) {
        EXPECT_NE(field.Find(choice), nullptr) << choice;
      }
    }
  });
}

TEST(KindTables, DecideConditionsByASiblingWithoutDefault) {
  VisitAll([](const Field& field, const std::string& path) {
    for (const Field& member : field.fields) {
      if (member.when.empty()) continue;
      SCOPED_TRACE(path + "." + member.name);
      const Field* decider = field.Find(member.when.field);
      ASSERT_NE(decider, nullptr);
      EXPECT_TRUE(decider->required);
      for (const std::string& value : member.when.values) {
        EXPECT_THAT(decider->values, testing::Contains(value));
      }
    }
  });
}

TEST(KindTables, HaveDefaultsThatAreNormalAlready) {
  VisitAll([](const Field& field, const std::string& path) {
    if (field.default_value == nullptr) return;
    SCOPED_TRACE(path);
    EXPECT_EQ(CompactJson(*field.default_value),
              CompactJson(*ParseJson(*field.default_json)));
    Value normal = *field.default_value;
    NormalizeField(field, "", normal);
    if (field.type == FieldType::kDuration) {
      EXPECT_TRUE(ParseDuration(field.default_value->AsString()));
    } else if (field.type != FieldType::kObject) {
      EXPECT_EQ(CanonicalJson(normal), CanonicalJson(*field.default_value));
    }
    if (field.type == FieldType::kEnum) {
      EXPECT_THAT(field.values,
                  testing::Contains(field.default_value->AsString()));
    }
    if (field.type == FieldType::kString) {
      EXPECT_TRUE(MatchesFormat(field.format, field.default_value->AsString()));
    }
  });
}

TEST(KindTables, NameParentsThatAreReferencesOfTheSpec) {
  for (const Kind* kind : AllKinds()) {
    for (const std::string& name : kind->parent_fields) {
      const Field* field = kind->FindField("spec." + name);
      ASSERT_NE(field, nullptr) << kind->name << " " << name;
      EXPECT_EQ(field->type, FieldType::kReference);
      EXPECT_TRUE(field->required);
      EXPECT_TRUE(field->immutable);
    }
    for (const std::string& path : kind->time_edges) {
      ASSERT_NE(kind->FindField(path), nullptr) << path;
      EXPECT_EQ(kind->FindField(path)->type, FieldType::kTimestamp);
    }
  }
}

TEST(KindTables, HaveExamplesThatAreValid) {
  for (const Kind* kind : AllKinds()) {
    const Validated result = Validate(kind->example);
    EXPECT_THAT(result.said, IsEmpty()) << kind->name;
    ASSERT_TRUE(result.resource) << kind->name;
    EXPECT_EQ(result.resource->kind, kind);
  }
}

TEST(KindTables, LeadPathsThroughListsAndMaps) {
  const Kind* rule = FindKind("NotificationRule");
  ASSERT_NE(rule->FindField("spec.actions.destination"), nullptr);
  EXPECT_EQ(rule->FindField("spec.actions.destination")->type,
            FieldType::kReference);
  EXPECT_EQ(rule->FindField("spec.nothing"), nullptr);
  EXPECT_EQ(rule->FindField("nothing"), nullptr);
  EXPECT_EQ(rule->FindField("metadata.labels.team")->format,
            Format::kLabelValue);
  EXPECT_EQ(rule->FindField("lifecycle.protect")->type, FieldType::kBoolean);
  EXPECT_EQ(rule->FindField("spec"), &rule->spec);
  const Kind* repository = FindKind("Repository");
  EXPECT_EQ(
      repository->FindField("spec.environments.production.sync.mode")->type,
      FieldType::kEnum);
  EXPECT_EQ(repository->FindField("lifecycle.protect"), nullptr);
}

TEST(KindTables, KnowTheScopesOfTheSeeds) {  // S-33
  EXPECT_EQ(AllScopes().size(), 20U);
  EXPECT_EQ(AllScopes().front(), "inbox:read");
  EXPECT_EQ(AllScopes().back(), "admin:all");
}

TEST(KindTables, HaveAFingerprint) {
  EXPECT_TRUE(ParseDigestHex(KindTablesFingerprint()));
  EXPECT_EQ(&KindTablesFingerprint(), &KindTablesFingerprint());
}

TEST(KindTables, MarkWhatIsNeverShown) {  // T-16
  EXPECT_TRUE(FindKind("Destination")->FindField("spec.url")->sensitive);
}

TEST(KindTables, MarkWhatReplaces) {
  EXPECT_TRUE(FindKind("Workspace")->FindField("spec.workspaceId")->immutable);
  EXPECT_TRUE(FindKind("Workspace")->FindField("spec.workspaceId")->computed);
  EXPECT_TRUE(FindKind("App")->FindField("spec.workspace")->immutable);
  EXPECT_TRUE(FindKind("Token")->FindField("spec.type")->immutable);
  EXPECT_FALSE(FindKind("App")->FindField("spec.retention")->immutable);
}

}  // namespace
}  // namespace writ
