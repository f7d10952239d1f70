#include "engine/schedule/cron.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace writ::engine {
namespace {

TimeZone Zone(std::string_view name) {
  const auto zone = TimeZone::Find(name);
  EXPECT_TRUE(zone) << name;
  return *zone;
}

Timestamp At(std::string_view text) {
  const auto at = ParseTimestamp(text);
  EXPECT_TRUE(at) << text;
  return *at;
}

// The next times after `after`, as UTC.
std::vector<std::string> Fires(std::string_view cron, std::string_view zone,
                               std::string_view after, int count) {
  std::vector<std::string> fires;
  Timestamp at = At(after);
  for (int i = 0; i < count; ++i) {
    const auto next = Cron::Parse(cron)->Next(at, Zone(zone));
    if (!next) {
      fires.emplace_back("never");
      break;
    }
    at = *next;
    fires.push_back(FormatTimestamp(at));
  }
  return fires;
}

using Times = std::vector<std::string>;

TEST(TimeZone, IsFoundByNameAlone) {
  EXPECT_TRUE(TimeZone::Find("UTC"));
  EXPECT_TRUE(TimeZone::Find("Europe/Zurich"));
  EXPECT_FALSE(TimeZone::Find(""));
  EXPECT_FALSE(TimeZone::Find("Mars/Olympus"));
  EXPECT_FALSE(TimeZone::Find("/etc/passwd"));
  EXPECT_FALSE(TimeZone::Find("../../etc/passwd"));
  EXPECT_FALSE(TimeZone::Find(std::string(65, 'a')));
}

TEST(Cron, ReadsFieldsAndMacros) {
  struct Case {
    std::string_view cron;
    std::string_view after;
    std::string_view want;
  };
  const Case kCases[] = {
      {"0 3 * * *", "2026-11-21T03:00:00Z", "2026-11-22T03:00:00Z"},
      {"0 3 * * *", "2026-11-21T02:59:59.999Z", "2026-11-21T03:00:00Z"},
      {"*/15 * * * *", "2026-11-21T10:07:00Z", "2026-11-21T10:15:00Z"},
      {"5/20 * * * *", "2026-11-21T10:25:00Z", "2026-11-21T10:45:00Z"},
      {"10-30/10,50 4 * * *", "2026-11-21T04:30:00Z", "2026-11-21T04:50:00Z"},
      {"0 3 1 */3 *", "2026-11-21T00:00:00Z", "2027-01-01T03:00:00Z"},
      {"0 0 * JAN,jul *", "2026-11-21T00:00:00Z", "2027-01-01T00:00:00Z"},
      {"0 6 * * mon-Fri", "2026-11-20T06:00:00Z", "2026-11-23T06:00:00Z"},
      {"0 6 * * 7", "2026-11-21T00:00:00Z", "2026-11-22T06:00:00Z"},
      {"0 6 * * 0", "2026-11-21T00:00:00Z", "2026-11-22T06:00:00Z"},
      {"0 6 * * 5-7", "2026-11-22T06:00:00Z", "2026-11-27T06:00:00Z"},
      {"\t0  6 \t* * * ", "2026-11-22T06:00:00Z", "2026-11-23T06:00:00Z"},
      {"@hourly", "2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z"},
      {"@daily", "2026-11-21T10:00:00Z", "2026-11-22T00:00:00Z"},
      {"@midnight", "2026-11-21T10:00:00Z", "2026-11-22T00:00:00Z"},
      {"@weekly", "2026-11-21T10:00:00Z", "2026-11-22T00:00:00Z"},
      {"@monthly", "2026-11-21T10:00:00Z", "2026-12-01T00:00:00Z"},
      {"@yearly", "2026-11-21T10:00:00Z", "2027-01-01T00:00:00Z"},
      {"@annually", "2026-11-21T10:00:00Z", "2027-01-01T00:00:00Z"},
  };
  for (const Case& test : kCases) {
    EXPECT_EQ(Fires(test.cron, "UTC", test.after, 1),
              Times{std::string(test.want)})
        << test.cron;
  }
}

TEST(Cron, RefusesWhatIsNone) {
  for (const std::string_view text :
       {"", "* * * *", "60 * * * *", "@reboot", "* * * * * *", "a * * * *",
        "*/0 * * * *", "5-1 * * * *"}) {
    EXPECT_FALSE(Cron::Parse(text)) << text;
  }
}

TEST(Cron, EitherDayDoesWhereBothAreNamed) {
  // The 13th, or a Friday.
  EXPECT_EQ(Fires("0 0 13 * 5", "UTC", "2026-11-06T00:00:00Z", 4),
            (Times{"2026-11-13T00:00:00Z", "2026-11-20T00:00:00Z",
                   "2026-11-27T00:00:00Z", "2026-12-04T00:00:00Z"}));
  EXPECT_EQ(Fires("0 0 12 * 5", "UTC", "2026-11-06T00:00:00Z", 2),
            (Times{"2026-11-12T00:00:00Z", "2026-11-13T00:00:00Z"}));
}

TEST(Cron, BothDaysHaveToFitWhereOneBeginsWithAStar) {
  // Mondays that are an odd day of the month.
  EXPECT_EQ(Fires("0 0 */2 * 1", "UTC", "2026-11-01T00:00:00Z", 2),
            (Times{"2026-11-09T00:00:00Z", "2026-11-23T00:00:00Z"}));
}

TEST(Cron, KnowsLeapYears) {
  EXPECT_EQ(Fires("0 0 29 2 *", "UTC", "2026-11-21T00:00:00Z", 2),
            (Times{"2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"}));
  // 2100 isn't one.
  EXPECT_EQ(Fires("0 0 29 2 *", "UTC", "2096-02-29T00:00:00Z", 1),
            (Times{"2104-02-29T00:00:00Z"}));
  // The rarest there is: a 29th of February on a day of the week.
  EXPECT_EQ(Fires("0 0 29 2 */6", "UTC", "2088-03-01T00:00:00Z", 1),
            (Times{"2116-02-29T00:00:00Z"}));
}

TEST(Cron, EndsWhereTheCalendarDoes) {
  EXPECT_EQ(Fires("0 0 31 2 *", "UTC", "2026-11-21T00:00:00Z", 1),
            (Times{"never"}));
  EXPECT_EQ(Fires("*/5 * 31 2 *", "UTC", "2026-11-21T00:00:00Z", 1),
            (Times{"never"}));
  EXPECT_EQ(
      Fires("*/5 * 31 2 *", "America/New_York", "2026-11-21T00:00:00Z", 1),
      (Times{"never"}));
  EXPECT_EQ(Fires("0 0 1 1 *", "UTC", "9999-01-01T00:00:00Z", 1),
            (Times{"never"}));
  EXPECT_EQ(Fires("0 * * * *", "Europe/Zurich", "9999-12-31T23:30:00Z", 1),
            (Times{"never"}));
}

struct ClockChange {
  std::string_view what;
  std::string_view cron;
  std::string_view zone;
  std::string_view after;
  Times want;
};

TEST(Cron, FiresWhenClocksAreSetForwardOverIt) {
  const ClockChange kCases[] = {
      {"Zurich, 02:00 to 03:00",
       "30 2 * * *",
       "Europe/Zurich",
       "2026-03-28T12:00:00Z",
       {"2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"}},
      {"once, though two are skipped",
       "15,45 2 * * *",
       "Europe/Zurich",
       "2026-03-28T12:00:00Z",
       {"2026-03-29T01:00:00Z", "2026-03-30T00:15:00Z"}},
      {"once, though 03:00 is one too",
       "0 2,3 * * *",
       "Europe/Zurich",
       "2026-03-28T12:00:00Z",
       {"2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z",
        "2026-03-30T01:00:00Z"}},
      {"New York, 02:00 to 03:00",
       "30 2 * * *",
       "America/New_York",
       "2026-03-07T12:00:00Z",
       {"2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"}},
      {"Lord Howe, 02:00 to 02:30",
       "15 2 * * *",
       "Australia/Lord_Howe",
       "2026-10-03T02:00:00Z",
       {"2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"}},
      {"only what is skipped",
       "45 2 * * *",
       "Australia/Lord_Howe",
       "2026-10-03T02:00:00Z",
       {"2026-10-03T15:45:00Z", "2026-10-04T15:45:00Z"}},
      {"Apia, a whole day",
       "0 3 * * *",
       "Pacific/Apia",
       "2011-12-29T14:00:00Z",
       {"2011-12-30T10:00:00Z", "2011-12-30T13:00:00Z"}},
  };
  for (const ClockChange& test : kCases) {
    EXPECT_EQ(Fires(test.cron, test.zone, test.after,
                    static_cast<int>(test.want.size())),
              test.want)
        << test.what;
  }
}

TEST(Cron, FiresOnceWhenClocksAreSetBackOverIt) {
  const ClockChange kCases[] = {
      {"Zurich, 03:00 to 02:00",
       "30 2 * * *",
       "Europe/Zurich",
       "2026-10-24T12:00:00Z",
       {"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}},
      {"asked between the two",
       "30 2 * * *",
       "Europe/Zurich",
       "2026-10-25T00:45:00Z",
       {"2026-10-26T01:30:00Z"}},
      {"asked in the second",
       "30 2 * * *",
       "Europe/Zurich",
       "2026-10-25T01:15:00Z",
       {"2026-10-26T01:30:00Z"}},
      {"New York, 02:00 to 01:00",
       "30 1 * * *",
       "America/New_York",
       "2026-10-31T12:00:00Z",
       {"2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"}},
      {"Lord Howe, 02:00 to 01:30",
       "45 1 * * *",
       "Australia/Lord_Howe",
       "2026-04-04T02:00:00Z",
       {"2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"}},
  };
  for (const ClockChange& test : kCases) {
    EXPECT_EQ(Fires(test.cron, test.zone, test.after,
                    static_cast<int>(test.want.size())),
              test.want)
        << test.what;
  }
}

TEST(Cron, FiresAsClocksShowItWhereItIsOften) {
  const ClockChange kCases[] = {
      {"no hour is left out",
       "0 * * * *",
       "Europe/Zurich",
       "2026-03-29T00:00:00Z",
       {"2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"}},
      {"no hour is left out in autumn",
       "0 * * * *",
       "Europe/Zurich",
       "2026-10-24T23:30:00Z",
       {"2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z",
        "2026-10-25T02:00:00Z"}},
      {"every other hour of the clock",
       "0 */2 * * *",
       "Europe/Zurich",
       "2026-03-28T23:30:00Z",
       {"2026-03-29T02:00:00Z", "2026-03-29T04:00:00Z"}},
      {"skipped minutes of a given hour",
       "*/30 2 * * *",
       "Europe/Zurich",
       "2026-03-28T12:00:00Z",
       {"2026-03-30T00:00:00Z", "2026-03-30T00:30:00Z"}},
      {"minutes shown twice",
       "*/30 2 * * *",
       "Europe/Zurich",
       "2026-10-24T12:00:00Z",
       {"2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z",
        "2026-10-25T01:30:00Z", "2026-10-26T01:00:00Z"}},
  };
  for (const ClockChange& test : kCases) {
    EXPECT_EQ(Fires(test.cron, test.zone, test.after,
                    static_cast<int>(test.want.size())),
              test.want)
        << test.what;
  }
}

TEST(Cron, MatchesTheMinuteThatClocksShow) {
  const Cron cron = *Cron::Parse("30 2 * * mon");
  const WallSeconds monday(
      std::chrono::local_days(std::chrono::year(2026) / 11 / 23));
  using std::chrono::hours;
  using std::chrono::minutes;
  EXPECT_TRUE(cron.Matches(monday + hours(2) + minutes(30)));
  EXPECT_TRUE(
      cron.Matches(monday + hours(2) + minutes(30) + std::chrono::seconds(59)));
  EXPECT_FALSE(cron.Matches(monday + hours(2) + minutes(31)));
  EXPECT_FALSE(cron.Matches(monday + hours(26) + minutes(30)));
}

}  // namespace
}  // namespace writ::engine
