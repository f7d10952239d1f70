// Times what ingest does to an event before it is stored, on one core:
//   ingest_bench CASES.json ROUNDS MS
//
// CASES.json holds an event and its schema (and the same as JSON Schema, for
// the peers of ingest_peers.mjs). Each case runs ROUNDS times for MS
// milliseconds; the median is printed, as events a second:
//
//   {"case":"validate","peer":"writ","bytes":403,"ops":900000}
//
//   parse     the body to an event in its proper form
//   validate  parsed and held against its schema
//   judge     validated and printed as it is stored
//   batch     validate, of bodies of 100
// Ends 1 where the event doesn't fit its schema.
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

#include "schema/event/event_batch.h"
#include "schema/event/event_validator.h"
#include "schema/json.h"

namespace writ::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kBatch = 100;

struct Options {
  std::string path;
  int rounds = 0;
  int milliseconds = 0;
};

// Runs a second, of one round.
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

class Bench {
 public:
  Bench(const Options& options, const Value& cases)
      : options_(options), event_(CompactJson(*cases.Find("event"))) {
    Value content;
    content.Set("spec", *cases.Find("spec"));
    validator_ = EventValidator::Compile(content);
    batch_ = "[" + event_;
    for (std::size_t i = 1; i < kBatch; ++i) batch_ += "," + event_;
    batch_ += "]";
  }

  // False where the event doesn't fit.
  bool Run() {
    if (!Validate(event_)) return false;
    Time("parse", 1, [this] { parser_.Parse(event_); });
    Time("validate", 1, [this] { Validate(event_); });
    Time("judge", 1, [this] { Judge(); });
    Time("batch", kBatch, [this] { Validate(batch_); });
    return true;
  }

 private:
  bool Validate(const std::string& body) {
    const EventBatch* batch = parser_.Parse(body);
    if (batch == nullptr) return false;
    bool valid = true;
    for (const ParsedEvent& event : batch->events) {
      validator_->Check(*batch->tree, event.data, event.metadata, verdict_);
      valid = valid && verdict_.valid();
    }
    return valid;
  }

  void Judge() {
    const EventBatch* batch = parser_.Parse(event_);
    const ParsedEvent& event = batch->events[0];
    validator_->Check(*batch->tree, event.data, event.metadata, verdict_);
    stored_.clear();
    validator_->AppendData(*batch->tree, event.data, verdict_, stored_);
  }

  void Time(const char* name, std::size_t events,
            const std::function<void()>& once) const {
    std::vector<double> all;
    for (int round = 0; round < options_.rounds; ++round) {
      all.push_back(RunRound(once, options_.milliseconds));
    }
    std::sort(all.begin(), all.end());
    std::printf(
        "{\"case\":\"%s\",\"peer\":\"writ\",\"bytes\":%zu,\"ops\":%.0f}\n",
        name, event_.size(), all[all.size() / 2] * static_cast<double>(events));
  }

  const Options options_;
  const std::string event_;
  std::string batch_;
  std::string stored_;
  std::shared_ptr<const EventValidator> validator_;
  EventBatchParser parser_;
  EventVerdict verdict_;
};

bool ReadNumber(const char* text, int& value) {
  const char* end = text + std::strlen(text);
  return std::from_chars(text, end, value).ptr == end && value > 0;
}

int Main(int argc, char** argv) {
  Options options;
  if (argc != 4 || !ReadNumber(argv[2], options.rounds) ||
      !ReadNumber(argv[3], options.milliseconds)) {
    std::cerr << "usage: ingest_bench CASES.json ROUNDS MS\n";
    return 64;
  }
  options.path = argv[1];
  std::ifstream file(options.path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto cases = ParseJson(text);
  if (!cases || cases->Find("event") == nullptr ||
      cases->Find("spec") == nullptr) {
    std::cerr << "ingest_bench: can't read " << options.path << '\n';
    return 1;
  }
  if (Bench(options, *cases).Run()) return 0;
  std::cerr << "ingest_bench: the event doesn't fit its schema\n";
  return 1;
}

}  // namespace
}  // namespace writ::bench

int main(int argc, char** argv) { return writ::bench::Main(argc, argv); }
