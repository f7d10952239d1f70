#include "reconciler/gateway/server/connection.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <charconv>
#include <iterator>
#include <limits>
#include <optional>

#include "reconciler/gateway/problem.h"
#include "reconciler/gateway/server/response_head.h"

namespace writ::reconciler::gateway {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::size_t kHeadRead = 2048;
constexpr std::size_t kUsualHeaders = 8;
constexpr std::size_t kBodyRead = 32 * 1024;
// Of a chunked body: a chunk's own head that doesn't end.
constexpr std::size_t kMaxUnparsed = 16 * 1024;
// The least that is missing of a chunked body until it is whole: "0", two line
// ends. This Beast asserts that it is there once it has seen the first of them.
constexpr std::size_t kLastChunk = 5;
constexpr std::size_t kMaxDiscarded = 16 * 1024 * 1024;
constexpr std::size_t kKeptCapacity = 16 * 1024;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::string_view View(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

std::string Kib(std::size_t bytes) {
  return std::to_string(bytes / 1024) + " KiB";
}

Refusal HeadTooLarge(const ServerLimits& limits) {
  return {431, "header_too_large",
          "a request's head may have " + Kib(limits.header_bytes)};
}

Refusal BodyTooLarge(std::size_t limit) {
  return {413, "body_too_large", "a request's body may have " + Kib(limit)};
}

Refusal RefusalOf(const error_code& error, const ServerLimits& limits) {
  if (error == http::error::header_limit) return HeadTooLarge(limits);
  if (error == http::error::bad_version) {
    return {505, "http_version", "HTTP/1.1 and HTTP/1.0 are spoken here"};
  }
  return {400, "malformed_request", "the request can't be read"};
}

Refusal TimedOut(const char* what) {
  return {408, "timeout", std::string(what) + " took too long to come"};
}

}  // namespace

struct Connection::Parser {
  std::optional<http::request_parser<http::string_body>> http;
  std::size_t body_limit = 0;
};

// A request on its way through a handler, which may outlive the connection.
struct Connection::InFlight {
  explicit InFlight(std::shared_ptr<Shared> of) : shared(std::move(of)) {}
  ~InFlight() {
    if (is_counted) --shared->in_flight;
  }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

  std::shared_ptr<Shared> shared;
  bool is_counted = false;
  HttpRequest request;
};

Connection::Connection(Worker& worker, std::unique_ptr<ByteStream> stream,
                       IpAddress peer, std::shared_ptr<const Settings> settings,
                       bool is_reserved)
    : worker_(worker),
      stream_(std::move(stream)),
      peer_(peer),
      settings_(std::move(settings)),
      is_reserved_(is_reserved),
      parser_(std::make_unique<Parser>()) {}

Connection::~Connection() {
  if (source_) source_->Abandon();
}

const ServerLimits& Connection::limits() const {
  return worker_.shared().options.limits;
}

void Connection::Await(Phase phase, std::chrono::milliseconds limit) {
  phase_ = phase;
  deadline_ = std::chrono::steady_clock::now() + limit;
}

void Connection::Start(Place place) {
  place_ = place;
  Await(Phase::kHandshake, limits().phases.header);
  if (stream_->Handshake(shared_from_this())) return;
  OnHandshake({});
}

void Connection::OnHandshake(error_code error) {
  if (phase_ != Phase::kHandshake) return;
  if (error) return Close();
  Await(Phase::kIdle, limits().phases.header);
  TakeHead();
}

void Connection::Read(std::size_t size) {
  if (is_reading_) return;
  input_.resize(used_ + size);
  is_reading_ = true;
  stream_->Read(asio::buffer(input_.data() + used_, size), shared_from_this());
}

void Connection::Consume(std::size_t size) {
  input_.erase(0, size);
  used_ -= size;
  scanned_ = 0;
}

void Connection::OnRead(error_code error, std::size_t size) {
  is_reading_ = false;
  if (phase_ == Phase::kClosed) return;
  // Refused by a deadline while this was under way: the answer goes first.
  if (phase_ == Phase::kWrite) return;
  if (error) return Close();
  if (phase_ == Phase::kLinger) {
    discarded_ += size;
    return discarded_ > kMaxDiscarded ? Close() : Read(kBodyRead);
  }
  used_ += size;
  if (phase_ == Phase::kBody) {
    TakeBody();
  } else {
    TakeHead();
  }
}

void Connection::TakeHead() {
  if (used_ == 0) {
    return worker_.is_draining() ? Close() : Read(kHeadRead);
  }
  if (phase_ == Phase::kIdle) {
    Await(Phase::kHeader, limits().phases.header);
    started_ = std::chrono::steady_clock::now();
  }
  const std::string_view bytes(input_.data(), used_);
  const std::size_t end =
      bytes.find("\r\n\r\n", scanned_ < 3 ? 0 : scanned_ - 3);
  const std::size_t size =
      end == std::string_view::npos ? bytes.size() : end + 4;
  if (const auto refusal = CheckHeadBytes(bytes.substr(0, size), scanned_)) {
    return Refuse(*refusal);
  }
  if (size > limits().header_bytes) return Refuse(HeadTooLarge(limits()));
  if (end != std::string_view::npos) return ParseHead(size);
  // Its last byte is looked at again: a CR is judged by what follows it.
  scanned_ = used_ - 1;
  Read(kHeadRead);
}

void Connection::ParseHead(std::size_t size) {
  const std::string_view head(input_.data(), size);
  if (const auto refusal = CheckHeadLines(head, limits().headers)) {
    return Refuse(*refusal);
  }
  auto& parser = parser_->http.emplace();
  parser.header_limit(static_cast<std::uint32_t>(limits().header_bytes));
  // How long it may be depends on who asks, which the head will say. (None at
  // all is less than any length to this Beast.)
  parser.body_limit(std::numeric_limits<std::uint64_t>::max());
  error_code error;
  parser.put(asio::const_buffer(head.data(), head.size()), error);
  ReadParsedHead();
  Consume(size);
  if (error) return Refuse(RefusalOf(error, limits()));
  if (!parser.is_header_done()) return Refuse(RefusalOf({}, limits()));
  StartBody();
}

// Also of a head that is refused: the log should name it.
void Connection::ReadParsedHead() {
  const auto& message = parser_->http->get();
  exchange_ = std::make_shared<InFlight>(worker_.shared_pointer());
  HttpRequest& request = exchange_->request;
  const std::string_view target = View(message.target());
  const std::size_t question = std::min(target.find('?'), target.size());
  request.method = View(message.method_string());
  request.path = target.substr(0, question);
  if (question < target.size()) request.query = target.substr(question + 1);
  request.headers.reserve(kUsualHeaders);
  for (const auto& field : message) {
    request.headers.push_back({std::string(View(field.name_string())),
                               std::string(View(field.value()))});
  }
  const auto id = request.Header("X-Request-Id");
  request.id =
      id && IsRequestId(*id) ? std::string(*id) : worker_.MakeRequestId();
  request.client = peer_;
  is_head_request_ = request.method == "HEAD";
  if (is_head_request_) request.method = "GET";
}

void Connection::StartBody() {
  auto& parser = *parser_->http;
  HttpRequest& request = exchange_->request;
  const HeadFacts facts{View(parser.get().target()),
                        static_cast<int>(parser.get().version())};
  if (const auto refusal = CheckHead(request, facts)) return Refuse(*refusal);
  const auto client = ClientOf(request, peer_, settings_->trusted_proxies);
  if (!client) {
    return Refuse({400, "invalid_forwarded_for", client.error().message});
  }
  request.client = *client;
  request.by_trusted_proxy = IsIn(peer_, settings_->trusted_proxies);
  closes_ = facts.version < 11 || !parser.get().keep_alive();
  knows_chunks_ = facts.version >= 11;
  if (IsOverloaded(request)) {
    ++worker_.shared().overloaded;
    return Refuse({503, "overloaded", "too much is under way; try again"});
  }
  parser_->body_limit =
      worker_.shared().entry.BodyLimit(request, limits().body_bytes);
  const auto length = parser.content_length();
  if (length && *length > parser_->body_limit) {
    return Refuse(BodyTooLarge(parser_->body_limit));
  }
  parser.eager(true);
  Await(Phase::kBody, limits().phases.body);
  if (!parser.is_done() && used_ == 0 && request.CountHeader("Expect") > 0) {
    is_continuing_ = true;
    return stream_->Write({asio::buffer(kContinue), asio::const_buffer()},
                          shared_from_this());
  }
  TakeBody();
}

void Connection::TakeBody() {
  auto& parser = *parser_->http;
  while (!parser.is_done()) {
    const std::size_t least = parser.chunked() ? kLastChunk : 1;
    if (used_ < least) return Read(kBodyRead);
    error_code error;
    Consume(parser.put(asio::const_buffer(input_.data(), used_), error));
    // Of one that comes in chunks, whose length nobody announces.
    if (parser.get().body().size() > parser_->body_limit) {
      return Refuse(BodyTooLarge(parser_->body_limit));
    }
    if (error == http::error::need_more) {
      if (used_ < kMaxUnparsed) return Read(kBodyRead);
      error = http::error::bad_chunk;
    }
    if (error) return Refuse(RefusalOf(error, limits()));
  }
  exchange_->request.body = std::move(parser.get().body());
  Enter();
}

bool Connection::IsOverloaded(const HttpRequest& request) const {
  const Shared& shared = worker_.shared();
  if (request.path == shared.options.vital_path) return false;
  return is_reserved_ || shared.in_flight >= limits().in_flight;
}

void Connection::Enter() {
  ++worker_.shared().in_flight;
  exchange_->is_counted = true;
  Await(Phase::kHandler, limits().phases.handler);
  worker_.shared().entry.Enter(exchange_->request, MakeRespond());
}

// Holds the request, which lives until it is called or dropped, but neither
// the connection nor the worker: a handler that never answers keeps nothing
// open.
Respond Connection::MakeRespond() {
  return [weak = weak_from_this(), home = worker_.weak_from_this(),
          exchange = exchange_,
          number = number_](HttpResponse response) mutable {
    const std::shared_ptr<Worker> worker = home.lock();
    if (!worker) return;
    if (worker->io().get_executor().running_in_this_thread()) {
      const auto connection = weak.lock();
      if (connection) connection->OnResponse(number, std::move(response));
      return;
    }
    worker->Deliver({weak, number, std::move(response), std::move(exchange)});
  };
}

void Connection::OnResponse(std::uint64_t number, HttpResponse response) {
  if (phase_ != Phase::kHandler || number != number_) return;
  Answer(std::move(response));
}

void Connection::Refuse(const Refusal& refusal) {
  if (!exchange_) {
    exchange_ = std::make_shared<InFlight>(worker_.shared_pointer());
    exchange_->request.id = worker_.MakeRequestId();
    exchange_->request.client = peer_;
  }
  // Where the next request would begin is not known, or not to be waited for.
  closes_ = true;
  HttpResponse response =
      Problem(refusal.status, refusal.code, refusal.detail, exchange_->request);
  if (refusal.status == 503) response.headers.push_back({"Retry-After", "1"});
  Answer(std::move(response));
}

void Connection::Answer(HttpResponse response) {
  if (response.stream) return AnswerStreaming(std::move(response));
  response.FinishBody();
  const HttpRequest& request = exchange_->request;
  closes_ = closes_ || is_reserved_ || worker_.is_draining();
  output_.clear();
  AppendResponseHead(response, {worker_.Date(), request.id, closes_}, output_);
  body_.clear();
  if (MayHaveBody(response.status) && !is_head_request_) {
    body_ = std::move(response.body);
  }
  Await(Phase::kWrite, limits().phases.write);
  stream_->Write({asio::buffer(output_), asio::buffer(body_)},
                 shared_from_this());
  status_ = response.status;
  Observe(body_.size());
}

void Connection::Observe(std::size_t response_bytes) {
  ExchangeObserver* observer = worker_.shared().options.observer;
  if (observer == nullptr) return;
  const auto elapsed = std::chrono::steady_clock::now() - started_;
  observer->Observe(
      {exchange_->request, status_, response_bytes,
       std::chrono::duration_cast<std::chrono::microseconds>(elapsed)});
}

void Connection::AnswerStreaming(HttpResponse response) {
  closes_ = closes_ || !knows_chunks_ || is_reserved_ || worker_.is_draining();
  source_ = std::move(response.stream);
  streamed_ = 0;
  status_ = response.status;
  output_.clear();
  AppendResponseHead(response,
                     {worker_.Date(), exchange_->request.id, closes_,
                      /*streams=*/true, knows_chunks_},
                     output_);
  source_->OnMore([weak = weak_from_this(), home = worker_.weak_from_this(),
                   number = number_] {
    const std::shared_ptr<Worker> worker = home.lock();
    if (!worker) return;
    asio::post(worker->io(), [weak, number] {
      const auto connection = weak.lock();
      if (connection) connection->OnMoreBody(number);
    });
  });
  Await(Phase::kWrite, limits().phases.write);
  stream_->Write({asio::buffer(output_), asio::const_buffer()},
                 shared_from_this());
}

void Connection::OnMoreBody(std::uint64_t number) {
  if (phase_ == Phase::kStream && number == number_) PumpBody();
}

void Connection::PumpBody() {
  BodyStream::Part part = source_->Take();
  if (part.bytes.empty() && !part.is_last) {
    return Await(Phase::kStream, limits().phases.stream);
  }
  streamed_ += part.bytes.size();
  body_.clear();
  if (knows_chunks_ && !part.bytes.empty()) {
    char size[20];
    const auto end =
        std::to_chars(std::begin(size), std::end(size), part.bytes.size(), 16);
    body_.append(size, end.ptr).append("\r\n");
  }
  body_ += part.bytes;
  if (knows_chunks_) {
    if (!part.bytes.empty()) body_ += "\r\n";
    if (part.is_last) body_ += "0\r\n\r\n";
  }
  if (part.is_last) EndBody();
  Await(Phase::kWrite, limits().phases.write);
  stream_->Write({asio::buffer(body_), asio::const_buffer()},
                 shared_from_this());
}

// Whole, or given up.
void Connection::EndBody() {
  source_->Abandon();
  source_.reset();
  Observe(streamed_);
}

void Connection::OnWrite(error_code error) {
  if (phase_ == Phase::kClosed) return;
  if (is_continuing_) {
    is_continuing_ = false;
    if (error) return Close();
    if (phase_ == Phase::kBody) TakeBody();
    return;
  }
  if (error) return Close();
  if (source_) return PumpBody();
  if (closes_) return Linger();
  BeginNext();
}

void Connection::BeginNext() {
  exchange_.reset();
  parser_->http.reset();
  ++number_;
  if (body_.capacity() > kKeptCapacity) std::string().swap(body_);
  if (input_.capacity() > kKeptCapacity) {
    input_.resize(used_);
    input_.shrink_to_fit();
  }
  is_head_request_ = false;
  Await(Phase::kIdle, limits().phases.idle);
  TakeHead();
}

// Closing with unread bytes would reset the connection, and the client might
// never see the answer (RFC 9112, section 9.6).
void Connection::Linger() {
  exchange_.reset();
  Await(Phase::kLinger, limits().phases.linger);
  used_ = 0;
  stream_->EndSending(shared_from_this());
}

void Connection::OnSendingEnded(error_code error) {
  if (phase_ != Phase::kLinger) return;
  if (error) return Close();
  Read(kBodyRead);
}

void Connection::Sweep(TimePoint now) {
  if (phase_ == Phase::kIdle && used_ == 0 && worker_.is_draining()) {
    return Close();
  }
  if (now < deadline_) return;
  switch (phase_) {
    case Phase::kHeader:
      return Refuse(TimedOut("the request's head"));
    case Phase::kBody:
      // A second write may not begin while "100 Continue" isn't out.
      return is_continuing_ ? Close() : Refuse(TimedOut("the request's body"));
    case Phase::kHandler:
      return Refuse({504, "timeout", "the answer took too long to find"});
    case Phase::kHandshake:
    case Phase::kIdle:
    case Phase::kWrite:
    case Phase::kStream:
    case Phase::kLinger:
      return Close();
    case Phase::kClosed:
      return;
  }
}

void Connection::Close() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  if (source_) EndBody();
  stream_->Close();
  worker_.Remove(place_);
}

}  // namespace writ::reconciler::gateway
