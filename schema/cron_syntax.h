// The syntax of cron expressions: five fields (minute, hour, day of month,
// month, day of week) or one of the macros @hourly, @daily, @midnight,
// @weekly, @monthly, @yearly, @annually. Fields take numbers, *, ranges, steps
// and lists; months and days of week also their three-letter English names,
// in any case; 7 is Sunday as 0 is.
//
// When an expression fires is engine/schedule's to say.
#pragma once

#include <string_view>

namespace writ {

bool IsCronExpression(std::string_view text);

// Whether some day of some year is one of its days: "0 0 31 2 *" has none.
// REQUIRES: IsCronExpression(text).
bool HasADay(std::string_view text);

}  // namespace writ
