// Result<T>: a value, or the Error that kept it from being. Status: the same
// without a value. TRY(expression) yields the value or returns the error from
// the enclosing function.
//
//   Result<Plan> MakePlan() {
//     Snapshot snapshot = TRY(store.ReadSnapshot());
//     TRY(Check(snapshot));
//     ...
//   }
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "schema/error.h"

namespace writ {

template <typename T>
using Result = tl::expected<T, Error>;
using Status = tl::expected<void, Error>;

// An error to return: `return Fail(ErrorCode::kNotFound, "no such ref")`.
inline tl::unexpected<Error> Fail(ErrorCode code, std::string message,
                                  std::string remedy = {}) {
  return tl::unexpected<Error>(
      Error{code, std::move(message), std::move(remedy), {}});
}

// Adds what was being done to an error on its way up.
template <typename T>
Result<T> While(Result<T> result, std::string context) {
  if (!result) result.error().context.push_back("while " + std::move(context));
  return result;
}

namespace internal {

// What TRY yields; tl::expected<void> has no value() for a temporary.
template <typename T>
T TakeValue(Result<T>&& result) {
  return *std::move(result);
}
inline void TakeValue(Status&&) {}

}  // namespace internal
}  // namespace writ

// A statement expression, marked as an extension so that -Wpedantic passes.
#define TRY(...)                                             \
  __extension__({                                            \
    auto writ_try_result = (__VA_ARGS__);                    \
    if (!writ_try_result) [[unlikely]] {                     \
      return ::tl::unexpected<::writ::Error>(                \
          std::move(writ_try_result).error());               \
    }                                                        \
    ::writ::internal::TakeValue(std::move(writ_try_result)); \
  })
