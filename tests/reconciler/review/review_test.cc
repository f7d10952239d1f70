#include "reconciler/review/review.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "reconciler/egress/curl_http_client.h"
#include "reconciler/review/code_host.h"
#include "tests/reconciler/review/fake_code_host.h"
#include "tests/support/hostile_texts.h"
#include "tests/support/manual_clock.h"

namespace writ::reconciler::review {
namespace {

using testing::FakeCodeHost;
using writ::testing::ScriptedResponse;

class Review : public ::testing::TestWithParam<std::string> {
 protected:
  Review() : fake_(GetParam()) {
    host_.networks = {ParseIpNetwork("127.0.0.0/8").value()};
    host_.hosts = {{GetParam(), fake_.url()}};
    place_.host = ParseCodeHost(GetParam()).value();
    place_.base_url = fake_.url();
    place_.repository = "acme/shop";
    place_.number = 5;
    content_.subject = "acme\nproduction";
    content_.environment = "production";
    content_.comment = "### writ plan\n";
    content_.summary = "1 to add. · digest 9b1f";
    content_.passes = true;
  }

  Result<ReviewOutcome> Post() {
    CurlHttpClient http(host_);
    return PostReview(place_, content_,
                      {http, clock_, SecretValue::Copy(testing::kReviewToken),
                       [this](Duration length) {
                         waited_.push_back(length);
                         clock_.Sleep(length);
                         return !interrupted_;
                       }});
  }

  std::string Marked(const std::string& text) const {
    return MarkerOf(content_.subject) + "\n" + text;
  }

  FakeCodeHost fake_;
  HostFile host_;
  writ::testing::ManualClock clock_;
  ReviewPlace place_;
  ReviewContent content_;
  std::vector<Duration> waited_;
  bool interrupted_ = false;
};

TEST_P(Review, MakesOneCommentAndUpdatesIt) {
  for (int i = 0; i < 7; ++i) fake_.Add("ana", "words " + std::to_string(i));
  auto outcome = Post();
  ASSERT_TRUE(outcome.has_value()) << Describe(outcome.error());
  EXPECT_FALSE(outcome->updated);
  EXPECT_EQ(outcome->commit, "f00d");
  ASSERT_EQ(fake_.comments().size(), 8U);
  EXPECT_EQ(fake_.comments().back().body, Marked("### writ plan\n"));

  fake_.Add("bo", "more words");
  content_.comment = "### another plan\n";
  outcome = Post();
  ASSERT_TRUE(outcome.has_value()) << Describe(outcome.error());
  EXPECT_TRUE(outcome->updated);
  ASSERT_EQ(fake_.comments().size(), 9U) << "found on the fourth page";
  EXPECT_EQ(fake_.comments()[7].body, Marked("### another plan\n"));
}

// T-03: the marker in somebody else's comment means nothing, nor does it in
// the middle of an own one.
TEST_P(Review, UpdatesOnlyItsOwnComment) {
  fake_.Add("mallory", Marked("digest 4e07"));
  fake_.Add("writ-bot", "as I said: " + Marked("x"));
  fake_.Add("writ-bot", MarkerOf("acme\nstaging") + "\nof another environment");
  const auto before = fake_.comments();
  const auto outcome = Post();
  ASSERT_TRUE(outcome.has_value()) << Describe(outcome.error());
  EXPECT_FALSE(outcome->updated);
  ASSERT_EQ(fake_.comments().size(), 4U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(fake_.comments()[i].body, before[i].body);
  }
}

// Where writ.yaml can't be read, nobody knows which environment it would be.
TEST_P(Review, TakesOverItsCommentWhenTheEnvironmentIsUnknown) {
  fake_.Add("mallory", Marked("x"));
  ASSERT_TRUE(Post().has_value());
  content_.subject.clear();
  content_.environment.clear();
  content_.comment = "### nothing planned\n";
  auto outcome = Post();
  ASSERT_TRUE(outcome.has_value()) << Describe(outcome.error());
  EXPECT_TRUE(outcome->updated);
  content_.subject = "acme\nproduction";
  content_.comment = "### a plan again\n";
  outcome = Post();
  ASSERT_TRUE(outcome.has_value()) << Describe(outcome.error());
  EXPECT_TRUE(outcome->updated);
  ASSERT_EQ(fake_.comments().size(), 2U);
  EXPECT_EQ(fake_.comments()[1].body, Marked("### a plan again\n"));
}

// On GitLab comments on lines stand in the same list.
TEST_P(Review, TakesNoCommentOnALineForItsOwn) {
  engine::Remark remark;
  remark.rule = "policy/p";
  remark.at = {"a.yaml", 1, 1, 0, ""};
  const std::string line = RemarkComment(remark);
  fake_.Add("writ-bot", line);
  content_.subject.clear();
  const auto outcome = Post();
  ASSERT_TRUE(outcome.has_value()) << Describe(outcome.error());
  EXPECT_FALSE(outcome->updated);
  EXPECT_EQ(fake_.comments()[0].body, line);
}

TEST_P(Review, SetsAStatusAtTheHead) {
  ASSERT_TRUE(Post().has_value());
  content_.passes = false;
  ASSERT_TRUE(Post().has_value());
  const auto statuses = fake_.Posted("/f00d");
  ASSERT_EQ(statuses.size(), 2U);
  const bool gitlab = GetParam() == "gitlab";
  EXPECT_EQ(statuses[0].FindString("state"), "success");
  EXPECT_EQ(statuses[0].FindString(gitlab ? "name" : "context"),
            "writ/production");
  EXPECT_EQ(statuses[0].FindString("description"), content_.summary);
  EXPECT_EQ(statuses[1].FindString("state"), gitlab ? "failed" : "failure");
}

TEST_P(Review, PutsRemarksAtTheirLines) {
  engine::Remark remark;
  remark.severity = Severity::kError;
  remark.rule = "policy/p";
  remark.message = "no good @team <script>";
  remark.at = {"manifests/a.yaml", 12, 3, 0, ""};
  engine::Remark nowhere = remark;
  nowhere.at = {};
  content_.remarks = {remark, nowhere};
  const auto outcome = Post();
  ASSERT_TRUE(outcome.has_value()) << Describe(outcome.error());
  EXPECT_EQ(outcome->annotations, 1U);
  const std::string end = GetParam() == "github"   ? "/check-runs"
                          : GetParam() == "gitlab" ? "/discussions"
                                                   : "/reviews";
  const auto posted = fake_.Posted(end);
  ASSERT_EQ(posted.size(), 1U);
  const std::string text = CompactJson(posted[0]);
  EXPECT_NE(text.find("manifests/a.yaml"), std::string::npos);
  EXPECT_NE(text.find("12"), std::string::npos);
  if (GetParam() != "github") {  // whose annotations are no Markdown
    EXPECT_EQ(text.find("<script>"), std::string::npos) << text;
    EXPECT_EQ(text.find("@team"), std::string::npos) << text;
  }
}

// The comment is what counts: what else the token may not do is told.
TEST_P(Review, TellsWhatItMayNotDo) {
  fake_.Forbid("/f00d");
  const auto outcome = Post();
  ASSERT_TRUE(outcome.has_value()) << Describe(outcome.error());
  ASSERT_EQ(outcome->left_undone.size(), 1U);
  EXPECT_NE(outcome->left_undone[0].find("no commit status was set"),
            std::string::npos);
  EXPECT_EQ(fake_.comments().size(), 1U);
}

TEST_P(Review, WaitsWhileItIsThrottled) {
  fake_.AnswerFirst(
      {{.status = 429, .headers = {{"Retry-After", "7"}}},
       {.status = 403,
        .headers = {{"x-ratelimit-remaining", "0"},
                    {"x-ratelimit-reset", std::to_string(1796083200 + 30)}}}});
  const auto outcome = Post();
  ASSERT_TRUE(outcome.has_value()) << Describe(outcome.error());
  ASSERT_EQ(waited_.size(), 2U);
  EXPECT_EQ(waited_[0], Duration(std::chrono::seconds(7)));
  EXPECT_EQ(waited_[1], Duration(std::chrono::seconds(23)));
}

TEST_P(Review, WaitsNoLongerThanThereIsTime) {
  fake_.AnswerFirst({{.status = 429, .headers = {{"Retry-After", "3600"}}}});
  const auto outcome = Post();
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, ErrorCode::kIo);
  EXPECT_TRUE(waited_.empty());
}

TEST_P(Review, TriesAgainAfterServerErrors) {
  fake_.AnswerFirst(
      {{.status = 502}, {.ending = ScriptedResponse::Ending::kHangUp}});
  ASSERT_TRUE(Post().has_value());
  fake_.AnswerFirst({{.status = 500}, {.status = 500}, {.status = 500}});
  const std::size_t before = fake_.server().received().size();
  EXPECT_FALSE(Post().has_value());
  EXPECT_EQ(fake_.server().received().size(), before + 3);
}

// The comment is made, the answer is lost: there is no second one.
TEST_P(Review, MakesNoSecondCommentWhenAnAnswerIsLost) {
  fake_.LoseNextAnswerToAComment();
  const auto outcome = Post();
  ASSERT_TRUE(outcome.has_value()) << Describe(outcome.error());
  EXPECT_EQ(fake_.comments().size(), 1U);
}

TEST_P(Review, StopsWhenInterrupted) {
  fake_.AnswerFirst({{.status = 429, .headers = {{"Retry-After", "7"}}}});
  interrupted_ = true;
  const auto outcome = Post();
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, ErrorCode::kInterrupted);
}

// A page's link leads nowhere else: the credential stays with its origin.
TEST_P(Review, FollowsNoLinkToAnotherHost) {
  writ::testing::HttpServer other(
      [](const auto&) { return ScriptedResponse{.body = "[]"}; });
  Value user;
  user.Set("login", "writ-bot");
  user.Set("id", std::int64_t{7});
  Value head;
  head.Set("sha", "f00d");
  user.Set("sha", "f00d");
  user.Set("head", head);
  fake_.AnswerFirst(
      {{.body = CompactJson(user)},
       {.body = CompactJson(user)},
       {.headers = {{"Link", "<" + other.url() + "/x>; rel=\"next\""}},
        .body = "[]"}});
  ASSERT_TRUE(Post().has_value());
  EXPECT_TRUE(other.received().empty());
}

TEST_P(Review, SaysNoTokenInItsErrors) {
  fake_.AnswerFirst(
      {{.status = 401, .body = std::string("bad ") + testing::kReviewToken}});
  const auto outcome = Post();
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, ErrorCode::kPermission);
  EXPECT_EQ(Describe(outcome.error()).find(testing::kReviewToken),
            std::string::npos);
}

// T-17: names of environments and summaries are anybody's.
TEST_P(Review, HoldsHostileTexts) {
  for (const auto& hostile : writ::testing::kHostileTexts) {
    content_.subject = content_.environment = content_.summary =
        std::string(hostile.text);
    ASSERT_TRUE(Post().has_value()) << hostile.name;
    const Value status = fake_.Posted("/f00d").back();
    EXPECT_TRUE(writ::testing::IsHarmless(status.FindString("description")));
    EXPECT_TRUE(fake_.comments().back().body.starts_with("<!-- writ-review "));
  }
}

INSTANTIATE_TEST_SUITE_P(EveryHost, Review,
                         ::testing::Values("github", "gitlab", "gitea"),
                         [](const auto& each) { return each.param; });

class GithubReview : public Review {};

// GITHUB_TOKEN of a workflow can't ask /user.
TEST_P(GithubReview, AsksGraphqlWhoItIs) {
  fake_.HideIdentity();
  ASSERT_TRUE(Post().has_value());
  const auto outcome = Post();
  ASSERT_TRUE(outcome.has_value()) << Describe(outcome.error());
  EXPECT_TRUE(outcome->updated);
}

// Fifty annotations a call.
TEST_P(GithubReview, SendsAnnotationsInBatches) {
  engine::Remark remark;
  remark.rule = "policy/p";
  remark.at = {"a.yaml", 1, 1, 0, ""};
  content_.remarks.assign(120, remark);
  const auto outcome = Post();
  ASSERT_TRUE(outcome.has_value()) << Describe(outcome.error());
  EXPECT_EQ(outcome->annotations, 120U);
  EXPECT_EQ(fake_.Posted("/check-runs").size(), 1U);
  EXPECT_EQ(fake_.Posted("/77").size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(Github, GithubReview, ::testing::Values("github"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace writ::reconciler::review
