// The form of a request, judged before any handler sees it: what two programs
// on the way could read differently is refused, and so is a credential where
// logs would keep it. Beast parses; this says what it is too kind to.
//
// Pure; safe from any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/gateway/http.h"
#include "reconciler/host/ip_network.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

// A refusal by form, as a problem document says it (problem.h).
struct Refusal {
  int status = 400;
  std::string_view code = "malformed_request";
  std::string detail;
};

// The bytes of a head so far, looked at from `from` on: lines end in CRLF and
// nothing else, there are no control characters but tabs, nothing beyond
// ASCII.
std::optional<Refusal> CheckHeadBytes(std::string_view bytes, std::size_t from);

// A whole head, CRLFCRLF included, which CheckHeadBytes found nothing in: no
// folded lines, no blank before a colon, no more than `max_headers`.
std::optional<Refusal> CheckHeadLines(std::string_view head,
                                      std::size_t max_headers);

struct HeadFacts {
  std::string_view target;  // as it was sent
  int version = 11;         // 10 for HTTP/1.0
};

// A parsed head: one Host that is one, one way to tell where the body ends
// (RFC 9112, section 6), a target that is a path (origin-form), no credential
// in the query, an Expect that can be met.
std::optional<Refusal> CheckHead(const HttpRequest& request,
                                 const HeadFacts& facts);

// True for "access_token=…" and its like, and for anything in a query that is
// shaped like a token of writ's, encoded or not.
bool QueryHoldsCredential(std::string_view query);

// The client of a request that came from `peer`: `peer` itself unless it is a
// trusted proxy, then the rightmost hop of X-Forwarded-For that is none (where
// all are: the leftmost). kInvalidArgument where a trusted proxy sends the
// header twice or something in it is no address.
Result<IpAddress> ClientOf(const HttpRequest& request, const IpAddress& peer,
                           const std::vector<IpNetwork>& trusted);

bool IsIn(const IpAddress& address, const std::vector<IpNetwork>& networks);

// An IPv4 address that came in IPv6 clothes (::ffff:192.0.2.1), as itself.
IpAddress Unmapped(const IpAddress& address);

// An id that a client chose and that may go on: 1 to 128 of [0-9A-Za-z._-],
// no credential.
bool IsRequestId(std::string_view text);

}  // namespace writ::reconciler::gateway
