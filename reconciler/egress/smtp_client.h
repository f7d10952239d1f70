// Mail over SMTP, by the rules that hold for every call out (T-07, T-25): each
// address judged when it is connected to, TLS 1.2 or later with a certificate
// for this host, no proxy, one deadline for all of it. Without TLS only where
// it is asked for, and then no password but to loopback.
#pragma once

#include <string>
#include <vector>

#include "reconciler/egress/http_client.h"
#include "reconciler/host/host_file.h"
#include "schema/secret_value.h"
#include "schema/time.h"

namespace writ::reconciler {

enum class SmtpTls : std::uint8_t { kStartTls, kImplicit, kNone };

struct SmtpServer {
  std::string host;
  int port = 587;
  SmtpTls tls = SmtpTls::kStartTls;
  std::string user;  // empty: no login
  SecretValue password;
  std::string ca_file;  // authorities to believe instead of the system's
};

struct Mail {
  SmtpServer server;
  std::string from;
  std::vector<std::string> to;
  std::string text;  // headers and body, lines ended by CRLF
  Duration timeout = std::chrono::seconds(30);
};

// How the server answered: 250, 4xx for later, 5xx for never.
struct SmtpAnswer {
  int status = 0;
};

using SmtpResult = tl::expected<SmtpAnswer, HttpFailure>;

class SmtpClient {
 public:
  virtual ~SmtpClient() = default;
  // Blocks up to the timeout. No error text holds a password or the mail.
  virtual SmtpResult Send(const Mail& mail) = 0;
};

// Safe from any thread.
class CurlSmtpClient final : public SmtpClient {
 public:
  explicit CurlSmtpClient(HostFile host);
  SmtpResult Send(const Mail& mail) override;

 private:
  HostFile host_;
};

}  // namespace writ::reconciler
