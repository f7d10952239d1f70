// SQLite's failures in writ's words. Exceptions of the library end here:
// Guarded runs a body and turns what it throws into an Error.
#pragma once

#include <SQLiteCpp/Exception.h>

#include <string>
#include <string_view>
#include <utility>

#include "schema/result.h"

namespace writ::reconciler {

// `code` may be an extended one; `text` is what SQLite says.
Error ToError(int code, std::string_view text);

// For what is stored and can't be: throw CorruptState("…").
SQLite::Exception CorruptState(const std::string& what);

// `doing`: "reading resources".
template <typename Body>
auto Guarded(std::string_view doing, Body&& body) -> decltype(body()) {
  try {
    return std::forward<Body>(body)();
  } catch (const SQLite::Exception& exception) {
    Error error = ToError(exception.getExtendedErrorCode() > 0
                              ? exception.getExtendedErrorCode()
                              : exception.getErrorCode(),
                          exception.what());
    error.context.push_back("while " + std::string(doing));
    return tl::unexpected<Error>(std::move(error));
  }
}

}  // namespace writ::reconciler
