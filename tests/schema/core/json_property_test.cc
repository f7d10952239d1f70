// Parse(Print(x)) == x in every form, and any text is read or refused.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>

#include "schema/json.h"
#include "schema/utf8.h"
#include "tests/support/arbitrary_value.h"

namespace writ {
namespace {

Value WithKeysTurnedRound(const Value& value) {
  if (value.IsList()) {
    Value::List list;
    for (const Value& item : value.AsList()) {
      list.push_back(WithKeysTurnedRound(item));
    }
    return list;
  }
  if (!value.IsMap()) return value;
  Value::Map map;
  for (const Value::Entry& entry : value.AsMap()) {
    map.push_back({entry.key, {}, WithKeysTurnedRound(entry.value)});
  }
  std::reverse(map.begin(), map.end());
  return map;
}

RC_GTEST_PROP(Json, EveryFormReadsBackTheSame, ()) {
  const Value value = *writ::testing::ArbitraryValue();
  for (const std::string& text :
       {CanonicalJson(value), CompactJson(value), PrettyJson(value)}) {
    const auto parsed = ParseJson(text);
    RC_ASSERT(parsed.has_value());
    RC_ASSERT(*parsed == value);
  }
}

RC_GTEST_PROP(Json, CanonicalFormDoesNotDependOnTheOrderOfKeys, ()) {
  const Value value = *writ::testing::ArbitraryValue();
  RC_ASSERT(CanonicalJson(value) == CanonicalJson(WithKeysTurnedRound(value)));
}

RC_GTEST_PROP(Json, CompactFormKeepsTheOrderOfKeys, ()) {
  const Value value = *writ::testing::ArbitraryValue();
  const auto parsed = ParseJson(CompactJson(value));
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(CompactJson(*parsed) == CompactJson(value));
}

RC_GTEST_PROP(Json, AnyTextIsReadOrRefused, (const std::string& text)) {
  const auto parsed = ParseJson(text);
  if (parsed) {
    RC_ASSERT(ParseJson(CanonicalJson(*parsed)).value() == *parsed);
  } else {
    RC_ASSERT(parsed.error().code == ErrorCode::kCorrupt);
  }
}

RC_GTEST_PROP(Json, QuotesAnyBytesAsValidJson, (const std::string& bytes)) {
  const std::string quoted = QuoteJson(bytes);
  const auto parsed = ParseJson(quoted);
  RC_ASSERT(parsed.has_value());
  if (IsValidUtf8(bytes)) RC_ASSERT(parsed->AsString() == bytes);
}

}  // namespace
}  // namespace writ
