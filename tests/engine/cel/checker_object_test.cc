// Maps with fields that are known by name, as policies see resources.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/engine/cel/checker_fixture.h"

namespace writ::engine::cel {
namespace {

Type Object(std::string name, std::vector<ObjectType::Field> fields,
            bool open = false) {
  return Type::Object(std::make_shared<const ObjectType>(
      ObjectType{std::move(name), std::move(fields), open}));
}

class CheckerObjects : public testing::Test {
 protected:
  CheckerObjects() {
    const Type spec =
        Object("App.spec",
               {{"replicas", Type(Type::Kind::kInt)},
                {"owner", Type(Type::Kind::kString)},
                {"labels", Type::Map(Type::Kind::kString, Type::Kind::kString)},
                {"extra", Object("App.spec.extra", {}, true)}});
    const Type app = Object("App", {{"spec", spec}});
    environment_.AddVariable("before", app);
    environment_.AddVariable("after", app);
    environment_.AddVariable("other", Object("Token", {}));
    environment_.AddVariable("apps", Type::List(app));
  }
  std::string Of(const std::string& expression) const {
    return DeduceIn(environment_, expression);
  }

  Environment environment_;
};

TEST_F(CheckerObjects, HaveFieldsOfTheirTypes) {
  EXPECT_EQ(Of("after"), "App");
  EXPECT_EQ(Of("after.spec.replicas"), "int");
  EXPECT_EQ(Of("after['spec'].owner"), "string");
  EXPECT_EQ(Of("after.spec.labels.team"), "string");
  EXPECT_EQ(Of("after.spec.extra.anything.below"), "dyn");
  EXPECT_EQ(Of("has(after.spec.owner)"), "bool");
  EXPECT_EQ(Of("after.?spec.?replicas.orValue(1)"), "int");
  EXPECT_EQ(Of("apps.map(a, a.spec.owner)"), "list(string)");
  EXPECT_EQ(Of("[before, after][0].spec.replicas"), "int");
  EXPECT_EQ(Of("(true ? before : after).spec.owner"), "string");
}

TEST_F(CheckerObjects, RefuseFieldsThatTheyLack) {
  EXPECT_EQ(Of("after.spec.replica"),
            R"(1:12: App.spec has no field "replica" )"
            R"((did you mean "replicas"?))");
  EXPECT_EQ(Of("has(after.spec.onwer)"),
            R"(1:16: App.spec has no field "onwer" (did you mean "owner"?))");
  EXPECT_EQ(Of("after.?sepc"),
            R"(1:8: App has no field "sepc" (did you mean "spec"?))");
  EXPECT_EQ(Of("after['sepc']"),
            R"(1:7: App has no field "sepc" (did you mean "spec"?))");
  EXPECT_EQ(Of("apps.exists(a, a.spec.zzzzzz == 1)"),
            R"(1:23: App.spec has no field "zzzzzz")");
}

TEST_F(CheckerObjects, AreMapsToFunctionsAndMacros) {
  EXPECT_EQ(Of("size(after.spec)"), "int");
  EXPECT_EQ(Of("'owner' in after.spec"), "bool");
  EXPECT_EQ(Of("after.spec == {'owner': 'a'}"), "bool");
  EXPECT_EQ(Of("after.spec.all(k, k.startsWith('o'))"), "bool");
  EXPECT_EQ(Of("after.spec.map(k, after.spec[k])"), "list(dyn)");
  EXPECT_EQ(Of("after.spec.transformMap(k, v, v)"), "map(string, dyn)");
  EXPECT_EQ(Of("1 in after.spec").substr(0, 4), "1:3:");
}

TEST_F(CheckerObjects, MayBeNull) {
  EXPECT_EQ(Of("before == null"), "bool");
  EXPECT_EQ(Of("true ? before : null"), "App");
  EXPECT_EQ(Of("before == after"), "bool");
}

TEST_F(CheckerObjects, OfTwoNamesDiffer) {
  EXPECT_EQ(Of("before == other"),
            "1:8: App and Token are never equal "
            "(dyn() around one of them allows it)");
  EXPECT_EQ(Of("[before, other]"), "list(dyn)");
  EXPECT_EQ(Of("after.spec.extra == other"), "bool");
}

}  // namespace
}  // namespace writ::engine::cel
