#include "engine/rotation/rotation_json.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "schema/json.h"
#include "tests/engine/rotation/stage.h"

namespace writ::engine::rotation {
namespace {

Stage FarAlong() {
  Beginning beginning = TwoTargets();
  beginning.asked_by = "ana@acme.example";
  beginning.basis = "{}";
  beginning.targets[0].dedicated = true;
  beginning.targets[1].expected_period = hours(30);
  beginning.old[0].expires_at = kStart + hours(1000);
  Stage stage(std::move(beginning));
  stage.FailNext(Action::kPut, "two", ErrorClass::kThrottled, 1, hours(1));
  stage.RunFor(hours(2));
  return stage;
}

TEST(RotationJson, ReadsWhatItWrites) {
  const Rotation rotation = FarAlong().rotation;
  const auto back = FromJson(*ParseJson(CanonicalJson(ToJson(rotation))));
  ASSERT_TRUE(back) << Describe(back.error());
  EXPECT_EQ(*back, rotation);
}

RC_GTEST_PROP(RotationJson, ReadsWhatItWritesAtAnyMoment, ()) {
  Beginning beginning = TwoTargets();
  beginning.terms.evidence = *rc::gen::element(
      Evidence::kReadback, Evidence::kProbe, Evidence::kUsage);
  beginning.terms.on_failure =
      *rc::gen::element(OnFailure::kPause, OnFailure::kRollback);
  beginning.asked_by = *rc::gen::arbitrary<std::string>();
  Stage stage(std::move(beginning));
  const int steps = *rc::gen::inRange(0, 30);
  for (int i = 0; i < steps; ++i) {
    if (*rc::gen::inRange(0, 4) == 0) {
      stage.FailNext(
          *rc::gen::element(Action::kPut, Action::kActivate, Action::kObserve),
          *rc::gen::element<std::string>("one", "two"),
          *rc::gen::element(ErrorClass::kTransient, ErrorClass::kAuth,
                            ErrorClass::kUnknown));
    }
    if (stage.Step()) continue;
    stage.now += seconds(*rc::gen::inRange(1, 4000));
    stage.UseAll();
  }
  // What is no UTF-8 is no text of a manifest.
  stage.rotation.asked_by = "someone";
  const auto back = FromJson(*ParseJson(CanonicalJson(ToJson(stage.rotation))));
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == stage.rotation);
}

TEST(RotationJson, LeavesNewerRecordsAlone) {  // F12
  Value value = ToJson(FarAlong().rotation);
  value.Set("version", kRecordVersion + 1);
  const auto newer = FromJson(value);
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().code, ErrorCode::kUnsupported);
}

TEST(RotationJson, LeavesWordsItDoesNotKnowAlone) {  // F12
  Value value = ToJson(FarAlong().rotation);
  value.Set("phase", "MEDITATING");
  const auto newer = FromJson(value);
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(newer.error().message.find("MEDITATING"), std::string::npos);
}

TEST(RotationJson, FillsInWhatOlderRecordsLack) {  // F11
  const Rotation rotation = FarAlong().rotation;
  Value value = ToJson(rotation);
  value.Erase("dropped");
  value.Erase("announce");
  value.Find("terms")->Erase("max_active");
  const auto older = FromJson(value);
  ASSERT_TRUE(older) << Describe(older.error());
  EXPECT_EQ(*older, rotation);
}

TEST(RotationJson, RefusesWhatIsNone) {
  EXPECT_EQ(FromJson(Value("x")).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(FromJson(Value(Value::Map{})).error().code, ErrorCode::kCorrupt);
  const auto wrong = [](std::string_view name, Value field) {
    Value value = ToJson(FarAlong().rotation);
    value.Set(name, std::move(field));
    const auto read = FromJson(value);
    return read ? std::string("read") : std::string(Name(read.error().code));
  };
  EXPECT_EQ(wrong("id", 1), "corrupt");
  EXPECT_EQ(wrong("generation", -1), "corrupt");
  EXPECT_EQ(wrong("generation", std::int64_t{1} << 40), "corrupt");
  EXPECT_EQ(wrong("targets", "one"), "corrupt");
  EXPECT_EQ(wrong("started_at", "yesterday"), "corrupt");
  EXPECT_EQ(wrong("announce", "yes"), "corrupt");
  EXPECT_EQ(wrong("terms", Value::List{}), "corrupt");
  // Targets without a credential to hold.
  EXPECT_EQ(wrong("credentials", Value::List{}), "corrupt");
}

TEST(RotationJson, EachWordHasANameOfItsOwn) {
  const auto all = [](auto first, int count) {
    using Enum = decltype(first);
    for (int i = 0; i < count; ++i) {
      const auto value = static_cast<Enum>(i);
      EXPECT_EQ(ParseName<Enum>(Name(value)), value) << Name(value);
    }
    EXPECT_FALSE(ParseName<Enum>("nonsense"));
  };
  all(Phase{}, 13);
  all(Cause{}, 9);
  all(Urgency{}, 3);
  all(Evidence{}, 3);
  all(OnFailure{}, 2);
  all(ErrorClass{}, 8);
  all(Why{}, 11);
  all(TargetState{}, 9);
  all(SealedValue{}, 3);
  all(Credential::Issue{}, 3);
}

}  // namespace
}  // namespace writ::engine::rotation
