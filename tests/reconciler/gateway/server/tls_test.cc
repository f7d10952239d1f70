#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>

#include "reconciler/gateway/server/http_server.h"
#include "tests/reconciler/gateway/server/raw_client.h"
#include "tests/reconciler/gateway/server/scripted_entry.h"
#include "tests/support/test_certificate.h"

namespace writ::reconciler::gateway {
namespace {

using namespace std::chrono_literals;
using ::writ::testing::RawClient;
using ::writ::testing::ScriptedEntry;
using ::writ::testing::TestCertificate;

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

// What the server answers to one request over TLS; nothing where the handshake
// or the check of its certificate fails.
std::optional<std::string> Ask(std::uint16_t port, const std::string& ca_file,
                               int max_version = 0) {
  const std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>> context(
      SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_cipher_list(context.get(), "ALL:@SECLEVEL=0");
  SSL_CTX_set_max_proto_version(context.get(), max_version);
  SSL_CTX_load_verify_file(context.get(), ca_file.c_str());
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  const std::unique_ptr<BIO, Freed<BIO_free_all>> connection(
      BIO_new_ssl_connect(context.get()));
  BIO_set_conn_hostname(connection.get(),
                        ("127.0.0.1:" + std::to_string(port)).c_str());
  if (BIO_do_connect(connection.get()) != 1) return std::nullopt;
  BIO_puts(connection.get(),
           "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  std::string answer;
  char bytes[4096];
  int size = 0;
  while ((size = BIO_read(connection.get(), bytes, sizeof bytes)) > 0) {
    answer.append(bytes, static_cast<std::size_t>(size));
  }
  return answer;
}

ServerOptions With(const TestCertificate& certificate) {
  ServerOptions options;
  options.limits.phases = {60s, 60s, 60s, 60s, 60s, 60s};
  options.tls = TlsFiles{certificate.chain_file(), certificate.key_file()};
  return options;
}

TEST(TlsServer, AnswersOverTls) {
  const TestCertificate certificate;
  ScriptedEntry entry;
  auto server = HttpServer::Open(With(certificate), entry);
  ASSERT_TRUE(server.has_value());
  (*server)->Start();
  const auto answer = Ask((*server)->port(), certificate.ca_file());
  ASSERT_TRUE(answer.has_value());
  EXPECT_NE(answer->find("HTTP/1.1 200 OK"), std::string::npos);
  EXPECT_NE(answer->find("GET /a"), std::string::npos);
}

// T-25
TEST(TlsServer, SpeaksTls12OrLater) {
  const TestCertificate certificate;
  ScriptedEntry entry;
  auto server = HttpServer::Open(With(certificate), entry);
  ASSERT_TRUE(server.has_value());
  (*server)->Start();
  const std::uint16_t port = (*server)->port();
  EXPECT_FALSE(Ask(port, certificate.ca_file(), TLS1_1_VERSION).has_value());
  EXPECT_TRUE(Ask(port, certificate.ca_file(), TLS1_2_VERSION).has_value());
}

TEST(TlsServer, SaysNothingInPlainText) {
  const TestCertificate certificate;
  ScriptedEntry entry;
  auto server = HttpServer::Open(With(certificate), entry);
  ASSERT_TRUE(server.has_value());
  (*server)->Start();
  RawClient client((*server)->port());
  client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_FALSE(client.Read().has_value());
}

TEST(TlsServer, AHandshakeThatNeverComesIsTimedOut) {
  const TestCertificate certificate;
  ScriptedEntry entry;
  ServerOptions options = With(certificate);
  options.limits.phases.header = 50ms;
  auto server = HttpServer::Open(options, entry);
  ASSERT_TRUE(server.has_value());
  (*server)->Start();
  RawClient client((*server)->port());
  EXPECT_TRUE(client.IsClosed());
}

TEST(TlsServer, TakesANewCertificateForNewConnections) {
  const TestCertificate first;
  const TestCertificate second;
  ScriptedEntry entry;
  auto server = HttpServer::Open(With(first), entry);
  ASSERT_TRUE(server.has_value());
  (*server)->Start();
  const std::uint16_t port = (*server)->port();
  EXPECT_FALSE(Ask(port, second.ca_file()).has_value());
  const TlsFiles files{second.chain_file(), second.key_file()};
  ASSERT_TRUE((*server)->Reload(files, {}).has_value());
  EXPECT_TRUE(Ask(port, second.ca_file()).has_value());
  EXPECT_FALSE(Ask(port, first.ca_file()).has_value());
}

TEST(TlsServer, ABadCertificateChangesNothing) {
  const TestCertificate first;
  const TestCertificate second;
  ScriptedEntry entry;
  auto server = HttpServer::Open(With(first), entry);
  ASSERT_TRUE(server.has_value());
  (*server)->Start();
  const TlsFiles unfit{second.chain_file(), first.key_file()};
  const auto reloaded = (*server)->Reload(unfit, {});
  ASSERT_FALSE(reloaded.has_value());
  EXPECT_FALSE((*server)->Reload(TlsFiles{"/nonexistent", ""}, {}).has_value());
  EXPECT_TRUE(Ask((*server)->port(), first.ca_file()).has_value());
}

}  // namespace
}  // namespace writ::reconciler::gateway
