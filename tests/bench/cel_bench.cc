// Times expressions:  cel_bench CASES.json ROUNDS MS
//
// CASES.json is a list of {"id", "expr", "bindings", "expect"}, the last two
// plain JSON. Each case runs ROUNDS times for MS milliseconds in each mode; the
// median is printed, as evaluations a second:
//
//   {"case":"guard","mode":"eval","ops":9000000}
//
//   eval  parsed and bound before
//   bind  bound each time: the JSON, as it was read, made into variables
//   full  parsed, planned, bound and evaluated
// Ends 1 where a case yields something other than it expects.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "engine/cel/program.h"
#include "engine/cel/value_tree.h"
#include "schema/json.h"

namespace writ::bench {
namespace {

namespace cel = engine::cel;
using SteadyClock = std::chrono::steady_clock;

struct Options {
  std::string path;
  int rounds = 0;
  int milliseconds = 0;
};

// 1 and 1.0 are the same number of JSON.
bool Same(const Value& a, const Value& b) {
  const auto number = [](const Value& value) {
    return value.IsInteger() ? static_cast<double>(value.AsInteger())
                             : value.AsNumber();
  };
  if ((a.IsInteger() || a.IsNumber()) && (b.IsInteger() || b.IsNumber())) {
    return number(a) == number(b);
  }
  if (a.IsList() && b.IsList()) {
    return std::equal(a.AsList().begin(), a.AsList().end(), b.AsList().begin(),
                      b.AsList().end(), Same);
  }
  if (a.IsMap() && b.IsMap()) {
    if (a.AsMap().size() != b.AsMap().size()) return false;
    return std::all_of(a.AsMap().begin(), a.AsMap().end(),
                       [&b](const Value::Entry& entry) {
                         const Value* other = b.Find(entry.key);
                         return other != nullptr && Same(entry.value, *other);
                       });
  }
  return a == b;
}

// Evaluations a second, of one round.
double RunRound(const std::function<void()>& once, int milliseconds) {
  const auto budget = std::chrono::milliseconds(milliseconds);
  std::uint64_t runs = 0;
  std::uint64_t batch = 1;
  const auto start = SteadyClock::now();
  auto elapsed = SteadyClock::duration::zero();
  while (elapsed < budget) {
    for (std::uint64_t i = 0; i < batch; ++i) once();
    runs += batch;
    elapsed = SteadyClock::now() - start;
    // The clock is read some hundred times a round.
    if (elapsed < budget / 100) batch *= 2;
  }
  return static_cast<double>(runs) /
         std::chrono::duration<double>(elapsed).count();
}

class Case {
 public:
  explicit Case(const Value& given)
      : id_(given.FindString("id")), expression_(given.FindString("expr")) {
    if (const Value* bindings = given.Find("bindings")) bindings_ = *bindings;
    if (const Value* expect = given.Find("expect")) expect_ = *expect;
    if (!bindings_.IsMap()) bindings_ = Value(Value::Map{});
    for (const Value::Entry& entry : bindings_.AsMap()) {
      environment_.AddVariable(entry.key, cel::Type());
    }
  }

  // False after saying why.
  bool Run(const Options& options) {
    auto program = Compile(true);
    if (!program) return Complain(cel::Describe(program.error()));
    cel::Bindings bindings = Bind();
    const cel::Value value = program->Evaluate(bindings);
    if (value.IsError()) return Complain(cel::Describe(*program, value));
    const auto tree = cel::ToPlainTree(value);
    if (!tree || !Same(*tree, expect_)) {
      return Complain("yields " + (tree ? CompactJson(*tree) : "too much"));
    }
    Time(options, "eval", [&] { Keep(program->Evaluate(bindings)); });
    Time(options, "bind", [&] {
      cel::Bindings fresh = Bind();
      Keep(program->Evaluate(fresh));
    });
    Time(options, "full", [&] {
      const auto compiled = Compile(false);
      cel::Bindings fresh = Bind();
      Keep(compiled->Evaluate(fresh));
    });
    return true;
  }

 private:
  cel::Compiled<cel::Program> Compile(bool check) const {
    cel::CompileOptions options;
    options.check = check;
    return cel::Program::Compile(expression_, environment_, options);
  }

  cel::Bindings Bind() const {
    cel::Bindings bindings(environment_);
    cel::Slot slot = 0;
    for (const Value::Entry& entry : bindings_.AsMap()) {
      bindings.Set(slot++, cel::Value::Document(entry.value));
    }
    return bindings;
  }

  bool Complain(const std::string& what) const {
    std::cerr << "cel_bench: " << id_ << ": " << what << '\n';
    return false;
  }

  // What a compiler must not leave out.
  void Keep(const cel::Value& value) {
    kept_ = kept_ + static_cast<std::uint64_t>(value.kind());
  }

  void Time(const Options& options, const char* mode,
            const std::function<void()>& once) const {
    std::vector<double> rounds;
    for (int i = 0; i < options.rounds; ++i) {
      rounds.push_back(RunRound(once, options.milliseconds));
    }
    std::sort(rounds.begin(), rounds.end());
    std::printf("{\"case\":%s,\"mode\":\"%s\",\"ops\":%.0f}\n",
                QuoteJson(id_).c_str(), mode, rounds[rounds.size() / 2]);
    std::fflush(stdout);
  }

  const std::string id_;
  const std::string expression_;
  Value bindings_;
  Value expect_;
  cel::Environment environment_;
  volatile std::uint64_t kept_ = 0;
};

bool ReadPositive(const char* text, int& number) {
  const char* end = text + std::strlen(text);
  const auto read = std::from_chars(text, end, number);
  return read.ec == std::errc() && read.ptr == end && number > 0;
}

int Main(int argc, char** argv) {
  Options options;
  if (argc != 4 || !ReadPositive(argv[2], options.rounds) ||
      !ReadPositive(argv[3], options.milliseconds)) {
    std::cerr << "usage: cel_bench CASES.json ROUNDS MS\n";
    return 64;
  }
  std::ifstream file(argv[1], std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const auto cases = ParseJson(text);
  if (!file || !cases || !cases->IsList()) {
    std::cerr << "cel_bench: " << argv[1] << " is no list of cases\n";
    return 1;
  }
  bool good = true;
  for (const Value& given : cases->AsList()) {
    good = Case(given).Run(options) && good;
  }
  return good ? 0 : 1;
}

}  // namespace
}  // namespace writ::bench

int main(int argc, char** argv) { return writ::bench::Main(argc, argv); }
