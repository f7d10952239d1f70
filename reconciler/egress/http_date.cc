#include "reconciler/egress/http_date.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <string>
#include <vector>

namespace writ::reconciler {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<int> Number(std::string_view text) {
  int number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (text.empty() || text[0] == '-' || read.ec != std::errc() ||
      read.ptr != end) {
    return std::nullopt;
  }
  return number;
}

std::vector<std::string_view> Split(std::string_view text,
                                    std::string_view separators) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end =
        std::min(text.find_first_of(separators), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::optional<Timestamp> At(std::optional<int> year, std::string_view month,
                            std::optional<int> day, std::string_view time) {
  const auto* named = std::ranges::find(kMonths, month);
  const auto parts = Split(time, ":");
  if (named == kMonths.end() || !year || !day || parts.size() != 3) {
    return std::nullopt;
  }
  const auto hour = Number(parts[0]);
  const auto minute = Number(parts[1]);
  const auto second = Number(parts[2]);
  const std::chrono::year_month_day date{
      std::chrono::year(*year),
      std::chrono::month(static_cast<unsigned>(named - kMonths.begin() + 1)),
      std::chrono::day(static_cast<unsigned>(*day))};
  // A leap second is the one after.
  if (!date.ok() || !hour || !minute || !second || *hour > 23 || *minute > 59 ||
      *second > 60) {
    return std::nullopt;
  }
  return std::chrono::sys_days(date) + std::chrono::hours(*hour) +
         std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

std::optional<int> YearOfTwoDigits(std::string_view text, Timestamp now) {
  constexpr int kAhead = 50;
  constexpr int kCentury = 100;
  const auto digits = Number(text);
  if (!digits || text.size() != 2) return std::nullopt;
  const std::chrono::year_month_day today(
      std::chrono::floor<std::chrono::days>(now));
  const int this_year = static_cast<int>(today.year());
  int year = this_year - this_year % kCentury + *digits;
  if (year > this_year + kAhead) year -= kCentury;
  return year;
}

}  // namespace

std::optional<Timestamp> ParseHttpDate(std::string_view text, Timestamp now) {
  const auto words = Split(text, " ,");
  // Sun, 06 Nov 1994 08:49:37 GMT
  if (words.size() == 6 && words[5] == "GMT" && words[3].size() == 4) {
    return At(Number(words[3]), words[2], Number(words[1]), words[4]);
  }
  // Sunday, 06-Nov-94 08:49:37 GMT
  if (words.size() == 4 && words[3] == "GMT") {
    const auto date = Split(words[1], "-");
    if (date.size() != 3) return std::nullopt;
    return At(YearOfTwoDigits(date[2], now), date[1], Number(date[0]),
              words[2]);
  }
  // Sun Nov  6 08:49:37 1994
  if (words.size() == 5 && words[4].size() == 4) {
    return At(Number(words[4]), words[1], Number(words[2]), words[3]);
  }
  return std::nullopt;
}

}  // namespace writ::reconciler
