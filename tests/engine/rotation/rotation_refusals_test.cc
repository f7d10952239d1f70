// F47, F48: a consumer that is turned away with the new credential shows
// nobody that it works.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "engine/rotation/rotation_json.h"
#include "tests/engine/rotation/stage.h"

namespace writ::engine::rotation {
namespace {

using testing::HasSubstr;

event::Use Refused(const Stage& stage, std::vector<std::string> targets = {}) {
  event::Use use;
  use.credential = CredentialId("r1", 1, "");
  use.targets = std::move(targets);
  use.sighting = {stage.now, "198.51.100.7", "checkout/2.1", "POST /v1/apps"};
  use.refused = true;
  return use;
}

Stage Verifying() {
  Stage stage;
  stage.Run();
  stage.now += minutes(1);
  EXPECT_EQ(In(stage.rotation), "VERIFYING");
  return stage;
}

TEST(Refusals, AConsumerThatIsTurnedAwayIsNotSeen) {  // F47
  Stage stage = Verifying();
  stage.uses = {Refused(stage, {"one"}), Refused(stage, {"two"})};
  stage.Run();
  EXPECT_EQ(In(stage.rotation), "VERIFYING");
  EXPECT_FALSE(stage.At("one").seen);
  EXPECT_TRUE(stage.At("one").refused);
}

TEST(Refusals, APlaceWhoseAddressesAreNotAdmittedPausesIt) {  // F47
  Stage stage = Verifying();
  // From where no consumer was expected.
  stage.uses = {Refused(stage)};
  stage.RunFor(minutes(3), /*at_work=*/false);
  EXPECT_EQ(In(stage.rotation), "PAUSED");
  EXPECT_EQ(Name(stage.rotation.why), "refused");
  EXPECT_THAT(stage.rotation.text,
              HasSubstr("from 198.51.100.7 (checkout/2.1, POST /v1/apps)"));
  EXPECT_TRUE(stage.issued.contains("old"));
}

TEST(Refusals, ResumingForgetsWhatWasMendedSince) {  // F47
  Stage stage = Verifying();
  stage.uses = {Refused(stage)};
  stage.RunFor(minutes(3), /*at_work=*/false);
  ASSERT_EQ(In(stage.rotation), "PAUSED");
  stage.now += minutes(10);
  stage.Tell(event::ResumeAsked{});
  stage.RunFor(minutes(5), /*at_work=*/false);
  EXPECT_EQ(In(stage.rotation), "VERIFYING");
  stage.UseAll();
  stage.RunFor(hours(3));
  EXPECT_EQ(In(stage.rotation), "DONE");
}

TEST(Refusals, RefusedAgainItPausesAgain) {
  Stage stage = Verifying();
  stage.uses = {Refused(stage)};
  stage.RunFor(minutes(3), /*at_work=*/false);
  stage.Tell(event::ResumeAsked{});
  stage.now += minutes(1);
  stage.uses.push_back(Refused(stage));
  stage.RunFor(minutes(3), /*at_work=*/false);
  EXPECT_EQ(In(stage.rotation), "PAUSED");
  EXPECT_EQ(Name(stage.rotation.why), "refused");
}

// One request over its rate, say, or one path that it never had the scope for.
TEST(Refusals, WhoIsLetInSoonAfterIsNotRefused) {
  Stage stage = Verifying();
  stage.uses = {Refused(stage)};
  stage.Run();
  stage.now += seconds(40);
  stage.UseAll();
  stage.RunFor(hours(3));
  EXPECT_EQ(In(stage.rotation), "DONE");
  EXPECT_FALSE(stage.At("one").refused);
}

// Somebody still has it, and would be told something else if it went.
TEST(Refusals, ARefusedUseOfTheOldOneKeepsIt) {
  Stage stage = Verifying();
  stage.UseAll();
  stage.Run();
  ASSERT_EQ(In(stage.rotation), "DRAINING");
  for (int i = 0; i < 6; ++i) {
    stage.now += minutes(30);
    event::Use use = Refused(stage);
    use.credential = "old";
    stage.uses.push_back(use);
    stage.Run();
  }
  EXPECT_EQ(In(stage.rotation), "DRAINING");
  EXPECT_TRUE(stage.issued.contains("old"));
}

TEST(Refusals, AreKeptInTheRecord) {
  Stage stage = Verifying();
  stage.uses = {Refused(stage, {"two"})};
  stage.Run();
  const auto read = FromJson(ToJson(stage.rotation));
  ASSERT_TRUE(read) << Describe(read.error());
  EXPECT_EQ(*read, stage.rotation);
  EXPECT_TRUE(read->targets[1].refused);
}

}  // namespace
}  // namespace writ::engine::rotation
