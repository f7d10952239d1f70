// JUnit XML, as CI servers read it: a suite for the changes, where an unsafe or
// denied one fails; one for policies, where each that denies fails; one for
// what is wrong with the manifests.
#include <map>
#include <set>

#include "engine/plan/plan_words.h"
#include "engine/plan/risk.h"
#include "engine/report/remark.h"
#include "engine/report/renderers.h"
#include "schema/report/escape.h"

namespace writ::engine {
namespace {

constexpr std::size_t kPlacesTold = 20;  // of one policy

// For an attribute. XML folds newlines there; what can't be seen is shown.
std::string Attribute(const std::string& text) {
  return EscapeHtml(EscapeTerminal(text));
}

class Suite {
 public:
  explicit Suite(std::string name) : name_(std::move(name)) {}

  void Pass(const std::string& group, const std::string& name) {
    Open(group, name);
    cases_ += "/>\n";
  }
  // `kind` and the first line of `text` stand in lists, the text below them.
  void Fail(const std::string& group, const std::string& name,
            const std::string& kind, const std::string& message,
            const std::string& text) {
    Open(group, name);
    cases_ += ">\n      <failure type=\"" + Attribute(kind) + "\" message=\"" +
              Attribute(message) + "\">" +
              EscapeHtml(EscapeTerminal(text, kKeepNewlines)) +
              "</failure>\n    </testcase>\n";
    ++failures_;
  }

  std::size_t count() const { return count_; }
  std::size_t failures() const { return failures_; }
  std::string Print() const {
    if (count_ == 0) return {};
    return "  <testsuite name=\"" + Attribute(name_) + "\" tests=\"" +
           std::to_string(count_) + "\" failures=\"" +
           std::to_string(failures_) + "\" errors=\"0\" skipped=\"0\">\n" +
           cases_ + "  </testsuite>\n";
  }

 private:
  void Open(const std::string& group, const std::string& name) {
    ++count_;
    cases_ += "    <testcase classname=\"" + Attribute(group) + "\" name=\"" +
              Attribute(name) + "\"";
  }

  std::string name_;
  std::string cases_;
  std::size_t count_ = 0;
  std::size_t failures_ = 0;
};

void AddChange(const Change& change, Suite& suite) {
  const std::string group = "changes." + std::string(change.id.kind());
  const std::string name =
      std::string(Name(change.action)) + " " + change.id.address();
  std::string text;
  std::string first;
  const auto tell = [&](const std::string& line) {
    if (first.empty()) first = line;
    text += line + "\n";
  };
  for (const Guard& guard : change.guards) {
    if (!guard.allowed) tell(guard.message);
  }
  for (const Finding& finding : change.findings) {
    if (finding.denies()) tell(FindingInWords(finding));
  }
  if (text.empty()) {
    suite.Pass(group, name);
    return;
  }
  const std::string place = PlaceOnTerminal(change.written_at);
  if (!place.empty()) text += "at " + place + "\n";
  suite.Fail(group, name, IsUnsafe(change) ? "unsafe" : "denied", first, text);
}

void AddPolicies(const std::vector<Remark>& remarks, Suite& suite) {
  std::map<std::string, std::vector<const Remark*>> denials;
  std::set<std::string> others;
  for (const Remark& remark : remarks) {
    if (!remark.rule.starts_with("policy/")) continue;
    if (remark.severity == Severity::kError) {
      denials[remark.rule].push_back(&remark);
    } else {
      others.insert(remark.rule);
    }
  }
  for (const auto& [rule, found] : denials) {
    others.erase(rule);
    std::string text;
    for (std::size_t i = 0; i < found.size() && i < kPlacesTold; ++i) {
      const std::string place = PlaceOnTerminal(found[i]->at);
      text += found[i]->subject.address() + ": " + found[i]->message +
              (place.empty() ? "" : " (" + place + ")") + "\n";
    }
    if (found.size() > kPlacesTold) {
      text += MoreInWords(found.size() - kPlacesTold, "more", "more") + "\n";
    }
    suite.Fail("policies", rule, "denied", found.front()->message, text);
  }
  for (const std::string& rule : others) suite.Pass("policies", rule);
}

void AddWhole(const std::vector<Remark>& remarks, Suite& suite) {
  for (const Remark& remark : remarks) {
    const bool whole = remark.rule.starts_with("guard/") &&
                       remark.subject.empty() &&
                       remark.severity == Severity::kError;
    if (!whole && !remark.rule.starts_with("diagnostic/")) continue;
    if (remark.severity != Severity::kError) {
      suite.Pass("plan", remark.rule + ": " + remark.message);
      continue;
    }
    const std::string place = PlaceOnTerminal(remark.at);
    suite.Fail("plan", remark.rule + (place.empty() ? "" : " " + place),
               remark.rule, remark.message,
               remark.message + (place.empty() ? "" : "\nat " + place));
  }
}

}  // namespace

std::string RenderJunit(const ReportInput& input) {
  const std::vector<Remark> remarks = RemarksOf(input);
  const std::string environment =
      input.plan == nullptr ? "" : " " + input.plan->environment;
  Suite whole("writ plan" + environment);
  Suite changes("writ changes" + environment);
  Suite policies("writ policies" + environment);
  AddWhole(remarks, whole);
  AddPolicies(remarks, policies);
  if (input.plan != nullptr) {
    for (const auto* list : {&input.plan->changes, &input.plan->scheduled}) {
      for (const Change& change : *list) AddChange(change, changes);
    }
    if (whole.count() == 0) whole.Pass("plan", "can be made");
  }
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += "<testsuites name=\"writ\" tests=\"" +
         std::to_string(whole.count() + changes.count() + policies.count()) +
         "\" failures=\"" +
         std::to_string(whole.failures() + changes.failures() +
                        policies.failures()) +
         "\">\n";
  out += whole.Print() + policies.Print() + changes.Print();
  return out + "</testsuites>\n";
}

}  // namespace writ::engine
