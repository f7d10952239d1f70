#include "reconciler/gateway/access/route_table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "reconciler/gateway/request_path.h"

namespace writ::reconciler::gateway {
namespace {

constexpr char kId[] = "64f1a2b3c4d5e6f7a8b9c0d1";

engine::LiveResource Live(const std::string& address, const std::string& parent,
                          const std::string& spec) {
  engine::LiveResource live;
  live.id = ResourceId::Parse(address).value();
  if (!parent.empty()) live.parent = ResourceId::Parse(parent).value();
  live.uid = "uid of " + address;
  live.content = R"({"spec":)" + spec + "}";
  return live;
}

engine::LiveResource Acme() {
  return Live(
      "Workspace/acme", "",
      std::string(R"({"workspaceId":")") + kId + R"(","tier":"production"})");
}

std::string Rule(const std::string& methods, const std::string& path,
                 const std::string& scope) {
  return R"({"methods":[)" + methods + R"(],"path":")" + path +
         R"(","scope":")" + scope + R"("})";
}

RouteTable TableOf(const std::vector<std::string>& rules) {
  std::string list;
  for (const std::string& rule : rules) {
    list += (list.empty() ? "" : ",") + rule;
  }
  const std::vector<engine::LiveResource> workspaces = {Acme()};
  const std::vector<engine::LiveResource> routes = {Live(
      "ApiRoute/acme/all", "Workspace/acme", R"({"rules":[)" + list + "]}")};
  return std::move(RouteTable::Compile(workspaces, routes).value());
}

// The scope that is asked for; empty: denied.
std::string ScopeOf(const RouteTable& table, const std::string& method,
                    const std::string& path) {
  const auto segments = SplitPath(path);
  if (!segments) return "two ways to read it";
  const RouteRule* rule = table.Find(kId)->Match(method, *segments);
  return rule == nullptr ? "" : rule->scope;
}

TEST(RouteTable, FindsAWorkspaceByItsIdInEitherCase) {
  const RouteTable table = TableOf({Rule(R"("GET")", "/x", "ai:read")});
  ASSERT_NE(table.Find(kId), nullptr);
  EXPECT_EQ(table.Find(kId)->name, "acme");
  EXPECT_FALSE(table.Find(kId)->is_sandbox);
  EXPECT_EQ(table.Find("64F1A2B3C4D5E6F7A8B9C0D1"), table.Find(kId));
  for (const char* other :
       {"", "64f1a2b3c4d5e6f7a8b9c0d2", "64f1a2b3c4d5e6f7a8b9c0d",
        "64f1a2b3c4d5e6f7a8b9c0d1 ", "64f1a2b3c4d5e6f7a8b9c0dz", "acme"}) {
    EXPECT_EQ(table.Find(other), nullptr) << other;
  }
}

TEST(RouteTable, AWorkspaceWithoutAnIdHasOneOfItsUid) {
  engine::LiveResource workspace = Live("Workspace/acme", "", "{}");
  workspace.uid = "0123456789abcdef0123456789abcdef";
  const std::vector<engine::LiveResource> workspaces = {workspace};
  const auto table = RouteTable::Compile(workspaces, {});
  ASSERT_TRUE(table);
  EXPECT_NE(table->Find("0123456789abcdef01234567"), nullptr);
}

TEST(RouteTable, TwoWorkspacesOfOneIdOpenNothing) {
  engine::LiveResource other = Acme();
  other.id = ResourceId("Workspace", "other");
  other.uid = "another";
  const std::vector<engine::LiveResource> workspaces = {Acme(), other};
  EXPECT_EQ(RouteTable::Compile(workspaces, {})->Find(kId), nullptr);
}

TEST(RouteTable, TheFirstRuleThatMatchesDecides) {
  const RouteTable table = TableOf({
      Rule(R"("GET")", "/api/inbox/admin", "admin:all"),
      Rule(R"("GET")", "/api/inbox/**", "inbox:read"),
      Rule(R"("POST","PATCH")", "/api/inbox/**", "inbox:write"),
      Rule(R"("GET")", "/api/inbox/late", "crm:read"),
  });
  EXPECT_EQ(ScopeOf(table, "GET", "/api/inbox/admin"), "admin:all");
  EXPECT_EQ(ScopeOf(table, "GET", "/api/inbox/late"), "inbox:read");
  EXPECT_EQ(ScopeOf(table, "PATCH", "/api/inbox/1"), "inbox:write");
  EXPECT_EQ(ScopeOf(table, "DELETE", "/api/inbox/1"), "");
  EXPECT_EQ(ScopeOf(table, "GET", "/other"), "");
}

TEST(RouteTable, HeadIsGetAndCaseCounts) {
  const RouteTable table = TableOf({Rule(R"("GET")", "/api/x", "ai:read")});
  EXPECT_EQ(ScopeOf(table, "HEAD", "/api/x"), "ai:read");
  EXPECT_EQ(ScopeOf(table, "get", "/api/x"), "");
  EXPECT_EQ(ScopeOf(table, "GET", "/API/x"), "");
  EXPECT_EQ(ScopeOf(table, "GET", "/api/%78"), "ai:read");
}

TEST(RouteTable, WildcardsTakeWholeSegments) {
  struct Case {
    const char* pattern;
    const char* path;
    bool want;
  };
  const Case cases[] = {
      {"/a/**", "/a", true},
      {"/a/**", "/a/", true},
      {"/a/**", "/a/b/c", true},
      {"/a/**", "/ab", false},
      {"/a/*", "/a/b", true},
      {"/a/*", "/a", false},
      {"/a/*", "/a/", false},
      {"/a/*", "/a/b/c", false},
      {"/a/**/z", "/a/z", true},
      {"/a/**/z", "/a/b/c/z", true},
      {"/a/**/z", "/a/z/b", false},
      {"/a/**/z", "/a/z/b/z", true},
      {"/**/a/**/b", "/x/a/y/a/b", true},
      {"/**/a/**/b", "/x/b/y/a", false},
      {"/**", "/", true},
      {"/", "/", true},
      {"/", "/a", false},
      {"/a", "/a/", false},
      {"/*/b", "/%2a/b", true},
  };
  for (const Case& c : cases) {
    const RouteTable table = TableOf({Rule(R"("GET")", c.pattern, "ai:read")});
    EXPECT_EQ(ScopeOf(table, "GET", c.path) == "ai:read", c.want)
        << c.pattern << " " << c.path;
  }
}

TEST(RouteTable, RefusesAContentThatItCantRead) {
  const std::vector<engine::LiveResource> workspaces = {Acme()};
  for (const char* rules :
       {"{}", R"({"rules":[{"methods":["GET"],"path":"/x"}]})",
        R"({"rules":[{"methods":["GET"],"path":"/x","scope":"a:b",
            "rateLimit":"often"}]})"}) {
    const std::vector<engine::LiveResource> routes = {
        Live("ApiRoute/acme/all", "Workspace/acme", rules)};
    const auto table = RouteTable::Compile(workspaces, routes);
    ASSERT_FALSE(table) << rules;
    EXPECT_EQ(table.error().code, ErrorCode::kCorrupt);
  }
}

TEST(RouteTable, LeavesRoutesOfNoWorkspaceOut) {
  const std::vector<engine::LiveResource> routes = {
      Live("ApiRoute/gone/all", "Workspace/gone", R"({"rules":[]})")};
  EXPECT_TRUE(RouteTable::Compile({}, routes));
}

TEST(ParseRateLimit, TakesACountAndAPeriod) {
  EXPECT_EQ(ParseRateLimit("300/15m")->count, 300);
  EXPECT_EQ(ParseRateLimit("300/15m")->period, std::chrono::minutes(15));
  EXPECT_EQ(ParseRateLimit("1/s")->period, std::chrono::seconds(1));
  for (const char* wrong : {"", "300", "/15m", "0/s", "x/s", "1/", "1/0s"}) {
    EXPECT_FALSE(ParseRateLimit(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace writ::reconciler::gateway
