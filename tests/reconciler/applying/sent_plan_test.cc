// A plan's request over a wire: what goes out comes in, and what is no request
// is refused.
#include "reconciler/applying/sent_plan.h"

#include <gtest/gtest.h>

#include <string>

#include "schema/time.h"

namespace writ::reconciler {
namespace {

SentPlan Full() {
  SentPlan plan;
  plan.digest = Sha256("a plan");
  plan.commit.id = std::string(40, 'a');
  plan.commit.subject = "Add \"billing\"\t";
  plan.commit.author_name = "Ana Ruiz";
  plan.commit.author_email = "ana@acme.example";
  plan.commit.authored_at = ParseTimestamp("2026-11-20T10:00:00Z");
  plan.commit.ref = "HEAD";
  plan.files = {{"writ.yaml", "kind: Repository\n"},
                {"a/Ü.yaml", "text: ünïcode\n"},
                {"b.yaml", std::string("\xff\x00\x01", 3)}};
  plan.folders = {"environments/empty"};
  PlanRequest& request = plan.request;
  request.environment = "production";
  request.source.working_tree = true;
  request.load.variables = {{"channel", "#alerts"}, {"size", "12"}};
  request.plan.mode = engine::PlanMode::kDestroy;
  request.plan.targets = {*ResourceId::Parse("App/a")};
  request.plan.excludes = {*ResourceId::Parse("Token/a/x")};
  request.plan.allow.deletes = 7;
  request.plan.allow.updates = 8;
  request.plan.allow.empty = true;
  request.plan.allow.protected_addresses = {"App/a"};
  request.plan.allow.data_loss_addresses = {"App/b"};
  request.now = ParseTimestamp("2026-11-21T03:20:00Z");
  request.overridden = {"no-admin"};
  request.reason = "an incident";
  request.allowances = {"--allow-deletes 7"};
  return plan;
}

TEST(SentPlan, ComesInAsItWentOut) {
  const SentPlan sent = Full();
  const auto read = ParseSentPlan(PrintSentPlan(sent));
  ASSERT_TRUE(read) << Describe(read.error());
  EXPECT_EQ(read->digest, sent.digest);
  EXPECT_EQ(read->commit, sent.commit);
  EXPECT_EQ(read->files, sent.files);
  EXPECT_EQ(read->folders, sent.folders);
  const PlanRequest& a = read->request;
  const PlanRequest& b = sent.request;
  EXPECT_EQ(a.environment, b.environment);
  EXPECT_EQ(a.source.working_tree, b.source.working_tree);
  EXPECT_EQ(a.load.variables, b.load.variables);
  EXPECT_EQ(a.plan.mode, b.plan.mode);
  EXPECT_EQ(a.plan.targets, b.plan.targets);
  EXPECT_EQ(a.plan.excludes, b.plan.excludes);
  EXPECT_EQ(a.plan.allow.deletes, 7);
  EXPECT_EQ(a.plan.allow.updates, 8);
  EXPECT_TRUE(a.plan.allow.empty);
  EXPECT_EQ(a.plan.allow.protected_addresses, b.plan.allow.protected_addresses);
  EXPECT_EQ(a.plan.allow.data_loss_addresses, b.plan.allow.data_loss_addresses);
  EXPECT_EQ(a.now, b.now);
  EXPECT_EQ(a.overridden, b.overridden);
  EXPECT_EQ(a.reason, b.reason);
  EXPECT_EQ(a.allowances, b.allowances);
  EXPECT_FALSE(a.trust.allow_rewind);
  EXPECT_EQ(PrintSentPlan(*read), PrintSentPlan(sent));
}

// Where trust begins is for the other side to say.
TEST(SentPlan, TakesTheWishToGoBackAlong) {
  SentPlan sent = Full();
  sent.request.trust.allow_rewind = true;
  sent.request.trust.trust_root = std::string(40, 'c');
  const auto read = ParseSentPlan(PrintSentPlan(sent));
  ASSERT_TRUE(read) << Describe(read.error());
  EXPECT_TRUE(read->request.trust.allow_rewind);
  EXPECT_TRUE(read->request.trust.trust_root.empty());
}

// What was read for a tree never stands in for the files that are sent.
TEST(SentPlan, SaysNoTree) {
  SentPlan sent = Full();
  sent.commit.tree_id = std::string(40, 'b');
  EXPECT_TRUE(ParseSentPlan(PrintSentPlan(sent))->commit.tree_id.empty());
}

TEST(SentPlan, IsRefusedWhereItIsNone) {
  for (const char* text :
       {"", "[]", R"({"files":{}})", R"({"files":[{"text":"x"}]})",
        R"({"files":[{"path":"a","text":"x"},{"path":"a","text":"y"}]})",
        R"({"files":[{"path":"a","base64":"*"}]})", R"({"mode":"sideways"})",
        R"({"targets":["nothing"]})", R"({"digest":"abc"})",
        R"({"now":"yesterday"})", R"({"allow":{"deletes":-1}})",
        R"({"variables":{"a":1}})", R"({"working_tree":"yes"})",
        R"({"allow_rewind":1})"}) {
    const auto read = ParseSentPlan(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidArgument) << text;
  }
}

TEST(SentSource, ListsAndFindsWhatWasSent) {
  SentPlan sent = Full();
  sent.files["notes.txt"] = "no manifest";
  const auto source = OpenSentSource(sent);
  sent.files.clear();
  Diagnostics told;
  const auto entries = source->List(told).value();
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].path, "a/Ü.yaml");
  EXPECT_EQ(source->NewReader().value()->Read(entries[2]).value(),
            "kind: Repository\n");
  EXPECT_TRUE(source->Find("notes.txt").value());
  EXPECT_FALSE(source->Find("absent.yaml").value());
  EXPECT_TRUE(source->HasFolder("environments/empty").value());
  EXPECT_TRUE(source->HasFolder("a").value());
  EXPECT_FALSE(source->HasFolder("b").value());
  EXPECT_EQ(
      source->NewReader().value()->Read({"absent.yaml", "", 0}).error().code,
      ErrorCode::kNotFound);
}

}  // namespace
}  // namespace writ::reconciler
