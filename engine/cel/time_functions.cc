#include "engine/cel/time_functions.h"

#include <array>
#include <string>

#include "engine/cel/time_value.h"

namespace writ::engine::cel {
namespace {

using Arguments = std::span<Value>;

std::int64_t Year(const CivilTime& civil) { return civil.year; }
std::int64_t MonthFromZero(const CivilTime& civil) { return civil.month - 1; }
std::int64_t DayFromOne(const CivilTime& civil) { return civil.day; }
std::int64_t DayFromZero(const CivilTime& civil) { return civil.day - 1; }
std::int64_t DayOfWeek(const CivilTime& civil) { return civil.day_of_week; }
std::int64_t DayOfYear(const CivilTime& civil) { return civil.day_of_year; }
std::int64_t Hour(const CivilTime& civil) { return civil.hour; }
std::int64_t Minute(const CivilTime& civil) { return civil.minute; }
std::int64_t Second(const CivilTime& civil) { return civil.second; }

template <std::int64_t (*kField)(const CivilTime&)>
Value GetField(Evaluation&, Arguments arguments) {
  const std::string_view zone =
      arguments.size() > 1 ? arguments[1].text() : std::string_view();
  const auto civil = CivilTimeIn(arguments[0], zone);
  if (!civil) return Value::Error("no such time zone: " + std::string(zone));
  return Value::Int(kField(*civil));
}

Value GetMilliseconds(Evaluation&, Arguments arguments) {
  if (arguments.size() > 1 && !CivilTimeIn(arguments[0], arguments[1].text())) {
    return Value::Error("no such time zone: " +
                        std::string(arguments[1].text()));
  }
  return Value::Int(arguments[0].nanoseconds() / 1'000'000);
}

template <std::int64_t kUnit>
Value WholeUnits(Evaluation&, Arguments arguments) {
  return Value::Int(arguments[0].AsDuration() / kUnit);
}

// Those beyond the last whole second.
Value MillisecondsOfDuration(Evaluation&, Arguments arguments) {
  return Value::Int(arguments[0].AsDuration() % kNanosecondsPerSecond /
                    1'000'000);
}

constexpr Style kMethod = Style::kMethod;
constexpr std::string_view kAt = "google.protobuf.Timestamp";
constexpr std::string_view kZoned = "google.protobuf.Timestamp, string";
constexpr std::string_view kFor = "google.protobuf.Duration";

constexpr std::array kRows = {
    FunctionRow{"getFullYear", kMethod, kAt, "int", GetField<Year>},
    FunctionRow{"getFullYear", kMethod, kZoned, "int", GetField<Year>},
    FunctionRow{"getMonth", kMethod, kAt, "int", GetField<MonthFromZero>},
    FunctionRow{"getMonth", kMethod, kZoned, "int", GetField<MonthFromZero>},
    FunctionRow{"getDate", kMethod, kAt, "int", GetField<DayFromOne>},
    FunctionRow{"getDate", kMethod, kZoned, "int", GetField<DayFromOne>},
    FunctionRow{"getDayOfMonth", kMethod, kAt, "int", GetField<DayFromZero>},
    FunctionRow{"getDayOfMonth", kMethod, kZoned, "int", GetField<DayFromZero>},
    FunctionRow{"getDayOfWeek", kMethod, kAt, "int", GetField<DayOfWeek>},
    FunctionRow{"getDayOfWeek", kMethod, kZoned, "int", GetField<DayOfWeek>},
    FunctionRow{"getDayOfYear", kMethod, kAt, "int", GetField<DayOfYear>},
    FunctionRow{"getDayOfYear", kMethod, kZoned, "int", GetField<DayOfYear>},
    FunctionRow{"getHours", kMethod, kAt, "int", GetField<Hour>},
    FunctionRow{"getHours", kMethod, kZoned, "int", GetField<Hour>},
    FunctionRow{"getMinutes", kMethod, kAt, "int", GetField<Minute>},
    FunctionRow{"getMinutes", kMethod, kZoned, "int", GetField<Minute>},
    FunctionRow{"getSeconds", kMethod, kAt, "int", GetField<Second>},
    FunctionRow{"getSeconds", kMethod, kZoned, "int", GetField<Second>},
    FunctionRow{"getMilliseconds", kMethod, kAt, "int", GetMilliseconds},
    FunctionRow{"getMilliseconds", kMethod, kZoned, "int", GetMilliseconds},
    FunctionRow{"getHours", kMethod, kFor, "int",
                WholeUnits<3'600 * kNanosecondsPerSecond>},
    FunctionRow{"getMinutes", kMethod, kFor, "int",
                WholeUnits<60 * kNanosecondsPerSecond>},
    FunctionRow{"getSeconds", kMethod, kFor, "int",
                WholeUnits<kNanosecondsPerSecond>},
    FunctionRow{"getMilliseconds", kMethod, kFor, "int",
                MillisecondsOfDuration},
};

}  // namespace

std::span<const FunctionRow> TimeFunctions() { return kRows; }

}  // namespace writ::engine::cel
