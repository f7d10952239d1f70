// Rotations over fake targets, consumers, gateways and clocks, with faults of
// all kinds: rotation_sim --rotations N --seed S. Prints one line of JSON, and
// after it one for each broken law, with the shortest schedule found that
// breaks it and the story of that. Ends with 1 where a law is broken.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <utility>

#include "schema/json.h"
#include "tests/bench/rotation_sim_run.h"

namespace writ::bench {
namespace {

// The shortest of the rotations that broke a law, and how many did.
struct Breach {
  std::int64_t rotations = 0;
  std::int64_t first = 0;
  Schedule schedule;
};

bool Breaks(const Schedule& schedule, const std::string& law) {
  return Simulate(Choices(schedule), false).law == law;
}

// Without the choices in [from, from + size); what comes after moves up.
Schedule Cut(const Schedule& schedule, int from, int size) {
  Schedule cut;
  for (const auto& [position, choice] : schedule) {
    if (position < from) cut.emplace(position, choice);
    if (position >= from + size) cut.emplace(position - size, choice);
  }
  return cut;
}

// Leaves out as many choices as can be, more at once before fewer.
Schedule Drop(Schedule schedule, const std::string& law) {
  for (std::size_t size = schedule.size(); size > 0; size /= 2) {
    for (std::size_t from = 0; from < schedule.size();) {
      Schedule shorter;
      std::size_t index = 0;
      for (const auto& choice : schedule) {
        if (index < from || index >= from + size) shorter.insert(choice);
        ++index;
      }
      if (Breaks(shorter, law)) {
        schedule = std::move(shorter);
      } else {
        from += size;
      }
    }
  }
  return schedule;
}

// Cuts out plain choices as well, so that the rotation itself gets shorter.
Schedule Tighten(Schedule schedule, const std::string& law) {
  for (const int size : {32, 8, 3, 1}) {
    for (int from = 0; !schedule.empty() && from < schedule.rbegin()->first;) {
      Schedule shorter = Cut(schedule, from, size);
      if (shorter.size() <= schedule.size() && Breaks(shorter, law)) {
        schedule = std::move(shorter);
      } else {
        from += size;
      }
    }
  }
  return schedule;
}

Schedule Lower(Schedule schedule, const std::string& law) {
  for (auto& [position, choice] : schedule) {
    for (int smaller = 1; smaller < choice; ++smaller) {
      Schedule plainer = schedule;
      plainer[position] = smaller;
      if (!Breaks(plainer, law)) continue;
      choice = smaller;
      break;
    }
  }
  return schedule;
}

Schedule Shorten(Schedule schedule, const std::string& law) {
  while (true) {
    const std::size_t before = schedule.size();
    schedule = Lower(Tighten(Drop(std::move(schedule), law), law), law);
    if (schedule.size() == before) return schedule;
  }
}

void PrintBreach(const std::string& law, const Breach& breach) {
  const Schedule schedule = Shorten(breach.schedule, law);
  const SimulatedRotation told = Simulate(Choices(schedule), true);
  std::string line = "{\"law\":" + QuoteJson(law) +
                     ",\"rotations\":" + std::to_string(breach.rotations) +
                     ",\"first\":" + std::to_string(breach.first) +
                     ",\"detail\":" + QuoteJson(told.detail) +
                     ",\"schedule\":[";
  for (const auto& [position, choice] : schedule) {
    if (line.back() == ']') line += ',';
    line += '[' + std::to_string(position) + ',' + std::to_string(choice) + ']';
  }
  line += "],\"story\":[";
  for (const std::string& text : told.story) {
    if (line.back() == '"') line += ',';
    line += QuoteJson(text);
  }
  std::printf("%s]}\n", line.c_str());
}

int Run(std::int64_t rotations, std::uint64_t seed) {
  const auto start = std::chrono::steady_clock::now();
  std::int64_t crashes = 0;
  std::int64_t broken = 0;
  std::int64_t failed_requests = 0;
  std::int64_t needs_human = 0;
  std::map<std::string, Breach> breaches;
  for (std::int64_t i = 0; i < rotations; ++i) {
    // Far apart, so that the streams of neighbours have nothing in common.
    const std::uint64_t one =
        (seed * 0x2545f4914f6cdd1dU + static_cast<std::uint64_t>(i)) *
        0xd1342543de82ef95U;
    SimulatedRotation result = Simulate(Choices(one), false);
    crashes += result.crashes;
    failed_requests += result.failed_requests;
    needs_human += result.needs_human ? 1 : 0;
    if (result.law.empty()) continue;
    ++broken;
    Breach& breach = breaches[result.law];
    if (breach.rotations++ == 0) breach.first = i;
    if (breach.rotations == 1 ||
        result.schedule.size() < breach.schedule.size()) {
      breach.schedule = std::move(result.schedule);
    }
  }
  const std::chrono::duration<double> wall =
      std::chrono::steady_clock::now() - start;
  std::printf(
      "{\"rotations\":%lld,\"seed\":%llu,\"crashes\":%lld,"
      "\"broken_laws\":%lld,\"failed_requests\":%lld,\"needs_human\":%lld,"
      "\"wall_s\":%.1f}\n",
      static_cast<long long>(rotations), static_cast<unsigned long long>(seed),
      static_cast<long long>(crashes), static_cast<long long>(broken),
      static_cast<long long>(failed_requests),
      static_cast<long long>(needs_human), wall.count());
  for (const auto& [law, breach] : breaches) PrintBreach(law, breach);
  return broken == 0 ? 0 : 1;
}

}  // namespace
}  // namespace writ::bench

int main(int argc, char** argv) {
  CLI::App app("Rotations over a fake world, with the laws checked.");
  std::int64_t rotations = 1000;
  std::uint64_t seed = 1;
  app.add_option("--rotations", rotations)->check(CLI::PositiveNumber);
  app.add_option("--seed", seed);
  CLI11_PARSE(app, argc, argv);
  return writ::bench::Run(rotations, seed);
}
