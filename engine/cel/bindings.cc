#include "engine/cel/program.h"

namespace writ::engine::cel {
namespace {

// Variables that need variables that need variables: far more than anyone
// writes, few enough for the stack.
constexpr int kMaxResolving = 32;

}  // namespace

Value Bindings::Resolve(Slot slot) {
  Bound& bound = slots_[slot];
  if (bound.state == State::kResolving) {
    return Value::Error("the variable needs itself");
  }
  if (!resolver_) return Value::Error("the variable has no value");
  if (resolving_ >= kMaxResolving) {
    return Value::Error("too many variables need one another");
  }
  bound.state = State::kResolving;
  ++resolving_;
  Value value = resolver_(slot);
  --resolving_;
  bound = {std::move(value), State::kBound};
  return bound.value.Borrowed();
}

}  // namespace writ::engine::cel
