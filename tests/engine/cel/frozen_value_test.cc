#include "engine/cel/frozen_value.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/engine/cel/library_fixture.h"

namespace writ::engine::cel {
namespace {

Value Deep() {
  MapBuilder map;
  map.Insert(Value::String("key"), Value::String("a text of its own"));
  map.Insert(Value::Int(1), Value::OptionalOf(Value::Bytes("bytes")));
  Value list = Value::List({Value::String("x"), map.Build(), Value::Double(1)});
  return Value::List({std::move(list), Value::OptionalNone(), Value::Null()});
}

TEST(FrozenValue, IsTheSameValue) {
  const std::string want = Show(Deep());
  FrozenValue frozen(Deep());
  EXPECT_EQ(Show(frozen.value()), want);
  const FrozenValue moved = std::move(frozen);
  EXPECT_EQ(Show(moved.value()), want);
}

// Under the thread sanitizer: nothing that many threads share is written to.
TEST(FrozenValue, IsReadByManyThreads) {
  const FrozenValue frozen(Deep());
  Environment environment;
  environment.AddVariable("s", Type());
  const auto program = Program::Compile(
      "['a' + 'b', 'c'].exists(x, x == s) && s in [{'k': 'a' + 'b'}.k]",
      environment);
  ASSERT_TRUE(program);
  const auto read = [&] {
    Bindings bindings(environment);
    bindings.Set(0, Value::String("ab"));
    for (int i = 0; i < 1'000; ++i) {
      EXPECT_EQ(frozen.value().ListAt(0).ListSize(), 3U);
      EXPECT_TRUE(program->Evaluate(bindings).IsTrue());
    }
  };
  std::thread other(read);
  read();
  other.join();
}

}  // namespace
}  // namespace writ::engine::cel
