#include "reconciler/egress/curl_http_client.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <memory>
#include <utility>

#include "reconciler/egress/address_policy.h"
#include "reconciler/egress/curl_address.h"
#include "reconciler/egress/scrub.h"
#include "reconciler/host/pipe_signal_block.h"
#include "reconciler/version.h"
#include "schema/ascii_case.h"
#include "schema/check.h"

namespace writ::reconciler {
namespace {

constexpr std::size_t kMaxHeaderBytes = std::size_t{64} << 10;
constexpr Duration kConnectTimeout = std::chrono::seconds(10);

template <auto Free>
struct CurlDeleter {
  template <typename T>
  void operator()(T* handle) const {
    Free(handle);
  }
};
using EasyHandle = std::unique_ptr<CURL, CurlDeleter<curl_easy_cleanup>>;
using UrlHandle = std::unique_ptr<CURLU, CurlDeleter<curl_url_cleanup>>;

// libcurl copies header lines and frees them as they are.
struct WipingListDeleter {
  void operator()(curl_slist* list) const {
    for (curl_slist* line = list; line != nullptr; line = line->next) {
      Wipe(line->data, std::strlen(line->data));
    }
    curl_slist_free_all(list);
  }
};
using HeaderList = std::unique_ptr<curl_slist, WipingListDeleter>;

HttpFailure Failure(TransportFailure kind, std::string message,
                    std::string remedy = {}) {
  const ErrorCode code = kind == TransportFailure::kRefused
                             ? ErrorCode::kPermission
                             : ErrorCode::kIo;
  return {kind, false, Error{code, std::move(message), std::move(remedy), {}}};
}

tl::unexpected<HttpFailure> Refuse(std::string message,
                                   std::string remedy = {}) {
  return tl::unexpected(Failure(TransportFailure::kRefused, std::move(message),
                                std::move(remedy)));
}

struct Target {
  UrlHandle url;
  std::string scheme;
  std::string host;  // as a URL has it: IPv6 in brackets
  std::string port;

  std::string Origin() const { return scheme + "://" + host + ":" + port; }
};

std::string Part(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  std::string copy = text;
  curl_free(text);
  return copy;
}

// Read once and given to libcurl as read, so that both mean the same host.
std::optional<Target> ReadUrl(const std::string& text) {
  Target target;
  target.url.reset(curl_url());
  CHECK(target.url != nullptr);
  // libcurl takes "https:///x" for the host x.
  const bool vague = text.find('\0') != std::string::npos ||
                     text.find(":///") != std::string::npos;
  if (vague) return std::nullopt;
  if (curl_url_set(target.url.get(), CURLUPART_URL, text.c_str(),
                   CURLU_DISALLOW_USER | CURLU_PATH_AS_IS) != CURLUE_OK) {
    return std::nullopt;
  }
  CURLU* url = target.url.get();
  target.scheme = Part(url, CURLUPART_SCHEME);
  target.host = LowerCased(Part(url, CURLUPART_HOST));
  target.port = Part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  const std::string path = Part(url, CURLUPART_PATH) + "/";
  const bool climbs = path.find("/../") != std::string::npos ||
                      path.find("/./") != std::string::npos;
  if (target.host.empty() || climbs) return std::nullopt;
  return target;
}

bool IsToken(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [&](unsigned char c) {
           return std::isalnum(c) != 0 ||
                  kMarks.find(static_cast<char>(c)) != std::string_view::npos;
         });
}

// One request on its way.
class Exchange {
 public:
  Exchange(const HttpRequest& request, const HostFile& host, Target target)
      : request_(request),
        host_(host),
        target_(std::move(target)),
        easy_(curl_easy_init()) {
    CHECK(easy_ != nullptr);
  }

  HttpResult Run(Resolver* resolver);

 private:
  template <typename T>
  void Set(CURLoption option, T value) {
    // Every option is one that the linked libcurl has.
    CHECK(curl_easy_setopt(easy_.get(), option, value) == CURLE_OK);
  }

  std::optional<HttpFailure> Prepare(Resolver* resolver);
  void SetLimits();
  void SetBody();
  std::optional<HttpFailure> SetHeaders();
  std::optional<HttpFailure> Pin(Resolver& resolver);
  bool Allows(const IpAddress& address) const;
  HttpFailure Explain(CURLcode code) const;

  static curl_socket_t OpenSocket(void* self, curlsocktype purpose,
                                  curl_sockaddr* address);
  static int BeforeRequest(void* self, char* to, char* from, int to_port,
                           int from_port);
  static std::size_t TakeHeader(char* bytes, std::size_t size,
                                std::size_t count, void* self);
  static std::size_t TakeBody(char* bytes, std::size_t size, std::size_t count,
                              void* self);
  static int LookAround(void* self, curl_off_t, curl_off_t, curl_off_t,
                        curl_off_t);
  bool IsSuccess() const;

  const HttpRequest& request_;
  const HostFile& host_;
  std::string ca_file_;
  Target target_;
  EasyHandle easy_;
  HeaderList headers_;
  HeaderList pinned_;
  std::array<char, CURL_ERROR_SIZE> detail_{};
  HttpResponse response_;
  SecretBuilder body_;
  std::size_t body_size_ = 0;
  std::size_t header_bytes_ = 0;
  std::optional<IpAddress> refused_;
  bool sending_ = false;
};

bool Exchange::Allows(const IpAddress& address) const {
  if (!MayConnect(address, host_.networks)) return false;
  if (request_.only_networks && !MayConnect(address, *request_.only_networks)) {
    return false;
  }
  return target_.scheme == "https" ||
         Classify(address) == AddressClass::kLoopback;
}

curl_socket_t Exchange::OpenSocket(void* self, curlsocktype,
                                   curl_sockaddr* address) {
  auto& exchange = *static_cast<Exchange*>(self);
  const std::optional<IpAddress> ip = IpAddressOf(*address);
  if (!ip || !exchange.Allows(*ip)) {
    if (ip) exchange.refused_ = ip;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC,
                address->protocol);
}

int Exchange::BeforeRequest(void* self, char*, char*, int, int) {
  static_cast<Exchange*>(self)->sending_ = true;
  return CURL_PREREQFUNC_OK;
}

std::size_t Exchange::TakeHeader(char* bytes, std::size_t size,
                                 std::size_t count, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  std::string_view line(bytes, size * count);
  exchange.header_bytes_ += line.size();
  if (exchange.header_bytes_ > kMaxHeaderBytes) return 0;
  if (line.starts_with("HTTP/")) exchange.response_.headers.clear();
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size * count;
  std::string name = LowerCased(line.substr(0, colon));
  line.remove_prefix(colon + 1);
  const std::size_t first = line.find_first_not_of(" \t");
  const std::size_t last = line.find_last_not_of(" \t\r\n");
  const bool empty =
      first == std::string_view::npos || last == std::string_view::npos;
  exchange.response_.headers.emplace_back(
      std::move(name),
      empty || last < first ? "" : line.substr(first, last - first + 1));
  return size * count;
}

std::size_t Exchange::TakeBody(char* bytes, std::size_t size, std::size_t count,
                               void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  const std::size_t got = size * count;
  if (exchange.request_.on_body && exchange.IsSuccess()) {
    exchange.request_.on_body({bytes, got});
    return got;
  }
  const std::size_t keep =
      std::min(got, exchange.request_.response_cap - exchange.body_size_);
  exchange.body_.Append({bytes, keep});
  exchange.body_size_ += keep;
  exchange.response_.cut = keep < got;
  return keep;
}

bool Exchange::IsSuccess() const {
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  return status >= 200 && status < 300;
}

int Exchange::LookAround(void* self, curl_off_t, curl_off_t, curl_off_t,
                         curl_off_t) {
  return static_cast<Exchange*>(self)->request_.is_cancelled() ? 1 : 0;
}

void Exchange::SetLimits() {
  Set(CURLOPT_NOSIGNAL, 1L);
  Set(CURLOPT_PROTOCOLS_STR, target_.scheme.c_str());
  Set(CURLOPT_FOLLOWLOCATION, 0L);
  Set(CURLOPT_PROXY, "");
  Set(CURLOPT_NOPROXY, "*");
  Set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  Set(CURLOPT_FORBID_REUSE, 1L);
  Set(CURLOPT_PATH_AS_IS, 1L);
  Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  Set(CURLOPT_SSL_VERIFYPEER, 1L);
  Set(CURLOPT_SSL_VERIFYHOST, 2L);
  ca_file_ = request_.ca_file.empty() ? host_.AuthoritiesOf(request_.url)
                                      : request_.ca_file;
  if (!ca_file_.empty()) {
    Set(CURLOPT_CAINFO, ca_file_.c_str());
    Set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
  }
  const long timeout_ms = std::max<long>(request_.timeout.count(), 1);
  Set(CURLOPT_TIMEOUT_MS, timeout_ms);
  Set(CURLOPT_CONNECTTIMEOUT_MS,
      std::min<long>(timeout_ms, kConnectTimeout.count()));
  Set(CURLOPT_ERRORBUFFER, detail_.data());
  Set(CURLOPT_OPENSOCKETFUNCTION, &Exchange::OpenSocket);
  Set(CURLOPT_OPENSOCKETDATA, this);
  Set(CURLOPT_PREREQFUNCTION, &Exchange::BeforeRequest);
  Set(CURLOPT_PREREQDATA, this);
  Set(CURLOPT_HEADERFUNCTION, &Exchange::TakeHeader);
  Set(CURLOPT_HEADERDATA, this);
  Set(CURLOPT_WRITEFUNCTION, &Exchange::TakeBody);
  Set(CURLOPT_WRITEDATA, this);
  if (!request_.is_cancelled) return;
  Set(CURLOPT_NOPROGRESS, 0L);
  Set(CURLOPT_XFERINFOFUNCTION, &Exchange::LookAround);
  Set(CURLOPT_XFERINFODATA, this);
}

void Exchange::SetBody() {
  if (request_.method == "HEAD") Set(CURLOPT_NOBODY, 1L);
  const bool has_body = !request_.body.empty() || request_.method == "POST" ||
                        request_.method == "PUT" || request_.method == "PATCH";
  if (has_body) {
    const std::string_view body = request_.body.Reveal();
    // Not copied: the request outlives the exchange.
    Set(CURLOPT_POSTFIELDS, body.empty() ? "" : body.data());
    Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  }
  Set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
}

std::optional<HttpFailure> Exchange::SetHeaders() {
  bool has_type = false;
  bool has_agent = false;
  const auto add = [&](const char* line) {
    curl_slist* longer = curl_slist_append(headers_.get(), line);
    CHECK(longer != nullptr);
    static_cast<void>(headers_.release());
    headers_.reset(longer);
  };
  for (const HttpHeader& header : request_.headers) {
    const std::string_view value = header.value.Reveal();
    const bool splits = std::any_of(value.begin(), value.end(), [](char c) {
      return c == '\r' || c == '\n' || c == '\0';
    });
    if (!IsToken(header.name) || splits) {
      return Failure(TransportFailure::kRefused,
                     "the header " + Excerpt(header.name, {}) +
                         " holds what no header may hold");
    }
    std::string line = header.name;
    // A colon and nothing else would take the header out.
    line += value.empty() ? ";" : ": ";
    line += value;
    add(line.c_str());
    Wipe(line);
    has_type = has_type || strcasecmp(header.name.c_str(), "content-type") == 0;
    has_agent = has_agent || strcasecmp(header.name.c_str(), "user-agent") == 0;
  }
  add("Expect:");
  if (!has_type) add("Content-Type:");
  if (!has_agent) {
    add(("User-Agent: writ/" + std::string(kVersion)).c_str());
  }
  Set(CURLOPT_HTTPHEADER, headers_.get());
  return std::nullopt;
}

std::optional<HttpFailure> Exchange::Pin(Resolver& resolver) {
  if (ParseIpAddress(target_.host) || target_.host.starts_with('[')) {
    return std::nullopt;
  }
  const auto addresses = resolver.Resolve(target_.host);
  if (!addresses || addresses->empty()) {
    return Failure(TransportFailure::kResolve,
                   "can't find the address of " + target_.host);
  }
  std::string line = target_.host + ":" + target_.port + ":";
  for (const IpAddress& address : *addresses) {
    if (!line.ends_with(':')) line += ',';
    const bool v6 = address.family == IpAddress::Family::kV6;
    line += v6 ? "[" + address.Text() + "]" : address.Text();
  }
  pinned_.reset(curl_slist_append(nullptr, line.c_str()));
  CHECK(pinned_ != nullptr);
  Set(CURLOPT_RESOLVE, pinned_.get());
  return std::nullopt;
}

std::optional<HttpFailure> Exchange::Prepare(Resolver* resolver) {
  if (!IsToken(request_.method)) {
    return Failure(TransportFailure::kRefused, "that is no HTTP method");
  }
  Set(CURLOPT_CURLU, target_.url.get());
  SetLimits();
  SetBody();
  if (auto failure = SetHeaders()) return failure;
  return resolver == nullptr ? std::nullopt : Pin(*resolver);
}

HttpFailure Exchange::Explain(CURLcode code) const {
  const std::string origin = target_.Origin();
  switch (static_cast<int>(code)) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return Failure(TransportFailure::kResolve,
                     "can't find the address of " + target_.host);
    case CURLE_COULDNT_CONNECT:
      return Failure(TransportFailure::kConnect, "can't connect to " + origin);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return Failure(TransportFailure::kTls, "no trusted connection to " +
                                                 origin + ": " +
                                                 Excerpt(detail_.data(), {}));
    case CURLE_ABORTED_BY_CALLBACK:
      return Failure(TransportFailure::kCancelled,
                     "the exchange with " + origin + " was given up");
    case CURLE_OPERATION_TIMEDOUT:
      return Failure(
          TransportFailure::kTimeout,
          origin + " didn't answer within " + FormatDuration(request_.timeout));
    default:
      return Failure(
          TransportFailure::kBroken,
          "no answer from " + origin + ": " + curl_easy_strerror(code));
  }
}

HttpResult Exchange::Run(Resolver* resolver) {
  if (auto failure = Prepare(resolver)) {
    return tl::unexpected(std::move(*failure));
  }
  const PipeSignalBlock block;
  const CURLcode code = curl_easy_perform(easy_.get());
  const bool cut = code == CURLE_WRITE_ERROR && response_.cut;
  if (code == CURLE_OK || cut) {
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    response_.status = static_cast<int>(status);
    response_.body = body_.Finish();
    return std::move(response_);
  }
  if (refused_ && !sending_) {
    const Status why = host_.MayCall(*refused_);
    const bool plain = target_.scheme != "https";
    return Refuse(
        target_.host + " is at " + refused_->Text() + ", a " +
            std::string(Name(Classify(*refused_))) + " address that " +
            (plain ? "isn't called without TLS" : "this host doesn't grant"),
        why ? "" : why.error().remedy);
  }
  HttpFailure failure = Explain(code);
  failure.maybe_sent = sending_;
  return tl::unexpected(std::move(failure));
}

}  // namespace

CurlHttpClient::CurlHttpClient(HostFile host, Resolver* resolver)
    : host_(std::move(host)), resolver_(resolver) {
  static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
  CHECK(kReady == CURLE_OK);
}

HttpResult CurlHttpClient::Send(const HttpRequest& request) {
  std::optional<Target> target = ReadUrl(request.url);
  if (!target) return Refuse("that is no URL that may be called");
  if (target->scheme != "https" && target->scheme != "http") {
    return Refuse(target->scheme + " is no way to call anybody",
                  "write it with https://");
  }
  if (!request.credential_origin.empty()) {
    const std::optional<Target> owner = ReadUrl(request.credential_origin);
    if (!owner || owner->Origin() != target->Origin()) {
      return Refuse("the credential of " +
                    std::string(OriginOf(request.credential_origin)) +
                    " doesn't go to " + target->Origin());
    }
  }
  return Exchange(request, host_, std::move(*target)).Run(resolver_);
}

}  // namespace writ::reconciler
