#include "reconciler/gateway/ingest/ingest_handler.h"

#include <algorithm>
#include <string>
#include <utility>

namespace writ::reconciler::gateway {
namespace {

constexpr std::size_t kMaxKey = 255;
constexpr std::size_t kMaxTold = 5;

VelaError Overloaded(const Error& error) {
  VelaError told;
  told.status = ToHttpStatus(error.code);
  // What went wrong inside is for the log.
  told.message = told.status == 503 ? error.message : "the event store failed";
  if (told.status == 503) told.headers.push_back({"Retry-After", "1"});
  return told;
}

// "/events/3/data/orderId is required", at most kMaxTold of them.
std::string Summary(const std::vector<WireViolation>& violations) {
  std::string text;
  for (std::size_t i = 0; i < violations.size() && i < kMaxTold; ++i) {
    if (i > 0) text += ", ";
    const WireViolation& violation = violations[i];
    if (!violation.instance_path.empty()) text += violation.instance_path + " ";
    text += violation.message;
  }
  if (violations.size() > kMaxTold) {
    text += ", and " + std::to_string(violations.size() - kMaxTold) + " more";
  }
  return text;
}

bool IsKey(std::string_view key) {
  return !key.empty() && key.size() <= kMaxKey &&
         std::all_of(key.begin(), key.end(),
                     [](char c) { return c > 0x20 && c < 0x7f; });
}

std::optional<IdempotencyKey> ReadKey(const HttpRequest& request,
                                      const Principal& caller, bool& refused) {
  const std::size_t count = request.CountHeader("Idempotency-Key");
  if (count == 0) return std::nullopt;
  const std::string_view key = request.Header("Idempotency-Key").value_or("");
  refused = count > 1 || !IsKey(key);
  return IdempotencyKey{caller.credential, "/v1/ingest", std::string(key),
                        Sha256(request.body)};
}

// Of an event in a response beyond its data, and of the response.
constexpr std::size_t kOverhead = 512;

std::string PrintAccepted(const Appended& appended,
                          const std::vector<WireViolation>& warnings) {
  std::size_t size = kOverhead;
  for (const StoredEvent& event : appended.events) {
    size += kOverhead + event.data.size() + event.metadata.size();
  }
  std::string body;
  body.reserve(size);
  body += "{\"accepted\":" + std::to_string(appended.events.size()) +
          ",\"events\":[";
  for (const StoredEvent& event : appended.events) {
    if (body.back() != '[') body += ',';
    AppendEvent(event, body);
  }
  body += ']';
  if (!warnings.empty()) {
    body += ",\"warnings\":";
    AppendViolations(warnings, body);
  }
  body += '}';
  return body;
}

}  // namespace

BatchVerdict IngestHandler::Judge(const CatalogApp& app,
                                  std::string_view body) {
  std::unique_ptr<BatchJudge> judge;
  {
    const std::scoped_lock lock(mutex_);
    if (!judges_.empty()) {
      judge = std::move(judges_.back());
      judges_.pop_back();
    }
  }
  if (!judge) judge = std::make_unique<BatchJudge>();
  BatchVerdict verdict = judge->Judge(app, body);
  const std::scoped_lock lock(mutex_);
  judges_.push_back(std::move(judge));
  return verdict;
}

void IngestHandler::Handle(const HttpRequest& request, Respond respond) {
  auto caller = uses_.access.Admit(request, "apiKey");
  if (!caller) return Refuse(request, caller.error(), respond);
  const auto catalog = uses_.catalog.Get();
  const CatalogApp* app = catalog->FindByUid((*caller)->rights.parent_uid);
  if (app != nullptr) {
    BatchVerdict verdict = Judge(*app, request.body);
    if (!verdict.by_schema) {
      return Decide(request, *caller, std::move(verdict), std::move(respond));
    }
  }
  // The app, or its schema, may have been applied since.
  const Caller who = *std::move(caller);
  const bool submitted = uses_.desk.Submit(
      [this, &request, who, respond] { JudgeAgain(request, who, respond); });
  if (submitted) return;
  Refuse(request,
         Overloaded(Error{ErrorCode::kLocked, "too much is waiting", "", {}}),
         respond);
}

void IngestHandler::JudgeAgain(const HttpRequest& request, const Caller& caller,
                               Respond respond) {
  // Where the state can't be read, what was read last holds.
  (void)uses_.catalog.Refresh();
  const auto catalog = uses_.catalog.Get();
  const CatalogApp* app = catalog->FindByUid(caller->rights.parent_uid);
  if (app == nullptr) {
    return Refuse(request, VelaError{403, "the app of this key is gone"},
                  respond);
  }
  Decide(request, caller, Judge(*app, request.body), std::move(respond));
}

void IngestHandler::Decide(const HttpRequest& request, const Caller& caller,
                           BatchVerdict verdict, Respond respond) {
  if (!verdict.accepted()) {
    return Reject(request, std::move(verdict), std::move(respond));
  }
  Store(request, caller, std::move(verdict), std::move(respond));
}

void IngestHandler::Refuse(const HttpRequest& request, const VelaError& error,
                           const Respond& respond) {
  ++counters_.refused;
  respond(VelaErrorResponse(error, request, uses_.access.Now()));
}

void IngestHandler::Reject(const HttpRequest& request, BatchVerdict verdict,
                           Respond respond) {
  VelaError error;
  error.status = verdict.status;
  error.message = Summary(verdict.violations);
  error.violations = std::move(verdict.violations);
  if (verdict.dead_letters.empty()) return Refuse(request, error, respond);
  counters_.rejected += verdict.dead_letters.size();
  NewBatch batch;
  batch.dead_letters = std::move(verdict.dead_letters);
  // Refused either way: a dead letter that isn't kept changes nothing for the
  // sender.
  uses_.store.Append(
      std::move(batch),
      [this, &request, error = std::move(error),
       respond = std::move(respond)](const Result<Appended>& kept) {
        (void)kept;
        Refuse(request, error, respond);
      });
}

void IngestHandler::Store(const HttpRequest& request, const Caller& caller,
                          BatchVerdict verdict, Respond respond) {
  bool bad_key = false;
  NewBatch batch;
  batch.key = ReadKey(request, *caller, bad_key);
  if (bad_key) {
    return Refuse(request,
                  VelaError{400,
                            "Idempotency-Key is not one of 1 to 255 visible "
                            "ASCII characters"},
                  respond);
  }
  batch.events = std::move(verdict.events);
  uses_.store.Append(std::move(batch), [this, &request,
                                        warnings = std::move(verdict.warnings),
                                        respond = std::move(respond)](
                                           Result<Appended> appended) mutable {
    AnswerStored(request, std::move(warnings), std::move(appended), respond);
  });
}

void IngestHandler::AnswerStored(const HttpRequest& request,
                                 std::vector<WireViolation> warnings,
                                 Result<Appended> appended,
                                 const Respond& respond) {
  if (!appended) {
    return Refuse(request, Overloaded(appended.error()), respond);
  }
  if (appended->verdict == AppendVerdict::kKeyReused) {
    return Refuse(request,
                  VelaError{422,
                            "the Idempotency-Key came with another body "
                            "before"},
                  respond);
  }
  if (appended->verdict == AppendVerdict::kTooManyKeys) {
    VelaError error{429, "more than " + std::to_string(kMaxIdempotencyKeys) +
                             " Idempotency-Keys in 24 hours"};
    error.headers.push_back({"Retry-After", "3600"});
    return Refuse(request, error, respond);
  }
  counters_.accepted += appended->events.size();
  counters_.warned += warnings.size();
  counters_.duplicates += static_cast<std::uint64_t>(
      std::count_if(appended->events.begin(), appended->events.end(),
                    [](const StoredEvent& event) { return event.duplicate; }));
  HttpResponse response;
  response.status = 201;
  if (appended->verdict == AppendVerdict::kReplayed) {
    response.headers.push_back({"Idempotent-Replayed", "true"});
  }
  response.make_body = [stored = *std::move(appended),
                        warned = std::move(warnings)] {
    return PrintAccepted(stored, warned);
  };
  respond(std::move(response));
}

IngestCounts IngestHandler::counts() const {
  IngestCounts counts;
  counts.accepted = counters_.accepted;
  counts.duplicates = counters_.duplicates;
  counts.rejected = counters_.rejected;
  counts.warned = counters_.warned;
  counts.refused = counters_.refused;
  return counts;
}

}  // namespace writ::reconciler::gateway
