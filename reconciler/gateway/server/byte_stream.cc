#include "reconciler/gateway/server/byte_stream.h"

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <cstddef>

#include "reconciler/gateway/server/connection.h"

namespace writ::reconciler::gateway {
namespace {

namespace asio = boost::asio;

class PlainStream final : public ByteStream {
 public:
  explicit PlainStream(Tcp::socket socket) : socket_(std::move(socket)) {}

  bool Handshake(std::shared_ptr<Connection> /*connection*/) override {
    return false;
  }

  void Read(asio::mutable_buffer to,
            std::shared_ptr<Connection> connection) override {
    socket_.async_read_some(to, [connection = std::move(connection)](
                                    error_code error, std::size_t size) {
      connection->OnRead(error, size);
    });
  }

  void Write(Buffers from, std::shared_ptr<Connection> connection) override {
    asio::async_write(socket_, from,
                      [connection = std::move(connection)](
                          error_code error, std::size_t /*size*/) {
                        connection->OnWrite(error);
                      });
  }

  void EndSending(std::shared_ptr<Connection> connection) override {
    error_code error;
    socket_.shutdown(Tcp::socket::shutdown_send, error);
    asio::post(socket_.get_executor(),
               [connection = std::move(connection), error] {
                 connection->OnSendingEnded(error);
               });
  }

  void Close() override {
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  Tcp::socket socket_;
};

class TlsStream final : public ByteStream {
 public:
  TlsStream(Tcp::socket socket, std::shared_ptr<asio::ssl::context> context)
      : context_(std::move(context)), stream_(std::move(socket), *context_) {}

  bool Handshake(std::shared_ptr<Connection> connection) override {
    stream_.async_handshake(
        asio::ssl::stream_base::server,
        [connection = std::move(connection)](error_code error) {
          connection->OnHandshake(error);
        });
    return true;
  }

  void Read(asio::mutable_buffer to,
            std::shared_ptr<Connection> connection) override {
    stream_.async_read_some(to, [connection = std::move(connection)](
                                    error_code error, std::size_t size) {
      connection->OnRead(error, size);
    });
  }

  void Write(Buffers from, std::shared_ptr<Connection> connection) override {
    asio::async_write(stream_, from,
                      [connection = std::move(connection)](
                          error_code error, std::size_t /*size*/) {
                        connection->OnWrite(error);
                      });
  }

  void EndSending(std::shared_ptr<Connection> connection) override {
    stream_.async_shutdown(
        [connection = std::move(connection)](error_code error) {
          connection->OnSendingEnded(error);
        });
  }

  void Close() override {
    error_code ignored;
    stream_.lowest_layer().close(ignored);
  }

 private:
  std::shared_ptr<asio::ssl::context> context_;  // outlives the stream
  asio::ssl::stream<Tcp::socket> stream_;
};

}  // namespace

std::unique_ptr<ByteStream> MakePlainStream(Tcp::socket socket) {
  return std::make_unique<PlainStream>(std::move(socket));
}

std::unique_ptr<ByteStream> MakeTlsStream(
    Tcp::socket socket, std::shared_ptr<asio::ssl::context> context) {
  return std::make_unique<TlsStream>(std::move(socket), std::move(context));
}

}  // namespace writ::reconciler::gateway
