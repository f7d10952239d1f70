// One connection: reads a request, hands it in, writes the response, and again.
// Every phase has a deadline, which the worker's ticks look at.
//
//   handshake → idle → header → body → handler → write → idle …
//                                          ↑ stream ↲ └──→ linger → closed
//
// A body that its handler is still writing goes out part by part: write, and
// stream while there is nothing to be written.
//
// Lives on its worker's thread; only the Respond that it hands out may be
// called from others. Private to this folder.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "reconciler/gateway/http.h"
#include "reconciler/gateway/server/byte_stream.h"
#include "reconciler/gateway/server/request_checks.h"
#include "reconciler/gateway/server/worker.h"

namespace writ::reconciler::gateway {

class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  using Place = std::list<std::shared_ptr<Connection>>::iterator;
  using TimePoint = std::chrono::steady_clock::time_point;

  // `is_reserved`: of those beyond the limit, on which the vital path alone is
  // answered.
  Connection(Worker& worker, std::unique_ptr<ByteStream> stream, IpAddress peer,
             std::shared_ptr<const Settings> settings, bool is_reserved);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void Start(Place place);
  void OnHandshake(error_code error);
  void OnRead(error_code error, std::size_t size);
  void OnWrite(error_code error);
  void OnSendingEnded(error_code error);
  // Dropped where it isn't waited for any more.
  void OnResponse(std::uint64_t number, HttpResponse response);
  void Sweep(TimePoint now);
  void Close();

 private:
  enum class Phase : std::uint8_t {
    kHandshake,
    kIdle,
    kHeader,
    kBody,
    kHandler,
    kWrite,
    kStream,
    kLinger,
    kClosed,
  };
  struct Parser;
  struct InFlight;

  const ServerLimits& limits() const;
  void Await(Phase phase, std::chrono::milliseconds limit);
  void Read(std::size_t size);
  void Consume(std::size_t size);
  void TakeHead();
  void ParseHead(std::size_t size);
  void ReadParsedHead();
  void StartBody();
  void TakeBody();
  bool IsOverloaded(const HttpRequest& request) const;
  void Enter();
  Respond MakeRespond();
  void Refuse(const Refusal& refusal);
  void Answer(HttpResponse response);
  void AnswerStreaming(HttpResponse response);
  void OnMoreBody(std::uint64_t number);
  void PumpBody();
  void EndBody();
  void Observe(std::size_t response_bytes);
  void BeginNext();
  void Linger();

  Worker& worker_;
  std::unique_ptr<ByteStream> stream_;
  const IpAddress peer_;
  const std::shared_ptr<const Settings> settings_;
  const bool is_reserved_;
  Place place_;
  Phase phase_ = Phase::kIdle;
  TimePoint deadline_;

  std::string input_;  // its first used_ bytes have come
  std::size_t used_ = 0;
  std::size_t scanned_ = 0;    // of these, what is known to hold no end of head
  std::size_t discarded_ = 0;  // while lingering
  bool is_reading_ = false;
  bool is_continuing_ = false;  // "100 Continue" is being written

  std::unique_ptr<Parser> parser_;
  std::shared_ptr<InFlight> exchange_;  // null between requests
  std::uint64_t number_ = 0;            // of the exchange
  TimePoint started_;
  bool is_head_request_ = false;
  bool closes_ = false;
  bool knows_chunks_ = true;            // HTTP/1.0 doesn't
  int status_ = 0;                      // of the response
  std::shared_ptr<BodyStream> source_;  // of a body that isn't whole yet
  std::size_t streamed_ = 0;            // bytes of it
  std::string output_;
  std::string body_;
};

}  // namespace writ::reconciler::gateway
