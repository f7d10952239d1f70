// What a TLS server is made of: TLS 1.2 or later, the certificate with its
// chain, and the key that fits. Private to this folder.
#pragma once

// Asio 1.74 lacks this include (awaitable.hpp).
#include <utility>

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "reconciler/gateway/server/http_server.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

// kIo where a file can't be read or isn't PEM, kInvalidArgument where the key
// isn't the certificate's.
Result<std::shared_ptr<boost::asio::ssl::context>> MakeTlsContext(
    const TlsFiles& files);

}  // namespace writ::reconciler::gateway
