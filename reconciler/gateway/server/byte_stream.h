// A connection's bytes, plain or under TLS: what a Connection drives. Each
// operation ends in the call of the Connection that it names, on the thread of
// the socket's event loop; never before it returns.
//
// Private to this folder, as are all headers here that know Asio.
#pragma once

// Asio 1.74 lacks this include (awaitable.hpp).
#include <utility>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>

namespace writ::reconciler::gateway {

class Connection;

using Tcp = boost::asio::ip::tcp;
using boost::system::error_code;

class ByteStream {
 public:
  using Buffers = std::array<boost::asio::const_buffer, 2>;

  virtual ~ByteStream() = default;
  // → OnHandshake. False, and no call, where there is none to be made.
  virtual bool Handshake(std::shared_ptr<Connection> connection) = 0;
  // Some bytes → OnRead.
  virtual void Read(boost::asio::mutable_buffer to,
                    std::shared_ptr<Connection> connection) = 0;
  // All of them → OnWrite. What the buffers show stays until then.
  virtual void Write(Buffers from, std::shared_ptr<Connection> connection) = 0;
  // Says that nothing more will be sent. → OnSendingEnded.
  virtual void EndSending(std::shared_ptr<Connection> connection) = 0;
  virtual void Close() = 0;
};

std::unique_ptr<ByteStream> MakePlainStream(Tcp::socket socket);
std::unique_ptr<ByteStream> MakeTlsStream(
    Tcp::socket socket, std::shared_ptr<boost::asio::ssl::context> context);

}  // namespace writ::reconciler::gateway
