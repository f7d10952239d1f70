#include "reconciler/gateway/leaks/leak_reports.h"

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "reconciler/egress/encoding.h"
#include "reconciler/egress/signature_check.h"
#include "reconciler/gateway/ingest/desk.h"
#include "reconciler/gateway/leaks/leak_keys.h"
#include "reconciler/gateway/problem.h"
#include "schema/check.h"
#include "schema/credential/token_format.h"
#include "schema/json.h"
#include "schema/value.h"

namespace writ::reconciler::gateway {
namespace {

constexpr char kKeyHeader[] = "Github-Public-Key-Identifier";
constexpr char kSignatureHeader[] = "Github-Public-Key-Signature";
constexpr std::size_t kMostReported = 1000;
constexpr std::size_t kLongestToken = 512;
constexpr std::size_t kLongestId = 256;
constexpr std::chrono::hours kNoLeakRounds{24};

struct Report {
  std::string token;
  std::string type;
};

std::optional<std::vector<Report>> ReadReports(const std::string& body) {
  const auto value = ParseJson(body);
  if (!value || !value->IsList() || value->AsList().size() > kMostReported) {
    return std::nullopt;
  }
  std::vector<Report> reports;
  for (const Value& item : value->AsList()) {
    Report report{std::string(item.FindString("token")),
                  std::string(item.FindString("type"))};
    if (report.token.empty() || report.token.size() > kLongestToken) {
      return std::nullopt;
    }
    reports.push_back(std::move(report));
  }
  return reports;
}

// Whatever was ours once: who published one that had ended did so all the same.
std::set<std::string> HintsOfOurs(const std::vector<LeakAnswer>& answers) {
  std::set<std::string> digests;
  for (const LeakAnswer& answer : answers) {
    if (!answer.record) continue;
    digests.insert(answer.record->digest.Hex());
  }
  return digests;
}

HttpResponse Told(const std::vector<Report>& reports,
                  const std::vector<LeakAnswer>& answers) {
  const std::set<std::string> ours = HintsOfOurs(answers);
  Value::List labels;
  for (const Report& report : reports) {
    const Digest digest = TokenDigest(report.token);
    Value label;
    label.Set("token_hash", Base64(digest.Bytes()));
    label.Set("token_type", report.type);
    label.Set("label",
              ours.contains(digest.Hex()) ? "true_positive" : "false_positive");
    labels.push_back(std::move(label));
  }
  HttpResponse response;
  response.body = CompactJson(Value(std::move(labels)));
  return response;
}

HttpResponse Busy(const HttpRequest& request) {
  HttpResponse response = Problem(503, "unavailable", "Try again.", request);
  response.headers.push_back({"Retry-After", "60"});
  return response;
}

}  // namespace

class LeakReports::Handler final : public HttpHandler {
 public:
  explicit Handler(Options options)
      : options_(std::move(options)),
        keys_(*options_.http, *options_.host, *options_.clock),
        desk_([] {}, kNoLeakRounds) {}

  void Handle(const HttpRequest& request, Respond respond) override {
    const auto key = request.Header(kKeyHeader);
    const auto signature = request.Header(kSignatureHeader);
    if (!key || !signature || key->size() > kLongestId) {
      respond(Problem(400, "invalid_request",
                      "A report is signed: Github-Public-Key-Identifier and "
                      "Github-Public-Key-Signature.",
                      request));
      return;
    }
    if (desk_.Submit([this, &request, respond] { respond(Answer(request)); })) {
      return;
    }
    respond(Busy(request));
  }

 private:
  HttpResponse Answer(const HttpRequest& request) {
    const auto key = keys_.Find(std::string(*request.Header(kKeyHeader)));
    if (!key) return Busy(request);
    const auto signature =
        ParseBase64(request.Header(kSignatureHeader).value_or(""));
    if (!*key || !signature ||
        !IsSignedEcdsaP256(**key, request.body, *signature)) {
      return Problem(403, "invalid_signature",
                     "The report isn't signed by who may report.", request);
    }
    const auto reports = ReadReports(request.body);
    if (!reports) {
      return Problem(400, "invalid_request",
                     "A report is a list of at most 1000 tokens.", request);
    }
    std::string text;
    for (const Report& report : *reports) text += report.token + "\n";
    const auto answers = options_.answer(text);
    if (!answers) return ProblemOf(answers.error(), request);
    return Told(*reports, *answers);
  }

  const Options options_;
  LeakKeys keys_;
  Desk desk_;  // goes first: what is queued uses the rest
};

LeakReports::LeakReports(Options options) {
  CHECK(options.http != nullptr && options.host != nullptr &&
        options.clock != nullptr && options.answer);
  handler_ = std::make_unique<Handler>(std::move(options));
}

LeakReports::~LeakReports() = default;

std::vector<Route> LeakReports::routes() {
  return {{"POST", "/v1/leak-reports", handler_.get(),
           "Reports tokens that were found in public, signed", true}};
}

}  // namespace writ::reconciler::gateway
