#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "reconciler/egress/smtp_client.h"

namespace writ::reconciler {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Takes one connection and speaks SMTP as it's told to.
class SmtpServerStub {
 public:
  explicit SmtpServerStub(std::string on_data = "250 taken",
                          std::string features = "250 8BITMIME")
      : on_data_(std::move(on_data)), features_(std::move(features)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address),
                     sizeof address),
              0);
    EXPECT_EQ(::listen(listener_, 4), 0);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~SmtpServerStub() { Finish(); }

  int port() const { return port_; }
  // All that the client said; waits for its end.
  const std::string& Finish() {
    if (thread_.joinable()) {
      ::shutdown(listener_, SHUT_RDWR);
      thread_.join();
      ::close(listener_);
    }
    return said_;
  }

 private:
  static void Answer(int connection, const std::string& line) {
    const std::string text = line + "\r\n";
    (void)!::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
  }

  void Serve() {
    const int connection = ::accept(listener_, nullptr, nullptr);
    if (connection < 0) return;
    Answer(connection, "220 stub");
    std::string line;
    bool body = false;
    bool login = false;
    char c = 0;
    while (::recv(connection, &c, 1, 0) == 1) {
      said_ += c;
      line += c;
      if (!line.ends_with("\r\n")) continue;
      if (login) {
        login = false;
        Answer(connection, "235 welcome");
      } else if (body) {
        body = line != ".\r\n";
        if (!body) Answer(connection, on_data_);
      } else if (line.starts_with("EHLO")) {
        Answer(connection, "250-stub");
        Answer(connection, features_);
      } else if (line.starts_with("AUTH")) {
        Answer(connection, "334 ");
        login = true;
      } else if (line.starts_with("DATA")) {
        body = true;
        Answer(connection, "354 go on");
      } else if (line.starts_with("QUIT")) {
        Answer(connection, "221 bye");
        break;
      } else {
        Answer(connection, "250 fine");
      }
      line.clear();
    }
    ::close(connection);
  }

  std::string on_data_;
  std::string features_;
  int listener_ = -1;
  int port_ = 0;
  std::thread thread_;
  std::string said_;
};

HostFile Loopback() {
  HostFile host;
  host.networks = {*ParseIpNetwork("127.0.0.0/8")};
  return host;
}

Mail MailTo(int port) {
  Mail mail;
  mail.server.host = "127.0.0.1";
  mail.server.port = port;
  mail.server.tls = SmtpTls::kNone;
  mail.from = "writ@example.org";
  mail.to = {"a@example.org", "b@example.org"};
  mail.text = "Subject: x\r\n\r\n.leading dot\r\n";
  return mail;
}

TEST(CurlSmtpClient, SendsAMailToEveryRecipient) {
  SmtpServerStub server;
  CurlSmtpClient client(Loopback());
  const SmtpResult sent = client.Send(MailTo(server.port()));
  ASSERT_TRUE(sent) << Describe(sent.error().error);
  EXPECT_EQ(sent->status / 100, 2);
  const std::string& said = server.Finish();
  EXPECT_THAT(said, HasSubstr("MAIL FROM:<writ@example.org>"));
  EXPECT_THAT(said, HasSubstr("RCPT TO:<a@example.org>"));
  EXPECT_THAT(said, HasSubstr("RCPT TO:<b@example.org>"));
  EXPECT_THAT(said, HasSubstr("\r\n..leading dot\r\n.\r\n"));
}

TEST(CurlSmtpClient, TellsARefusalByItsStatus) {
  SmtpServerStub server("452 full");
  CurlSmtpClient client(Loopback());
  const SmtpResult sent = client.Send(MailTo(server.port()));
  ASSERT_TRUE(sent) << Describe(sent.error().error);
  EXPECT_EQ(sent->status, 452);
}

// T-25: TLS that was asked for isn't left out where the server has none.
TEST(CurlSmtpClient, SendsNothingWithoutTheTlsThatWasAskedFor) {
  SmtpServerStub server;
  CurlSmtpClient client(Loopback());
  Mail mail = MailTo(server.port());
  mail.server.tls = SmtpTls::kStartTls;
  mail.server.user = "u";
  mail.server.password = SecretValue::Copy("hunter2-canary");
  const SmtpResult sent = client.Send(mail);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().kind, TransportFailure::kTls);
  EXPECT_THAT(server.Finish(), Not(HasSubstr("MAIL FROM")));
  EXPECT_THAT(server.Finish(), Not(HasSubstr("AUTH")));
  EXPECT_THAT(Describe(sent.error().error), Not(HasSubstr("hunter2")));
}

// T-25: on loopback a password may go in the clear, where that was asked for.
TEST(CurlSmtpClient, LogsInOnLoopback) {
  SmtpServerStub server("250 taken", "250 AUTH PLAIN");
  CurlSmtpClient client(Loopback());
  Mail mail = MailTo(server.port());
  mail.server.user = "u";
  mail.server.password = SecretValue::Copy("p");
  EXPECT_TRUE(client.Send(mail));
  EXPECT_THAT(server.Finish(), HasSubstr("AUTH PLAIN"));
}

// T-07: the same rules of addresses as for HTTP.
TEST(CurlSmtpClient, RefusesAddressesThatTheHostDoesNotGrant) {
  SmtpServerStub server;
  CurlSmtpClient client{HostFile()};
  const SmtpResult sent = client.Send(MailTo(server.port()));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().kind, TransportFailure::kRefused);
  EXPECT_THAT(sent.error().error.message, HasSubstr("loopback"));
}

TEST(CurlSmtpClient, RefusesWhatCouldSayMoreThanAnAddress) {
  CurlSmtpClient client(Loopback());
  for (const char* bad :
       {"", "a@b.example\r\nRCPT TO:<x@y.example>", "a b", "a@b.example> x"}) {
    Mail mail = MailTo(1);
    mail.to = {bad};
    const SmtpResult sent = client.Send(mail);
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().kind, TransportFailure::kRefused) << bad;
    mail = MailTo(1);
    mail.from = bad;
    EXPECT_EQ(client.Send(mail).error().kind, TransportFailure::kRefused);
  }
  for (const char* bad : {"", "h/x", "u@h", "h x", "h?x", "h#x"}) {
    Mail mail = MailTo(1);
    mail.server.host = bad;
    EXPECT_EQ(client.Send(mail).error().kind, TransportFailure::kRefused)
        << bad;
  }
}

TEST(CurlSmtpClient, SaysThatNobodyListens) {
  int port = 0;
  {
    SmtpServerStub gone;
    port = gone.port();
  }
  CurlSmtpClient client(Loopback());
  const SmtpResult sent = client.Send(MailTo(port));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().kind, TransportFailure::kConnect);
}

}  // namespace
}  // namespace writ::reconciler
