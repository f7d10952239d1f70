#include "reconciler/gateway/server/request_checks.h"

#include <algorithm>
#include <array>
#include <utility>

#include "reconciler/gateway/credential_text.h"
#include "reconciler/gateway/request_path.h"
#include "schema/ascii_case.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::size_t kMaxHops = 32;
constexpr std::size_t kMaxRequestId = 128;
constexpr std::size_t kMaxLengthDigits = 18;

// Names under which other systems take credentials in a query.
constexpr std::array<std::string_view, 13> kCredentialNames = {
    "access_token", "accesstoken", "api_key",       "api-key", "apikey",
    "auth",         "auth_token",  "authorization", "bearer",  "client_secret",
    "secret",       "token",       "x-api-key",
};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsAlnum(char c) {
  return IsDigit(c) || (LowerCase(c) >= 'a' && LowerCase(c) <= 'z');
}

// RFC 9110, section 5.6.2.
bool IsTokenCharacter(char c) {
  return IsAlnum(c) ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

std::string_view Trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

Refusal Malformed(std::string detail) {
  Refusal refusal;
  refusal.detail = std::move(detail);
  return refusal;
}

std::optional<Refusal> CheckFieldLine(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') {
    return Malformed("a header goes on in a second line");
  }
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, std::min(colon, line.size()));
  if (colon == std::string_view::npos || name.empty() ||
      !std::ranges::all_of(name, IsTokenCharacter)) {
    return Malformed("a header's name is not one");
  }
  return std::nullopt;
}

// "example.com:443", "[2001:db8::1]:80".
bool IsHost(std::string_view host) {
  if (host.empty() || host.size() > 255) return false;
  if (host.front() == '[') {
    const std::size_t end = host.find(']');
    if (end == std::string_view::npos) return false;
    const auto inner = ParseIpAddress(host.substr(1, end - 1));
    if (!inner || inner->family != IpAddress::Family::kV6) return false;
    const std::string_view port = host.substr(end + 1);
    return port.empty() || (port.front() == ':' &&
                            std::ranges::all_of(port.substr(1), IsDigit));
  }
  const std::size_t colon = host.find(':');
  const std::string_view name = host.substr(0, std::min(colon, host.size()));
  if (name.empty() || !std::ranges::all_of(name, [](char c) {
        return IsAlnum(c) || c == '-' || c == '.' || c == '_';
      })) {
    return false;
  }
  return colon == std::string_view::npos ||
         std::ranges::all_of(host.substr(colon + 1), IsDigit);
}

std::optional<Refusal> CheckHost(const HttpRequest& request) {
  const auto host = request.Header("Host");
  if (!host) return Malformed("there must be one Host header");
  if (!IsHost(*host)) return Malformed("the Host header is not a host");
  return std::nullopt;
}

// Where the body ends has one answer, or none is given.
std::optional<Refusal> CheckFraming(const HttpRequest& request, int version) {
  const std::size_t lengths = request.CountHeader("Content-Length");
  const std::size_t codings = request.CountHeader("Transfer-Encoding");
  if (lengths > 0 && codings > 0) {
    return Malformed("Content-Length and Transfer-Encoding exclude each other");
  }
  if (lengths > 1) return Malformed("Content-Length is there twice");
  if (lengths == 1) {
    const std::string_view length = *request.Header("Content-Length");
    if (length.empty() || length.size() > kMaxLengthDigits ||
        !std::ranges::all_of(length, IsDigit)) {
      return Malformed("Content-Length is not a length");
    }
  }
  if (codings == 0) return std::nullopt;
  if (version < 11) return Malformed("HTTP/1.0 has no Transfer-Encoding");
  const auto coding = request.Header("Transfer-Encoding");
  if (!coding || !EqualsIgnoringCase(*coding, "chunked")) {
    return Refusal{501, "unsupported_transfer_encoding",
                   "the only Transfer-Encoding taken is \"chunked\""};
  }
  return std::nullopt;
}

std::optional<Refusal> CheckTarget(std::string_view target) {
  if (target.empty() || target.front() != '/') {
    return Malformed("the request's target must be a path");
  }
  if (target.find('#') != std::string_view::npos) {
    return Malformed("the request's target has a fragment");
  }
  return std::nullopt;
}

bool IsCredentialParameter(std::string_view parameter) {
  const std::string_view raw =
      parameter.substr(0, std::min(parameter.find('='), parameter.size()));
  std::string name = PercentDecode(raw).value_or(std::string(raw));
  std::ranges::transform(name, name.begin(), LowerCase);
  return std::ranges::find(kCredentialNames, name) != kCredentialNames.end();
}

Result<IpAddress> ParseHop(std::string_view text) {
  const auto address = ParseIpAddress(Trim(text));
  if (address) return Unmapped(*address);
  return Fail(ErrorCode::kInvalidArgument,
              "X-Forwarded-For holds something that is no address");
}

Result<std::vector<IpAddress>> ParseHops(std::string_view text) {
  std::vector<IpAddress> hops;
  while (true) {
    if (hops.size() == kMaxHops) {
      return Fail(ErrorCode::kInvalidArgument,
                  "X-Forwarded-For holds more than " +
                      std::to_string(kMaxHops) + " addresses");
    }
    const std::size_t comma = std::min(text.find(','), text.size());
    hops.push_back(TRY(ParseHop(text.substr(0, comma))));
    if (comma == text.size()) return hops;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

std::optional<Refusal> CheckHeadBytes(std::string_view bytes,
                                      std::size_t from) {
  for (std::size_t i = from; i < bytes.size(); ++i) {
    const char c = bytes[i];
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) continue;
    const bool ends_line = c == '\n' && i > 0 && bytes[i - 1] == '\r';
    const bool begins_end =
        c == '\r' && (i + 1 == bytes.size() || bytes[i + 1] == '\n');
    if (c == '\t' || ends_line || begins_end) continue;
    return Malformed("a byte that may not stand in a request's head");
  }
  return std::nullopt;
}

std::optional<Refusal> CheckHeadLines(std::string_view head,
                                      std::size_t max_headers) {
  std::size_t begin = head.find("\r\n") + 2;
  std::size_t count = 0;
  while (true) {
    const std::size_t end = head.find("\r\n", begin);
    if (end == begin || end == std::string_view::npos) return std::nullopt;
    if (++count > max_headers) {
      return Refusal{
          431, "too_many_headers",
          "a request may have " + std::to_string(max_headers) + " headers"};
    }
    auto refusal = CheckFieldLine(head.substr(begin, end - begin));
    if (refusal) return refusal;
    begin = end + 2;
  }
}

std::optional<Refusal> CheckHead(const HttpRequest& request,
                                 const HeadFacts& facts) {
  if (auto refusal = CheckTarget(facts.target)) return refusal;
  if (auto refusal = CheckHost(request)) return refusal;
  if (auto refusal = CheckFraming(request, facts.version)) return refusal;
  if (request.CountHeader("Expect") > 0) {
    const auto expected = request.Header("Expect");
    if (!expected || !EqualsIgnoringCase(*expected, "100-continue")) {
      return Refusal{417, "expectation_failed",
                     "the only Expect met is \"100-continue\""};
    }
  }
  if (!request.query.empty() && QueryHoldsCredential(request.query)) {
    return Refusal{400, "credential_in_query",
                   "a credential belongs into the Authorization header; the "
                   "one in this query may have been logged on the way: "
                   "replace it"};
  }
  return std::nullopt;
}

bool QueryHoldsCredential(std::string_view query) {
  if (HoldsCredential(query)) return true;
  const auto decoded = PercentDecode(query);
  if (decoded && HoldsCredential(*decoded)) return true;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find_first_of("&;"), query.size());
    if (IsCredentialParameter(query.substr(0, end))) return true;
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return false;
}

bool IsIn(const IpAddress& address, const std::vector<IpNetwork>& networks) {
  return std::ranges::any_of(networks, [&](const IpNetwork& network) {
    return network.Contains(address);
  });
}

IpAddress Unmapped(const IpAddress& address) {
  constexpr std::array<std::uint8_t, 12> kPrefix = {0, 0, 0, 0, 0,    0,
                                                    0, 0, 0, 0, 0xff, 0xff};
  if (address.family != IpAddress::Family::kV6 ||
      !std::equal(kPrefix.begin(), kPrefix.end(), address.bytes.begin())) {
    return address;
  }
  IpAddress plain;
  std::copy_n(address.bytes.begin() + kPrefix.size(), 4, plain.bytes.begin());
  return plain;
}

Result<IpAddress> ClientOf(const HttpRequest& request, const IpAddress& peer,
                           const std::vector<IpNetwork>& trusted) {
  if (!IsIn(peer, trusted)) return peer;
  const std::size_t count = request.CountHeader("X-Forwarded-For");
  if (count == 0) return peer;
  if (count > 1) {
    return Fail(ErrorCode::kInvalidArgument, "X-Forwarded-For is there twice");
  }
  const auto hops = TRY(ParseHops(*request.Header("X-Forwarded-For")));
  const auto rightmost =
      std::find_if(hops.rbegin(), hops.rend(),
                   [&](const IpAddress& hop) { return !IsIn(hop, trusted); });
  return rightmost == hops.rend() ? hops.front() : *rightmost;
}

bool IsRequestId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxRequestId &&
         std::ranges::all_of(text,
                             [](char c) {
                               return IsAlnum(c) || c == '.' || c == '_' ||
                                      c == '-';
                             }) &&
         !HoldsCredential(text);
}

}  // namespace writ::reconciler::gateway
