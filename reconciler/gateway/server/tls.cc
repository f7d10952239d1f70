#include "reconciler/gateway/server/tls.h"

#include <openssl/ssl.h>

#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>
#include <string>

namespace writ::reconciler::gateway {
namespace {

namespace ssl = boost::asio::ssl;

}  // namespace

Result<std::shared_ptr<ssl::context>> MakeTlsContext(
    const TlsFiles& files) try {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  boost::system::error_code error;
  context->use_certificate_chain_file(files.certificate, error);
  if (error) {
    return Fail(ErrorCode::kIo, "can't read the certificate " +
                                    files.certificate + ": " + error.message());
  }
  // A passphrase would be asked for on the terminal.
  context->set_password_callback(
      [](std::size_t, ssl::context::password_purpose) { return ""; }, error);
  if (!error) {
    context->use_private_key_file(files.key, ssl::context::pem, error);
  }
  if (error) {
    return Fail(ErrorCode::kIo,
                "can't read the key " + files.key + ": " + error.message());
  }
  if (SSL_CTX_check_private_key(native) != 1) {
    return Fail(ErrorCode::kInvalidArgument,
                files.key + " is not the key of " + files.certificate);
  }
  return context;
} catch (const boost::system::system_error& error) {
  return Fail(ErrorCode::kIo, std::string("can't set up TLS: ") + error.what());
}

}  // namespace writ::reconciler::gateway
