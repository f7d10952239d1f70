#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "reconciler/egress/address_policy.h"
#include "reconciler/egress/curl_address.h"
#include "reconciler/egress/scrub.h"
#include "reconciler/egress/smtp_client.h"
#include "reconciler/host/pipe_signal_block.h"
#include "schema/check.h"

namespace writ::reconciler {
namespace {

constexpr Duration kSmtpConnectTimeout = std::chrono::seconds(10);

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

tl::unexpected<HttpFailure> RefuseMail(std::string message,
                                       std::string remedy = {}) {
  return tl::unexpected(HttpFailure{
      TransportFailure::kRefused, false,
      Error{
          ErrorCode::kPermission, std::move(message), std::move(remedy), {}}});
}

// What could begin another command, or another host.
bool IsPlain(const std::string& text) {
  return !text.empty() &&
         std::none_of(text.begin(), text.end(), [](unsigned char c) {
           return c <= 0x20 || c == 0x7f || c == '<' || c == '>';
         });
}

bool IsHost(const std::string& host) {
  return IsPlain(host) && host.find_first_of("/?#@%\\") == std::string::npos;
}

class Delivery {
 public:
  Delivery(const Mail& mail, const HostFile& host)
      : mail_(mail), host_(host), easy_(curl_easy_init()) {
    CHECK(easy_ != nullptr);
  }

  SmtpResult Run();

 private:
  template <typename T>
  void Set(CURLoption option, T value) {
    // Every option is one that the linked libcurl has.
    CHECK(curl_easy_setopt(easy_.get(), option, value) == CURLE_OK);
  }
  void SetConnection();
  void SetMail();
  HttpFailure Explain(CURLcode code) const;

  static curl_socket_t OpenSocket(void* self, curlsocktype purpose,
                                  curl_sockaddr* address);
  static std::size_t Read(char* to, std::size_t size, std::size_t count,
                          void* self);

  const Mail& mail_;
  const HostFile& host_;
  std::unique_ptr<CURL, EasyDeleter> easy_;
  std::unique_ptr<curl_slist, ListDeleter> recipients_;
  std::array<char, CURL_ERROR_SIZE> detail_{};
  std::size_t at_ = 0;
  std::optional<IpAddress> refused_;
  bool clear_ = false;  // a password, no TLS, and no loopback address
};

curl_socket_t Delivery::OpenSocket(void* self, curlsocktype,
                                   curl_sockaddr* address) {
  auto& delivery = *static_cast<Delivery*>(self);
  const std::optional<IpAddress> ip = IpAddressOf(*address);
  if (!ip || !MayConnect(*ip, delivery.host_.networks)) {
    delivery.refused_ = ip;
    return CURL_SOCKET_BAD;
  }
  const SmtpServer& server = delivery.mail_.server;
  if (server.tls == SmtpTls::kNone && !server.password.empty() &&
      Classify(*ip) != AddressClass::kLoopback) {
    delivery.clear_ = true;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC,
                address->protocol);
}

std::size_t Delivery::Read(char* to, std::size_t size, std::size_t count,
                           void* self) {
  auto& delivery = *static_cast<Delivery*>(self);
  const std::string& text = delivery.mail_.text;
  const std::size_t take = std::min(size * count, text.size() - delivery.at_);
  std::memcpy(to, text.data() + delivery.at_, take);
  delivery.at_ += take;
  return take;
}

void Delivery::SetConnection() {
  const SmtpServer& server = mail_.server;
  const bool implicit = server.tls == SmtpTls::kImplicit;
  const bool v6 = server.host.find(':') != std::string::npos;
  const std::string url = std::string(implicit ? "smtps://" : "smtp://") +
                          (v6 ? "[" + server.host + "]" : server.host) + ":" +
                          std::to_string(server.port) + "/localhost";
  Set(CURLOPT_URL, url.c_str());
  Set(CURLOPT_PROTOCOLS_STR, implicit ? "smtps" : "smtp");
  Set(CURLOPT_NOSIGNAL, 1L);
  Set(CURLOPT_PROXY, "");
  Set(CURLOPT_NOPROXY, "*");
  Set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  Set(CURLOPT_FORBID_REUSE, 1L);
  // STARTTLS is asked for, never hoped for.
  Set(CURLOPT_USE_SSL,
      static_cast<long>(server.tls == SmtpTls::kNone ? CURLUSESSL_NONE
                                                     : CURLUSESSL_ALL));
  Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  Set(CURLOPT_SSL_VERIFYPEER, 1L);
  Set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!server.ca_file.empty()) {
    Set(CURLOPT_CAINFO, server.ca_file.c_str());
    Set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
  }
  const long timeout_ms = std::max<long>(mail_.timeout.count(), 1);
  Set(CURLOPT_TIMEOUT_MS, timeout_ms);
  Set(CURLOPT_CONNECTTIMEOUT_MS,
      std::min<long>(timeout_ms, kSmtpConnectTimeout.count()));
  Set(CURLOPT_ERRORBUFFER, detail_.data());
  Set(CURLOPT_OPENSOCKETFUNCTION, &Delivery::OpenSocket);
  Set(CURLOPT_OPENSOCKETDATA, this);
  if (!server.user.empty()) {
    Set(CURLOPT_USERNAME, server.user.c_str());
    std::string password(server.password.Reveal());
    Set(CURLOPT_PASSWORD, password.c_str());
    Wipe(password);
  }
}

void Delivery::SetMail() {
  const std::string from = "<" + mail_.from + ">";
  Set(CURLOPT_MAIL_FROM, from.c_str());
  for (const std::string& to : mail_.to) {
    curl_slist* longer =
        curl_slist_append(recipients_.get(), ("<" + to + ">").c_str());
    CHECK(longer != nullptr);
    static_cast<void>(recipients_.release());
    recipients_.reset(longer);
  }
  Set(CURLOPT_MAIL_RCPT, recipients_.get());
  Set(CURLOPT_UPLOAD, 1L);
  Set(CURLOPT_READFUNCTION, &Delivery::Read);
  Set(CURLOPT_READDATA, this);
}

HttpFailure Delivery::Explain(CURLcode code) const {
  const auto failure = [&](TransportFailure kind, std::string message) {
    const bool sent = at_ > 0;
    return HttpFailure{kind, sent,
                       Error{ErrorCode::kIo, std::move(message), {}, {}}};
  };
  const std::string& host = mail_.server.host;
  const SecretViews secrets = {mail_.server.password};
  switch (static_cast<int>(code)) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return failure(TransportFailure::kResolve,
                     "can't find the address of " + host);
    case CURLE_COULDNT_CONNECT:
      return failure(TransportFailure::kConnect, "can't connect to " + host);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CACERT_BADFILE:
      return failure(TransportFailure::kTls,
                     "no trusted connection to " + host + ": " +
                         Excerpt(detail_.data(), secrets));
    case CURLE_OPERATION_TIMEDOUT:
      return failure(
          TransportFailure::kTimeout,
          host + " didn't answer within " + FormatDuration(mail_.timeout));
    default:
      return failure(TransportFailure::kBroken,
                     "no whole answer from " + host + ": " +
                         Excerpt(detail_.data(), secrets));
  }
}

SmtpResult Delivery::Run() {
  SetConnection();
  SetMail();
  const PipeSignalBlock no_signal;
  const CURLcode code = curl_easy_perform(easy_.get());
  if (clear_) {
    return RefuseMail(
        "a password isn't sent to " + mail_.server.host + " without TLS",
        "use tls: starttls or tls: implicit");
  }
  if (refused_) {
    const Status why = host_.MayCall(*refused_);
    return RefuseMail(mail_.server.host + " is at " + refused_->Text() +
                          ", a " + std::string(Name(Classify(*refused_))) +
                          " address that this host doesn't grant",
                      why ? "" : why.error().remedy);
  }
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  // An answer that says no is an answer.
  const bool answered =
      code == CURLE_OK || (status >= 400 && code != CURLE_OPERATION_TIMEDOUT &&
                           code != CURLE_USE_SSL_FAILED);
  if (answered) return SmtpAnswer{static_cast<int>(status)};
  return tl::unexpected(Explain(code));
}

}  // namespace

CurlSmtpClient::CurlSmtpClient(HostFile host) : host_(std::move(host)) {
  static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
  CHECK(kReady == CURLE_OK);
}

SmtpResult CurlSmtpClient::Send(const Mail& mail) {
  const bool sound = IsHost(mail.server.host) && IsPlain(mail.from) &&
                     !mail.to.empty() &&
                     std::all_of(mail.to.begin(), mail.to.end(), IsPlain);
  if (!sound) return RefuseMail("that is no mail that may be sent");
  return Delivery(mail, host_).Run();
}

}  // namespace writ::reconciler
