#include "engine/cel/program.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "schema/json.h"
#include "tests/engine/cel/library_fixture.h"

namespace writ::engine::cel {
namespace {

// Some documents, each a variable.
class World {
 public:
  explicit World(const std::string& json) : tree_(*ParseJson(json)) {
    for (const writ::Value::Entry& entry : tree_.AsMap()) {
      environment_.AddVariable(entry.key, Type());
    }
  }

  Environment& environment() { return environment_; }

  Bindings Bind() const {
    Bindings bindings(environment_);
    Slot slot = 0;
    for (const writ::Value::Entry& entry : tree_.AsMap()) {
      bindings.Set(slot++, Value::Document(entry.value));
    }
    return bindings;
  }

  Program Compile(const std::string& text, CompileOptions options = {}) const {
    auto program = Program::Compile(text, environment_, options);
    EXPECT_TRUE(program) << Describe(program.error());
    return *std::move(program);
  }

  std::string Run(const std::string& text) const {
    const Program program = Compile(text);
    Bindings bindings = Bind();
    const Value value = program.Evaluate(bindings);
    return value.IsError() ? Describe(program, value) : Show(value);
  }

 private:
  writ::Value tree_;
  Environment environment_;
};

constexpr const char* kChange =
    R"({"change": {"kind": "App", "labels": {"a": "b"}, "after": null,)"
    R"( "n": 3, "names": ["x", "y"]}, "other": {"kind": "Token"}})";

TEST(Program, ReadsDocumentsWhereTheyLie) {
  const World world(kChange);
  EXPECT_EQ(world.Run("change.kind == 'App' && !('c' in change.labels)"),
            "true");
  EXPECT_EQ(world.Run("change.labels.a + change.names[1]"), "'by'");
  EXPECT_EQ(world.Run("has(change.labels.a) && !has(change.gone)"), "true");
  EXPECT_EQ(world.Run("change.names.map(n, n + other.kind)"),
            "['xToken', 'yToken']");
  EXPECT_EQ(world.Run("change.?labels.?gone.orValue('none')"), "'none'");
}

// A constant list is a table of keys to the plan; that changes no answer.
TEST(Program, FindsInConstantListsWhatIsEqual) {
  const World world(R"({"s": "b", "n": 2, "d": 2.0, "x": 2.5, "t": true,)"
                    R"( "no": null, "l": ["b"], "big": 9007199254740993})");
  EXPECT_EQ(world.Run("[s in ['a', 'b'], s in ['a'], s in [1, 'b', true]]"),
            "[true, false, true]");
  EXPECT_EQ(world.Run("[n in [1, 2u], d in [1, 2], x in [1, 2], n in ['2']]"),
            "[true, true, false, false]");
  EXPECT_EQ(world.Run("[t in [1, true], no in [0, false], l in ['b']]"),
            "[true, false, false]");
  EXPECT_EQ(world.Run("[s in [], n in [1.5, 2.0], no in [null], l in [['b']]]"),
            "[false, true, true, true]");
  EXPECT_EQ(world.Run("[s in ['b', 'b'], s in ['a', 'c', 'd', 'e', 'f', 'g', "
                      "'h', 'i', 'j', 'k', 'l', 'm', 'b']]"),
            "[true, true]");
  // Compared as doubles, whichever way it is asked.
  EXPECT_EQ(world.Run("dyn(double(big)) in [9007199254740993]"),
            world.Run("dyn(double(big)) in [big]"));
  EXPECT_EQ(world.Run("l[1] in ['a']"), "1:2: index out of bounds: 1");
}

TEST(Program, JoinsTextsAtOnceAsIfOneByOne) {
  const World world(R"({"a": "x", "b": "", "n": 1, "l": []})");
  EXPECT_EQ(world.Run("'<' + a + b + '|' + a + '>'"), "'<x|x>'");
  EXPECT_EQ(world.Run("a + a + a + a + a + a + '.'"), "'xxxxxx.'");
  EXPECT_EQ(world.Run("'' + b + b"), "''");
  EXPECT_EQ(world.Run("'a' + a + n + a"),
            "1:9: no such overload: _+_(string, int)");
  EXPECT_EQ(world.Run("a + 'a' + l[3] + n"), "1:12: index out of bounds: 3");
  EXPECT_EQ(world.Run("n + n + a + 'a'"),
            "1:7: no such overload: _+_(int, string)");
}

TEST(Program, SaysWhatIsNoCondition) {
  const World world(R"({"n": 1, "t": true, "l": [1]})");
  EXPECT_EQ(world.Run("!n"), "1:1: no such overload: !_(int)");
  EXPECT_EQ(world.Run("n && t"), "1:3: no such overload: _&&_(int)");
  EXPECT_EQ(world.Run("n || t"), "true");
  EXPECT_EQ(world.Run("n ? 1 : 2"), "1:3: no such overload: _?_:_(int)");
  EXPECT_EQ(world.Run("[!t, !!t, t && !t || t, (t ? !t : t)]"),
            "[false, true, true, false]");
  EXPECT_EQ(world.Run("l.filter(e, e)"),
            "1:3: no such overload: a condition of type int");
}

TEST(Program, SaysWhereAnErrorArose) {
  const World world(kChange);
  EXPECT_EQ(world.Run("true &&\n  change.labels.gone == 'x'"),
            "2:17: no such key: \"gone\"");
  EXPECT_EQ(world.Run("change.after.x"), "1:14: type null_type has no fields");
  EXPECT_EQ(world.Run("1 + change.n / 0"), "1:14: division by zero");
  EXPECT_EQ(world.Run("change.names[2]"), "1:13: index out of bounds: 2");
  EXPECT_EQ(world.Run("change.names[-1]"), "1:13: index out of bounds: -1");
  EXPECT_EQ(world.Run("change.n + 'a'"),
            "1:10: no such overload: _+_(int, string)");
  EXPECT_EQ(world.Run("'a' + 'b' + change.n"),
            "1:11: no such overload: _+_(string, int)");
}

TEST(Program, AbsorbsErrorsWhereTheResultIsDecided) {
  ExpectOutcomes({
      {"1 / 0 == 1 || true", "true"},
      {"true || 1 / 0 == 1", "true"},
      {"false && 1 / 0 == 1", "false"},
      {"1 / 0 == 1 && false", "false"},
      {"false || 1 / 0 == 1", "error: division by zero"},
      {"[0, 1].exists(x, 1 / x == 1)", "true"},
      {"[1, 0].all(x, 1 / x == 2)", "false"},
      {"[0, 1].all(x, 1 / x == 1)", "error: division by zero"},
      {"[1, 0].exists_one(x, 1 / x == 1)", "error: division by zero"},
      {"true ? 1 : 1 / 0", "1"},
  });
}

TEST(Program, EndsWhenTheBudgetIsSpent) {
  const World world(R"({"l": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]})");
  const std::string nested =
      "l.all(a, l.all(b, l.all(c, l.all(d, l.all(e, l.all(f, a > 0))))))";
  const Program program = world.Compile(nested);
  Bindings bindings = world.Bind();
  const Value value = program.Evaluate(bindings, 100'000);
  ASSERT_TRUE(value.IsError());
  EXPECT_NE(value.error().message.find("step budget"), std::string::npos);
  // The innermost loop met it.
  EXPECT_EQ(program.ast().PositionOf(value.error().at).column, 48U);
  // Nothing absorbs it.
  const Program absorbing = world.Compile(nested + " || true");
  EXPECT_TRUE(absorbing.Evaluate(bindings, 100'000).IsError());
}

TEST(Program, ChargesForWhatItsLibraryDoes) {
  // Each doubles: without a charge the last would fill the memory.
  std::string text = "cel.bind(a0, 'xxxxxxxxxxxxxxxx', ";
  for (int i = 1; i < 60; ++i) {
    const std::string before = "a" + std::to_string(i - 1);
    text += "cel.bind(a" + std::to_string(i) + ", " + before + " + " + before +
            ", ";
  }
  text += "size(a59)" + std::string(60, ')');
  EXPECT_EQ(Outcome(text), "error: step budget exhausted");
}

TEST(Program, SharesARunsBudgetAmongEvaluations) {
  const World world(R"({"l": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]})");
  const Program program = world.Compile("l.all(x, x > 0)");
  Bindings bindings = world.Bind();
  std::uint64_t run = 100;
  int good = 0;
  while (program.Evaluate(bindings, kDefaultSteps, run).IsTrue()) ++good;
  EXPECT_GT(good, 0);
  EXPECT_LT(good, 10);
  EXPECT_EQ(run, 0U);
}

TEST(Program, KnowsItsConstantsAndVariables) {
  const World world(kChange);
  const Program constant = world.Compile("[1, 2].exists(x, x > 1)");
  ASSERT_NE(constant.constant(), nullptr);
  EXPECT_TRUE(constant.constant()->IsTrue());
  EXPECT_TRUE(constant.variables().empty());
  const Program program = world.Compile("other.kind == change.kind || other.x");
  EXPECT_EQ(program.constant(), nullptr);
  EXPECT_EQ(program.variables(), (std::vector<Slot>{0, 1}));
  EXPECT_EQ(world.Compile("1 + 1").type().ToText(), "int");
  // An error is no constant: it arises when the program runs.
  EXPECT_EQ(world.Compile("1 / 0").constant(), nullptr);
}

TEST(Bindings, AskTheResolverOnce) {
  Environment environment;
  const Slot first = environment.AddVariable("variables.first", Type());
  environment.AddVariable("variables.second", Type());
  const auto program =
      Program::Compile("variables.first + variables.first", environment);
  ASSERT_TRUE(program);
  Bindings bindings(environment);
  std::vector<Slot> asked;
  bindings.set_resolver([&asked](Slot slot) {
    asked.push_back(slot);
    return Value::Int(21);
  });
  EXPECT_EQ(program->Evaluate(bindings).AsInt(), 42);
  EXPECT_EQ(asked, std::vector<Slot>{first});
}

TEST(Bindings, RefuseAVariableThatNeedsItself) {
  Environment environment;
  environment.AddVariable("x", Type());
  const auto program = Program::Compile("x + 1", environment);
  Bindings bindings(environment);
  bindings.set_resolver([&](Slot) { return program->Evaluate(bindings); });
  const Value value = program->Evaluate(bindings);
  ASSERT_TRUE(value.IsError());
  EXPECT_EQ(value.error().message, "the variable needs itself");
}

TEST(Bindings, TellOfAVariableWithoutAValue) {
  Environment environment;
  environment.AddVariable("x", Type());
  const auto program = Program::Compile("x.y", environment);
  Bindings bindings(environment);
  EXPECT_EQ(Describe(*program, program->Evaluate(bindings)),
            "1:3: the variable has no value");
}

TEST(Program, RecordsWhatItWentThrough) {
  const World world(kChange);
  const Program program =
      world.Compile("change.kind == 'App' && change.n > 5 && change.gone",
                    {.check = true, .traceable = true});
  Bindings bindings = world.Bind();
  Trace trace;
  EXPECT_TRUE(program.EvaluateTraced(bindings, trace).IsFalse());
  std::string seen;
  for (const Trace::Step& step : trace.steps) {
    seen += std::string(
                program.ast().source().TextOf(program.ast().SpanOf(step.id))) +
            " = " + (step.value.Is(Kind::kMap) ? "{}" : Show(step.value)) +
            "\n";
  }
  EXPECT_EQ(seen,
            "change = {}\n"
            "change.kind = 'App'\n"
            "change.kind == 'App' = true\n"
            "change = {}\n"
            "change.n = 3\n"
            "change.n > 5 = false\n"
            "change.kind == 'App' && change.n > 5 && change.gone = false\n");
}

TEST(Program, BoundsWhatItRecords) {
  const World world(R"({"l": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]})");
  const Program program = world.Compile("l.all(x, x > 0)", {.traceable = true});
  Bindings bindings = world.Bind();
  Trace trace;
  trace.max_steps = 3;
  EXPECT_TRUE(program.EvaluateTraced(bindings, trace).IsTrue());
  EXPECT_EQ(trace.steps.size(), 3U);
}

TEST(Program, RunsOnManyThreadsAtOnce) {
  const World world(kChange);
  const Program program = world.Compile(
      "[['x'], [change.kind]].map(l, l[0]).filter(s, s.matches('^[A-Z]')) == "
      "['App']");
  std::vector<std::jthread> threads;
  std::vector<int> good(4);
  for (int& count : good) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1'000; ++i) {
        Bindings bindings = world.Bind();
        count += program.Evaluate(bindings).IsTrue() ? 1 : 0;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(good, std::vector<int>(4, 1'000));
}

TEST(Program, ResolvesTheLongestName) {
  Environment environment(AllLibraries(), "a.b");
  const Slot shortest = environment.AddVariable("x", Type());
  const Slot longest = environment.AddVariable("a.b.x.y", Type());
  Bindings bindings(environment);
  bindings.Set(longest, Value::Int(1));
  const writ::Value tree = *ParseJson(R"({"y": 2, "z": 3})");
  bindings.Set(shortest, Value::Document(tree));
  for (const bool check : {true, false}) {
    const auto run = [&](const char* text) {
      return Program::Compile(text, environment, {.check = check})
          ->Evaluate(bindings)
          .AsInt();
    };
    EXPECT_EQ(run("x.y"), 1);
    EXPECT_EQ(run(".x.y"), 2);
    EXPECT_EQ(run("x.z"), 3);
    EXPECT_EQ(run("[{'y': 4}].map(x, x.y)[0]"), 4);
  }
}

}  // namespace
}  // namespace writ::engine::cel
