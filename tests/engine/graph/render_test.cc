#include "engine/graph/render.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "schema/json.h"

namespace writ::engine {
namespace {

ResourceId Id(const char* address) { return *ResourceId::Parse(address); }

std::vector<GraphNode> Shop() {
  return {
      {Id("NotificationRule/cart/large"),
       {Id("App/cart"), Id("Destination/cart/slack")}},
      {Id("Destination/cart/slack"), {Id("App/cart"), Id("Secret/pay/URL")}},
      {Id("App/cart"), {Id("Workspace/acme")}},
      {Id("Secret/pay/URL"), {Id("Project/pay")}},
      {Id("Project/pay"), {Id("Workspace/acme")}},
      {Id("Workspace/acme"), {}},
      {Id("Policy/p"), {Id("App/not-here")}},
  };
}

TEST(RenderGraphTree, ShowsEachResourceOnceBelowWhatItBelongsTo) {
  EXPECT_EQ(RenderGraphTree(Shop()),
            "Policy/p\n"
            "Workspace/acme\n"
            "├─ App/cart\n"
            "│  ├─ Destination/cart/slack  → Secret/pay/URL\n"
            "│  └─ NotificationRule/cart/large  → Destination/cart/slack\n"
            "└─ Project/pay\n"
            "   └─ Secret/pay/URL\n");
}

TEST(RenderGraphTree, CountsWhatItLeavesOut) {
  EXPECT_EQ(RenderGraphTree(Shop(), {std::nullopt, 3}),
            "Policy/p\nWorkspace/acme\n├─ App/cart\n… and 4 more\n");
}

TEST(RenderGraphTree, AroundOneShowsItsNeighboursInBothDirections) {
  EXPECT_EQ(RenderGraphTree(Shop(), {Id("Secret/pay/URL"), 0}),
            "Destination/cart/slack  → Secret/pay/URL\n"
            "NotificationRule/cart/large  → Destination/cart/slack\n"
            "Workspace/acme\n"
            "└─ Project/pay\n"
            "   └─ Secret/pay/URL\n");
}

TEST(RenderGraphTree, AroundAStrangerIsEmpty) {
  EXPECT_EQ(RenderGraphTree(Shop(), {Id("App/none"), 0}), "");
}

TEST(RenderGraphTree, ResourcesThatReferToEachOtherEndToo) {
  const std::vector<GraphNode> nodes = {
      {Id("Secret/p/A"), {Id("Secret/p/B")}},
      {Id("Secret/p/B"), {Id("Secret/p/A")}},
      {Id("Workspace/w"), {Id("Workspace/w")}}};
  EXPECT_EQ(RenderGraphTree(nodes),
            "Secret/p/A  → Secret/p/B\n"
            "Secret/p/B  → Secret/p/A\n"
            "Workspace/w  → Workspace/w\n");
}

TEST(RenderGraphDot, NamesNodesThenEdges) {
  EXPECT_EQ(RenderGraphDot({{Id("App/cart"), {Id("Workspace/acme")}},
                            {Id("Workspace/acme"), {}}}),
            "digraph writ {\n"
            "  rankdir=LR;\n"
            "  node [shape=box];\n"
            "  \"App/cart\";\n"
            "  \"Workspace/acme\";\n"
            "  \"App/cart\" -> \"Workspace/acme\";\n"
            "}\n");
}

// T-17: a name can't end its quotes.
TEST(RenderGraphDot, QuotesHostileNames) {
  const std::string dot = RenderGraphDot({{Id("App/a\"];x\\"), {}}});
  EXPECT_NE(dot.find("\"App/a\\\"];x\\\\\";"), std::string::npos) << dot;
}

TEST(RenderGraphMermaid, NamesNodesThenEdges) {
  EXPECT_EQ(RenderGraphMermaid({{Id("App/cart"), {Id("Workspace/acme")}},
                                {Id("Workspace/acme"), {}}}),
            "flowchart LR\n"
            "  n0[\"App/cart\"]\n"
            "  n1[\"Workspace/acme\"]\n"
            "  n0 --> n1\n");
}

// T-17: neither quotes, nor HTML, nor Markdown, nor a line of its own.
TEST(RenderGraphMermaid, QuotesHostileNames) {
  EXPECT_EQ(RenderGraphMermaid({{Id("App/a\"]\n<b>`#x"), {}}}),
            "flowchart LR\n"
            "  n0[\"App/a#34;#93;#10;#60;b#62;#96;#35;x\"]\n");
}

TEST(RenderGraphJson, NamesReferencesAndDependents) {
  const auto json = ParseJson(RenderGraphJson(Shop()));
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->FindString("format_version"), "1.0");
  const Value::List& nodes = json->Find("nodes")->AsList();
  ASSERT_EQ(nodes.size(), 7U);
  EXPECT_EQ(nodes[0].FindString("address"), "App/cart");
  EXPECT_EQ(CanonicalJson(*nodes[0].Find("references")),
            "[\"Workspace/acme\"]");
  EXPECT_EQ(CanonicalJson(*nodes[0].Find("dependents")),
            "[\"Destination/cart/slack\",\"NotificationRule/cart/large\"]");
}

}  // namespace
}  // namespace writ::engine
