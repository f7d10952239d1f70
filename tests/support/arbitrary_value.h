// Values for property tests: every type, nested at most three levels, keys
// each once, texts of any Unicode scalar values. Numbers are finite, as only
// those are JSON.
#pragma once

#include <rapidcheck.h>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "schema/utf8.h"
#include "schema/value.h"

namespace writ::testing {

// At most six pieces: whole fragments reach the interesting texts sooner than
// single characters do, and at a tenth of the time.
inline rc::Gen<std::string> ArbitraryText() {
  const auto fragment = rc::gen::element<std::string>(
      "a", "b", "Z", "order", "-", ".", "0", "~1", " ", "\"", "\\", "/", "\n",
      std::string(1, '\0'), "\x1f", "\x7f", "é", "日", "😀", "\u2028", "\uFEFF",
      "\uFFFF", "\u202e");
  const auto scalar =
      rc::gen::map(rc::gen::oneOf(rc::gen::inRange<char32_t>(0, 0xd800),
                                  rc::gen::inRange<char32_t>(0xe000, 0x110000)),
                   [](char32_t value) {
                     std::string text;
                     AppendUtf8(value, text);
                     return text;
                   });
  return rc::gen::map(
      rc::gen::resize(6, rc::gen::container<std::vector<std::string>>(
                             rc::gen::weightedOneOf<std::string>(
                                 {{4, fragment}, {1, scalar}}))),
      [](const std::vector<std::string>& pieces) {
        return std::accumulate(pieces.begin(), pieces.end(), std::string());
      });
}

inline rc::Gen<double> ArbitraryFinite() {
  return rc::gen::suchThat(
      rc::gen::map(rc::gen::pair(rc::gen::inRange<std::int64_t>(-1000, 1000),
                                 rc::gen::inRange(-1080, 1020)),
                   [](const std::pair<std::int64_t, int>& parts) {
                     return std::ldexp(static_cast<double>(parts.first) / 3,
                                       parts.second);
                   }),
      [](double value) { return std::isfinite(value); });
}

inline rc::Gen<Value> ArbitraryScalar() {
  return rc::gen::oneOf(
      rc::gen::just(Value()),
      rc::gen::map(rc::gen::arbitrary<bool>(), [](bool b) { return Value(b); }),
      rc::gen::map(rc::gen::arbitrary<std::int64_t>(),
                   [](std::int64_t i) { return Value(i); }),
      rc::gen::map(ArbitraryFinite(), [](double d) { return Value(d); }),
      rc::gen::map(ArbitraryText(),
                   [](std::string s) { return Value(std::move(s)); }));
}

inline rc::Gen<Value> ArbitraryValue(int levels = 3) {
  if (levels == 0) return ArbitraryScalar();
  using Entries = std::vector<std::pair<std::string, Value>>;
  // A fifth as large a level: sizes multiply.
  constexpr double kShrink = 0.2;
  const auto list = rc::gen::map(
      rc::gen::scale(
          kShrink, rc::gen::container<Value::List>(ArbitraryValue(levels - 1))),
      [](Value::List items) { return Value(std::move(items)); });
  const auto map = rc::gen::map(
      rc::gen::scale(kShrink,
                     rc::gen::container<Entries>(rc::gen::pair(
                         ArbitraryText(), ArbitraryValue(levels - 1)))),
      [](const Entries& entries) {
        Value value{Value::Map{}};
        for (const auto& [key, item] : entries) value.Set(key, item);
        return value;
      });
  return rc::gen::oneOf(ArbitraryScalar(), list, map);
}

}  // namespace writ::testing
