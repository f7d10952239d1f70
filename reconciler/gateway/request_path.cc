#include "reconciler/gateway/request_path.h"

#include <algorithm>
#include <utility>

#include "schema/utf8.h"

namespace writ::reconciler::gateway {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

// As it came, before decoding.
bool IsPlain(char c) {
  return c > 0x20 && c < 0x7f && c != '\\' && c != ';' && c != '?' && c != '#';
}

// An encoded '%' would make a second decoding mean something else.
bool IsSegment(std::string_view decoded) {
  if (decoded == "." || decoded == "..") return false;
  if (!std::ranges::none_of(decoded, [](char c) {
        return IsControl(c) || c == '/' || c == '\\' || c == '%' || c == ';';
      })) {
    return false;
  }
  return IsValidUtf8(decoded);
}

}  // namespace

std::optional<std::string> PercentDecode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = HexDigit(text[i + 1]);
    const int low = HexDigit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

std::optional<std::vector<std::string>> SplitPath(std::string_view path) {
  if (path.empty() || path.front() != '/') return std::nullopt;
  if (!std::ranges::all_of(path, IsPlain)) return std::nullopt;
  std::vector<std::string> segments;
  if (path == "/") return segments;
  std::size_t begin = 1;
  while (true) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    auto decoded = PercentDecode(path.substr(begin, end - begin));
    if (!decoded || !IsSegment(*decoded)) return std::nullopt;
    if (decoded->empty() && end != path.size()) return std::nullopt;
    segments.push_back(*std::move(decoded));
    if (end == path.size()) return segments;
    begin = end + 1;
  }
}

Result<QueryParameters> ReadQuery(std::string_view query) {
  QueryParameters parameters;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = PercentDecode(pair.substr(0, equals));
    auto value = PercentDecode(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value) {
      return Fail(ErrorCode::kInvalidArgument,
                  "the query is not encoded properly");
    }
    for (const auto& [other, ignored] : parameters) {
      if (other != *name) continue;
      return Fail(ErrorCode::kInvalidArgument,
                  "\"" + *name + "\" stands twice in the query");
    }
    parameters.emplace_back(*std::move(name), *std::move(value));
  }
  return parameters;
}

}  // namespace writ::reconciler::gateway
