// Calls to one JSON API with one credential: what every target that speaks HTTP
// shares. It keeps the deadline, tells the classes of failures apart, and
// scrubs what is said about them.
//
//   429; 403 without requests left   throttled
//   401, 403                         auth
//   404, 410                         gone
//   409, 412                         conflict
//   408; 5xx, no answer, no JSON     unknown when writing, else transient
//   3xx, other 4xx                   invalid
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/egress/scrub.h"
#include "reconciler/egress/secret_json.h"
#include "reconciler/targets/make_target.h"

namespace writ::reconciler::targets {

// An answer that a target reads as "not there yet".
inline constexpr int kNotFound = 404;

struct ApiCall {
  std::string method = "GET";
  std::string path;  // and query, after the base URL
  SecretValue body = {};
  std::string content_type = "application/json";
  std::vector<HttpHeader> headers = {};  // of this call alone
  // What's in the body, or may be in the answer: kept out of texts.
  const SecretValue* value = nullptr;
  // Reads change nothing, whatever their method: no answer isn't "unknown".
  bool reads = false;
};

struct ApiReply {
  int status = 0;
  SecretJson json;   // null where there is no body
  SecretValue text;  // as it came
};

class ApiClient {
 public:
  struct Options {
    std::string base_url;                  // without a slash at the end
    std::vector<HttpHeader> headers = {};  // of every call
    std::string name;                      // "Vault", for texts
  };

  // Takes the secrets, the deadline and the clients from the setup.
  ApiClient(TargetSetup& setup, Options options);

  // A 2xx, with JSON or nothing in it. Statuses in `also` pass as well.
  TargetResult<ApiReply> Call(const ApiCall& call,
                              const std::vector<int>& also = {});

  const SecretValue& Secret(std::string_view field) const;
  // Milliseconds until the deadline, at least 1.
  Duration Remaining() const;
  // "Vault says: …", scrubbed.
  std::string Said(const ApiReply& reply, const SecretValue* value) const;

 private:
  TargetFailure FromTransport(const HttpFailure& failure, bool writes) const;
  std::optional<TargetFailure> FromStatus(const HttpResponse& response,
                                          const ApiCall& call) const;
  SecretViews Known(const SecretValue* value) const;

  AccessSecrets secrets_;
  HttpClient& http_;
  const Clock& clock_;
  std::chrono::nanoseconds deadline_;
  std::string ca_file_;
  Options options_;
};

// The setup's block: spec.<type>.
const Value& BlockOf(const TargetSetup& setup);
// A text of the block, or empty.
std::string TextOf(const TargetSetup& setup, std::string_view field);
// kInvalidArgument where the setup lacks one of the secrets that the spec
// names.
Status WantSecrets(const TargetSetup& setup);
// What the host file binds the type to, else `usual`.
std::string BaseUrlOf(const TargetSetup& setup, std::string_view usual);
// "Bearer …".
HttpHeader Bearer(const TargetSetup& setup);

// A variable's name as shells and APIs take it: letters, digits, _, not
// beginning with a digit, at most 255.
TargetStatus CheckVariableName(const std::string& name);
// Text that JSON can carry as it is.
TargetStatus CheckText(const SecretValue& value, std::size_t most);

// How long a response asks to wait: Retry-After in seconds or as a date, else
// the reset headers that some send.
std::optional<Duration> RetryAfter(const HttpResponse& response, Timestamp now);

// For what a target can't do.
TargetStatus NothingToActivate();
tl::unexpected<TargetFailure> CannotRestore();

}  // namespace writ::reconciler::targets
