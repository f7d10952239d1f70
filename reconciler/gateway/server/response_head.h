// The status line and headers of a response, as bytes. What handlers put into
// headers can't end a header: control characters become blanks.
//
// Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "reconciler/gateway/http.h"

namespace writ::reconciler::gateway {

struct ResponseFacts {
  std::string_view date;  // as RFC 9110 has it
  std::string_view request_id;
  bool closes = false;  // the connection ends behind it
  // The body comes in chunks, of a length that nobody knows yet. A client that
  // doesn't know chunks reads until the connection ends.
  bool streams = false;
  bool chunked = false;
};

// Appends the head, the empty line included. Content-Length, Connection, Date
// and what else the server decides are left out of the handler's headers.
void AppendResponseHead(const HttpResponse& response,
                        const ResponseFacts& facts, std::string& out);

// False for 204 and 304, which have no body whatever the handler says.
bool MayHaveBody(int status);

}  // namespace writ::reconciler::gateway
