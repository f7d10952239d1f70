#include "schema/cron_syntax.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>

#include "schema/ascii_case.h"

namespace writ {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "jan", "feb", "mar", "apr", "may", "jun",
    "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kDays = {"sun", "mon", "tue", "wed",
                                                   "thu", "fri", "sat"};
constexpr std::array<std::string_view, 7> kMacros = {
    "@hourly",  "@daily",  "@midnight", "@weekly",
    "@monthly", "@yearly", "@annually"};

struct CronField {
  int low;
  int high;
  std::span<const std::string_view> names;
  int first_name;  // the number that the first name stands for
};

const std::array<CronField, 5> kFields = {{{0, 59, {}, 0},
                                           {0, 23, {}, 0},
                                           {1, 31, {}, 0},
                                           {1, 12, kMonths, 1},
                                           {0, 7, kDays, 0}}};

std::optional<int> ParseSmallNumber(std::string_view text) {
  if (text.empty() || text.size() > 3) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<int> ParseUnit(std::string_view text, const CronField& field) {
  const std::optional<int> number = ParseSmallNumber(text);
  if (number) {
    if (*number < field.low || *number > field.high) return std::nullopt;
    return number;
  }
  for (std::size_t i = 0; i < field.names.size(); ++i) {
    if (EqualsIgnoringCase(text, field.names[i])) {
      return field.first_name + static_cast<int>(i);
    }
  }
  return std::nullopt;
}

// "*", "5", "1-5", each with "/step" behind.
bool IsPart(std::string_view part, const CronField& field) {
  const std::size_t slash = part.find('/');
  const std::string_view range = part.substr(0, slash);
  if (slash != std::string_view::npos) {
    const std::optional<int> step = ParseSmallNumber(part.substr(slash + 1));
    if (!step || *step == 0) return false;
  }
  if (range == "*") return true;
  const std::size_t dash = range.find('-');
  const std::optional<int> first = ParseUnit(range.substr(0, dash), field);
  if (!first) return false;
  if (dash == std::string_view::npos) return true;
  const std::optional<int> last = ParseUnit(range.substr(dash + 1), field);
  return last && *first <= *last;
}

bool IsList(std::string_view list, const CronField& field) {
  while (true) {
    const std::size_t comma = list.find(',');
    if (!IsPart(list.substr(0, comma), field)) return false;
    if (comma == std::string_view::npos) return true;
    list.remove_prefix(comma + 1);
  }
}

// The smallest number that the list holds.
int Smallest(std::string_view list, const CronField& field) {
  int smallest = field.high;
  while (true) {
    const std::size_t comma = list.find(',');
    const std::string_view part = list.substr(0, comma);
    const std::optional<int> first =
        ParseUnit(part.substr(0, part.find_first_of("/-")), field);
    smallest = std::min(smallest, first.value_or(field.low));
    if (comma == std::string_view::npos) return smallest;
    list.remove_prefix(comma + 1);
  }
}

// Whether the list holds the number.
bool Holds(std::string_view list, const CronField& field, int number) {
  while (true) {
    const std::size_t comma = list.find(',');
    const std::string_view part = list.substr(0, comma);
    const std::size_t slash = part.find('/');
    const std::string_view range = part.substr(0, slash);
    const std::size_t dash = range.find('-');
    const auto unit = ParseUnit(range.substr(0, dash), field);
    const int first = unit.value_or(field.low);
    int last = first;
    if (dash != std::string_view::npos) {
      last = ParseUnit(range.substr(dash + 1), field).value_or(field.high);
    } else if (!unit || slash != std::string_view::npos) {
      last = field.high;
    }
    const int step = slash == std::string_view::npos
                         ? 1
                         : ParseSmallNumber(part.substr(slash + 1)).value_or(1);
    if (number >= first && number <= last && (number - first) % step == 0) {
      return true;
    }
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace

bool HasADay(std::string_view text) {
  if (text.starts_with('@')) return true;
  std::array<std::string_view, 5> fields;
  for (std::string_view& field : fields) {
    text.remove_prefix(text.find_first_not_of(" \t"));
    field = text.substr(0, text.find_first_of(" \t"));
    text.remove_prefix(field.size());
  }
  // Where weekdays are named too, either will do.
  if (!fields[4].starts_with('*')) return true;
  constexpr std::array<int, 12> kLongest = {31, 29, 31, 30, 31, 30,
                                            31, 31, 30, 31, 30, 31};
  const int day = Smallest(fields[2], kFields[2]);
  for (int month = 1; month <= 12; ++month) {
    if (Holds(fields[3], kFields[3], month) &&
        day <= kLongest[static_cast<std::size_t>(month - 1)]) {
      return true;
    }
  }
  return false;
}

bool IsCronExpression(std::string_view text) {
  if (text.starts_with('@')) {
    return std::find(kMacros.begin(), kMacros.end(), text) != kMacros.end();
  }
  if (text.size() > 256) return false;
  std::size_t count = 0;
  while (true) {
    const std::size_t start = text.find_first_not_of(" \t");
    if (start == std::string_view::npos) return count == kFields.size();
    if (count == kFields.size()) return false;
    text.remove_prefix(start);
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    if (!IsList(text.substr(0, end), kFields[count])) return false;
    text.remove_prefix(end);
    ++count;
  }
}

}  // namespace writ
