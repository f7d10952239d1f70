#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "engine/schedule/cron.h"
#include "schema/cron_syntax.h"

namespace writ::engine {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr minutes kWalk = days(2);

// What cron does, told minute by minute: it wakes at each, and looks at what
// clocks show, what they have skipped and what they have shown before.
std::optional<SysSeconds> Walk(const Cron& cron, bool as_shown,
                               const TimeZone& zone, SysSeconds after) {
  const SysSeconds start = std::chrono::floor<minutes>(after) - days(1);
  WallSeconds newest = zone.Wall(start) - minutes(1);
  TimeZone::Stretch stretch = zone.At(start);
  for (SysSeconds at = start; at <= after + kWalk; at += minutes(1)) {
    if (at >= stretch.until) stretch = zone.At(at);
    const WallSeconds shown(at.time_since_epoch() + stretch.ahead);
    bool fires = cron.Matches(shown) && (as_shown || shown > newest);
    for (WallSeconds skipped = newest + minutes(1);
         !as_shown && skipped < shown; skipped += minutes(1)) {
      fires = fires || cron.Matches(skipped);
    }
    newest = std::max(newest, shown);
    if (fires && at > after) return at;
  }
  return std::nullopt;
}

rc::Gen<std::string> AnyField(int low, int high) {
  const auto number = rc::gen::map(rc::gen::inRange(low, high + 1),
                                   [](int n) { return std::to_string(n); });
  const auto range = rc::gen::apply(
      [](int a, int b, int step) {
        std::string text = std::to_string(std::min(a, b)) + "-" +
                           std::to_string(std::max(a, b));
        return step == 1 ? text : text + "/" + std::to_string(step);
      },
      rc::gen::inRange(low, high + 1), rc::gen::inRange(low, high + 1),
      rc::gen::inRange(1, 5));
  const auto list = rc::gen::apply(
      [](std::string a, std::string b) { return a + "," + b; }, number, number);
  return rc::gen::oneOf(
      number, number, range, list, rc::gen::just<std::string>("*"),
      rc::gen::map(rc::gen::inRange(2, 30),
                   [](int n) { return "*/" + std::to_string(n); }));
}

struct Fields {
  std::string text;
  bool as_shown;
};

Fields AnyCron() {
  const std::string minute = *AnyField(0, 59);
  // Mostly the hours in which clocks are changed.
  const std::string hour =
      *rc::gen::oneOf(AnyField(0, 23), AnyField(0, 3), AnyField(1, 2));
  const std::string day =
      *rc::gen::oneOf(AnyField(1, 31), rc::gen::just<std::string>("*"));
  const std::string weekday =
      *rc::gen::oneOf(AnyField(0, 7), rc::gen::just<std::string>("*"));
  return {minute + " " + hour + " " + day + " * " + weekday,
          minute[0] == '*' || hour[0] == '*'};
}

TimeZone AnyZone() {
  return *TimeZone::Find(*rc::gen::element<std::string>(
      "UTC", "Europe/Zurich", "America/New_York", "Australia/Lord_Howe",
      "Asia/Kathmandu", "America/St_Johns", "Africa/Casablanca"));
}

// Near a change of clocks more often than not.
SysSeconds AnyMoment(const TimeZone& zone) {
  const SysSeconds any = SysSeconds(
      seconds(*rc::gen::inRange<std::int64_t>(1262304000, 2082758400)));
  const SysSeconds change = zone.At(any).until;
  if (change > any + days(400) || *rc::gen::inRange(0, 4) == 0) return any;
  return change + minutes(*rc::gen::inRange(-3000, 3000)) +
         seconds(*rc::gen::element(0, 0, 17, 59));
}

RC_GTEST_PROP(CronLaws, NextIsWhatAWalkFinds, ()) {
  const Fields fields = AnyCron();
  const Cron cron = *Cron::Parse(fields.text);
  const TimeZone zone = AnyZone();
  const SysSeconds after = AnyMoment(zone);
  RC_LOG() << fields.text << " after " << FormatTimestamp(after);
  const auto want = Walk(cron, fields.as_shown, zone, after);
  const auto next = cron.Next(after, zone);
  if (want) {
    RC_ASSERT(next.has_value());
    RC_ASSERT(FormatTimestamp(*next) == FormatTimestamp(*want));
  } else {
    RC_ASSERT(!next || *next > after + kWalk);
  }
}

RC_GTEST_PROP(CronLaws, NextIsLaterAndNothingLiesBetween, ()) {
  const Cron cron = *Cron::Parse(AnyCron().text);
  const TimeZone zone = AnyZone();
  const Timestamp after = AnyMoment(zone);
  const auto next = cron.Next(after, zone);
  if (!next) return;
  RC_ASSERT(*next > after);
  const Timestamp between =
      after + std::chrono::microseconds(
                  *rc::gen::inRange<std::int64_t>(0, (*next - after).count()));
  RC_ASSERT(cron.Next(between, zone) == next);
}

RC_GTEST_PROP(CronLaws, WhateverIsAnExpressionIsReadAndEnds, ()) {
  const std::string text = *rc::gen::container<std::string>(
      rc::gen::elementOf(std::string("0123456789*/-, \t@adnouw")));
  const auto cron = Cron::Parse(text);
  RC_ASSERT(cron.has_value() == IsCronExpression(text));
  if (cron) cron->Next(AnyMoment(AnyZone()), AnyZone());
}

}  // namespace
}  // namespace writ::engine
