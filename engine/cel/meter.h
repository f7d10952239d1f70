// The step budget of an evaluation. A node of a loop costs a step, a function
// costs what its input's size makes it do; once spent, an evaluation ends with
// an error that nothing absorbs.
//
// Belongs to one evaluation, hence one thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace writ::engine::cel {

class Meter {
 public:
  explicit Meter(std::uint64_t steps) : remaining_(steps) {}

  // False once the budget is spent; then and ever after.
  bool Charge(std::uint64_t steps = 1) {
    if (steps > remaining_) [[unlikely]] {
      remaining_ = 0;
      exhausted_ = true;
      return false;
    }
    remaining_ -= steps;
    return true;
  }
  // For what reads or writes so many bytes.
  bool ChargeBytes(std::size_t bytes) { return Charge(1 + bytes / 16); }

  bool exhausted() const { return exhausted_; }
  std::uint64_t remaining() const { return remaining_; }

 private:
  std::uint64_t remaining_;
  bool exhausted_ = false;
};

}  // namespace writ::engine::cel
