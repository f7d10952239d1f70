// Every choice of a simulated rotation, from one stream of numbers, so that a
// run can be had again with some of its choices made plain.
//
// A choice is a small number; 0 is the plainest: no fault, nobody acts. What
// deviates from it is the schedule.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <utility>

namespace writ::bench {

// By the position of the choice; all others are 0.
using Schedule = std::map<int, int>;

class Choices {
 public:
  explicit Choices(std::uint64_t seed) : state_(seed), fresh_(true) {}
  explicit Choices(Schedule schedule) : schedule_(std::move(schedule)) {}

  // One of 0 to n-1, all alike.
  int Pick(int n) {
    const int position = taken_++;
    if (!fresh_) return Replayed(position, n);
    const int choice = static_cast<int>(Random() % static_cast<unsigned>(n));
    return Keep(position, choice);
  }
  bool Chance(int per_mille) { return Weighted({1000 - per_mille, per_mille}); }
  // An index into the weights.
  int Weighted(std::initializer_list<int> weights) {
    const int position = taken_++;
    const int n = static_cast<int>(weights.size());
    if (!fresh_) return Replayed(position, n);
    int sum = 0;
    for (const int weight : weights) sum += weight;
    int left = static_cast<int>(Random() % static_cast<unsigned>(sum));
    int choice = 0;
    for (const int weight : weights) {
      if (left < weight) break;
      left -= weight;
      ++choice;
    }
    return Keep(position, choice);
  }

  const Schedule& schedule() const { return schedule_; }

 private:
  int Replayed(int position, int n) const {
    const auto found = schedule_.find(position);
    return found == schedule_.end() || found->second >= n ? 0 : found->second;
  }
  int Keep(int position, int choice) {
    if (choice != 0) schedule_.emplace_hint(schedule_.end(), position, choice);
    return choice;
  }
  // SplitMix64.
  std::uint64_t Random() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return (z ^ (z >> 31U)) >> 1U;
  }

  std::uint64_t state_ = 0;
  bool fresh_ = false;
  int taken_ = 0;
  Schedule schedule_;
};

}  // namespace writ::bench
