// POST /v1/ingest. Parses and judges on the server's thread; stores through the
// event store; judges again on the desk what would be refused.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "reconciler/events/event_store.h"
#include "reconciler/gateway/http.h"
#include "reconciler/gateway/ingest/app_catalog.h"
#include "reconciler/gateway/ingest/batch_verdict.h"
#include "reconciler/gateway/ingest/desk.h"
#include "reconciler/gateway/ingest/ingest.h"
#include "reconciler/gateway/ingest/vela_access.h"

namespace writ::reconciler::gateway {

class IngestHandler final : public HttpHandler {
 public:
  struct Uses {
    const VelaAccess& access;
    CatalogSource& catalog;
    EventStore& store;
    Desk& desk;
  };

  explicit IngestHandler(const Uses& uses) : uses_(uses) {}

  void Handle(const HttpRequest& request, Respond respond) override;
  IngestCounts counts() const;

 private:
  struct Counters {
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> duplicates{0};
    std::atomic<std::uint64_t> rejected{0};
    std::atomic<std::uint64_t> warned{0};
    std::atomic<std::uint64_t> refused{0};
  };
  using Caller = std::shared_ptr<const Principal>;

  BatchVerdict Judge(const CatalogApp& app, std::string_view body);
  void JudgeAgain(const HttpRequest& request, const Caller& caller,
                  Respond respond);
  void Decide(const HttpRequest& request, const Caller& caller,
              BatchVerdict verdict, Respond respond);
  void Store(const HttpRequest& request, const Caller& caller,
             BatchVerdict verdict, Respond respond);
  void Reject(const HttpRequest& request, BatchVerdict verdict,
              Respond respond);
  void Refuse(const HttpRequest& request, const VelaError& error,
              const Respond& respond);
  void AnswerStored(const HttpRequest& request,
                    std::vector<WireViolation> warnings,
                    Result<Appended> appended, const Respond& respond);

  const Uses uses_;
  Counters counters_;
  std::mutex mutex_;  // of judges_
  std::vector<std::unique_ptr<BatchJudge>> judges_;
};

}  // namespace writ::reconciler::gateway
