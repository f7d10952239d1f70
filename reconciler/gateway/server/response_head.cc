#include "reconciler/gateway/server/response_head.h"

#include <algorithm>
#include <array>

#include "reconciler/gateway/problem.h"
#include "schema/ascii_case.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::array<std::string_view, 8> kOfTheServer = {
    "connection", "content-length",    "content-type", "date",
    "server",     "transfer-encoding", "x-request-id", "x-content-type-options",
};

bool IsOfTheServer(std::string_view name) {
  return std::ranges::any_of(kOfTheServer, [&](std::string_view own) {
    return EqualsIgnoringCase(name, own);
  });
}

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

void AppendVisible(std::string_view text, std::string& out) {
  const std::size_t start = out.size();
  out += text;
  std::replace_if(out.begin() + static_cast<std::ptrdiff_t>(start), out.end(),
                  IsControl, ' ');
}

void AppendHeader(std::string_view name, std::string_view value,
                  std::string& out) {
  AppendVisible(name, out);
  out += ": ";
  AppendVisible(value, out);
  out += "\r\n";
}

}  // namespace

bool MayHaveBody(int status) { return status != 204 && status != 304; }

void AppendResponseHead(const HttpResponse& response,
                        const ResponseFacts& facts, std::string& out) {
  out += "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out += ReasonOf(response.status);
  out += "\r\n";
  AppendHeader("Date", facts.date, out);
  if (MayHaveBody(response.status)) {
    AppendHeader("Content-Type", response.content_type, out);
    if (!facts.streams) {
      AppendHeader("Content-Length", std::to_string(response.body.size()), out);
    } else if (facts.chunked) {
      AppendHeader("Transfer-Encoding", "chunked", out);
    }
  }
  AppendHeader("X-Request-Id", facts.request_id, out);
  out += "X-Content-Type-Options: nosniff\r\n";
  bool has_cache_control = false;
  for (const HttpHeader& header : response.headers) {
    if (IsOfTheServer(header.name)) continue;
    has_cache_control |= EqualsIgnoringCase(header.name, "cache-control");
    AppendHeader(header.name, header.value, out);
  }
  if (!has_cache_control) out += "Cache-Control: no-store\r\n";
  if (facts.closes) out += "Connection: close\r\n";
  out += "\r\n";
}

}  // namespace writ::reconciler::gateway
