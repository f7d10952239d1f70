#include "reconciler/gateway/http.h"

#include <algorithm>

#include "schema/ascii_case.h"
#include "schema/check.h"

namespace writ::reconciler::gateway {
namespace {

bool IsNamed(const HttpHeader& header, std::string_view name) {
  return EqualsIgnoringCase(header.name, name);
}

}  // namespace

std::size_t HttpRequest::CountHeader(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      headers,
      [&](const HttpHeader& header) { return IsNamed(header, name); }));
}

std::string_view HttpRequest::Agent() const {
  constexpr std::size_t kLongest = 256;
  return Header("User-Agent").value_or("").substr(0, kLongest);
}

std::optional<std::string_view> HttpRequest::Header(
    std::string_view name) const {
  const auto named = [&](const HttpHeader& header) {
    return IsNamed(header, name);
  };
  const auto found = std::ranges::find_if(headers, named);
  if (found == headers.end()) return std::nullopt;
  if (std::find_if(found + 1, headers.end(), named) != headers.end()) {
    return std::nullopt;
  }
  return found->value;
}

const std::string& HttpRequest::Param(std::string_view name) const {
  const auto found = std::ranges::find(
      params, name, &std::pair<std::string_view, std::string>::first);
  CHECK(found != params.end());
  return found->second;
}

}  // namespace writ::reconciler::gateway
