#include "engine/report/remark.h"

#include <utility>

#include "engine/plan/plan_words.h"
#include "engine/plan/risk.h"

namespace writ::engine {
namespace {

class Collector {
 public:
  explicit Collector(const ReportInput& input) : input_(input) {}

  std::vector<Remark> Collect() {
    if (input_.diagnostics != nullptr) {
      for (const Diagnostic& item : input_.diagnostics->items()) Add(item);
    }
    if (input_.plan == nullptr) return std::move(remarks_);
    const Plan& plan = *input_.plan;
    for (const std::string& reason : plan.untrusted) {
      Put(Severity::kError, "trust", "Only trusted commits are applied", reason,
          {}, {});
    }
    for (const Alarm& alarm : plan.alarms) Add(alarm, {}, {});
    for (const Guard& guard : plan.guards) Add(guard, {}, {});
    for (const Finding& finding : plan.findings) Add(finding, {});
    const ReadingOrder order = ReadingOrderOf(plan);
    for (const auto* changes : {&order.head, &order.rest}) {
      for (const Change* change : *changes) Add(*change);
    }
    return std::move(remarks_);
  }

 private:
  Location Placed(Location at) const {
    if (!at.file.empty() && !input_.folder.empty()) {
      at.file.insert(0, input_.folder + "/");
    }
    return at;
  }

  void Put(Severity severity, std::string rule, std::string about,
           std::string message, ResourceId subject, const Location& at) {
    remarks_.push_back({severity, std::move(rule), std::move(about),
                        std::move(message), std::move(subject), Placed(at)});
  }

  void Add(const Diagnostic& item) {
    std::string message = item.summary;
    if (!item.hint.empty()) message += ": " + item.hint;
    Put(item.severity, "diagnostic/" + item.code,
        "What is written in manifests is as it should be", std::move(message),
        {}, item.locations.empty() ? Location() : item.locations.front());
  }

  void Add(const Alarm& alarm, const ResourceId& subject, const Location& at) {
    std::string message = alarm.text;
    if (!alarm.path.empty()) message.insert(0, alarm.path + ": ");
    const char* about = "A value goes where it didn't go before";
    if (alarm.kind == AlarmKind::kWidened) {
      about = "A credential may do more than before";
    } else if (alarm.kind == AlarmKind::kWeakensGuard) {
      about = "A guard gives way";
    }
    Put(Severity::kWarning, "alarm/" + std::string(Name(alarm.kind)), about,
        std::move(message), subject, at);
  }

  void Add(const Guard& guard, const ResourceId& subject, const Location& at) {
    const bool named = !guard.subject.empty();
    Put(guard.allowed ? Severity::kNote : Severity::kError,
        "guard/" + std::string(Name(guard.kind)),
        "Nothing unsafe happens unless somebody allows it",
        (guard.allowed ? "allowed: " : "") + guard.message,
        named ? guard.subject : subject, at);
  }

  void Add(const Finding& finding, const Location& otherwise) {
    if (finding.verdict == Verdict::kPass ||
        finding.verdict == Verdict::kExempt ||
        finding.enforcement == Enforcement::kAudit) {
      return;
    }
    std::string rule = "policy/" + finding.policy;
    if (!finding.validation.empty()) rule += "/" + finding.validation;
    std::string message = finding.message;
    if (finding.verdict == Verdict::kError) {
      message.insert(0, "can't be decided: ");
    }
    if (finding.overridden) message.insert(0, "overridden: ");
    const Location& at =
        finding.subject_at.file.empty() ? otherwise : finding.subject_at;
    Put(finding.denies() ? Severity::kError : Severity::kWarning,
        std::move(rule), "Policy " + finding.policy, std::move(message),
        finding.subject, at);
  }

  void Add(const Change& change) {
    const Location& at = change.written_at;
    if (change.compatibility && change.compatibility->breaking) {
      std::string message = BrokenPromise(change);
      Location place = at;
      for (const std::string& reason : change.compatibility->reasons) {
        message += "; " + reason;
        for (const FieldChange& field : change.fields) {
          if (reason.rfind(field.path + ":", 0) == 0 &&
              !field.written_at.file.empty()) {
            place = field.written_at;
          }
        }
      }
      Put(Severity::kWarning, "compatibility/breaking",
          "Event schemas keep what they promise", std::move(message), change.id,
          place);
    }
    for (const Alarm& alarm : change.alarms) {
      Location place = at;
      for (const FieldChange& field : change.fields) {
        if (field.path == alarm.path && !field.written_at.file.empty()) {
          place = field.written_at;
        }
      }
      Add(alarm, change.id, place);
    }
    for (const Guard& guard : change.guards) Add(guard, change.id, at);
    for (const Finding& finding : change.findings) Add(finding, at);
  }

  const ReportInput& input_;
  std::vector<Remark> remarks_;
};

}  // namespace

std::vector<Remark> RemarksOf(const ReportInput& input) {
  return Collector(input).Collect();
}

}  // namespace writ::engine
