#include "reconciler/cli/rotation_text.h"

#include <algorithm>
#include <optional>
#include <ostream>

#include "engine/plan/plan_words.h"
#include "engine/rotation/gates.h"
#include "engine/rotation/names.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

namespace rotation = engine::rotation;
using rotation::Credential;
using rotation::Phase;
using rotation::Rotation;
using rotation::Target;

constexpr std::size_t kShown = 20;

std::string ClockTime(Timestamp at) {
  const std::string text = FormatTimestamp(at);  // 2026-11-21T10:00:02Z
  return text.substr(11, 8);
}

// "github-ci" of DeployTarget/acme/github-ci.
std::string ShortName(const std::string& target) {
  const std::size_t slash = target.rfind('/');
  return EscapeTerminal(slash == std::string::npos ? target
                                                   : target.substr(slash + 1));
}

std::string Hint(const Credential& credential) {
  return credential.hint.empty() ? EscapeTerminal(credential.id)
                                 : EscapeTerminal(credential.hint) + "…";
}

std::string Hints(const Rotation& rotation, bool is_new) {
  std::string hints;
  for (const Credential& credential : rotation.credentials) {
    if (rotation::IsNew(rotation, credential) != is_new) continue;
    if (is_new && credential.hint.empty()) continue;
    if (!is_new && credential.revoked_at) continue;
    hints += (hints.empty() ? "" : ", ") + Hint(credential);
  }
  return hints;
}

std::string SeenFrom(const rotation::Sighting& sighting, bool consumers) {
  if (!consumers) return {};
  std::string text = " from " + EscapeTerminal(sighting.address);
  if (!sighting.agent.empty()) text += " (" + EscapeTerminal(sighting.agent);
  if (!sighting.route.empty()) {
    text += sighting.agent.empty() ? " (" : ", ";
    text += EscapeTerminal(sighting.route);
  }
  if (!sighting.agent.empty() || !sighting.route.empty()) text += ")";
  return text;
}

class Page {
 public:
  Page(const Rotation& rotation, Timestamp now,
       const RotationTextOptions& options)
      : rotation_(rotation), now_(now), options_(options) {}

  std::string Render() {
    Head();
    Step("preflight", Phase::kPreflight, Phase::kCreated, Ready());
    Step("create", Phase::kCreated, Phase::kDeploying, Created());
    Deploy();
    Verify();
    Drain();
    Step("revoke", Phase::kRevoking, Phase::kDone, Revoked());
    Tail();
    return out_;
  }

 private:
  std::string Styled(const char* code, const std::string& text) const {
    return options_.color ? std::string("\x1b[") + code + "m" + text + "\x1b[0m"
                          : text;
  }
  bool Entered(Phase phase) const {
    return rotation::EnteredAt(rotation_, phase).has_value();
  }
  Phase Current() const {
    return rotation::IsStopped(rotation_) ? rotation_.stopped_in
                                          : rotation_.phase;
  }

  void Head() {
    out_ = Styled("1", EscapeTerminal(rotation_.token)) + " · " +
           std::string(rotation::Name(rotation_.cause)) + " · " +
           EscapeTerminal(rotation_.id) + " · " +
           Styled(rotation::IsStopped(rotation_) ? "33" : "36",
                  std::string(rotation::Name(rotation_.phase)));
    // Why it stopped may be long: cause, while doing what, remedy.
    if (!rotation_.text.empty()) {
      out_ += (rotation::IsStopped(rotation_) ? "\n\n  ! " : ", ") +
              EscapeTerminal(rotation_.text);
    }
    out_ += "\n\n";
  }

  // `since` was entered: it is under way; `until` too: it is done.
  void Step(const std::string& name, Phase since, Phase until,
            const std::string& text) {
    const bool is_done = Entered(until) && Current() >= until;
    const bool is_on = !is_done && Entered(since) && Current() >= since;
    const auto at = rotation::EnteredAt(rotation_, is_done ? until : since);
    std::string mark = " ";
    if (is_on) mark = rotation::IsStopped(rotation_) ? "!" : "…";
    if (is_done) mark = Styled("32", "✓");
    out_ += "  " + mark + " " + name + std::string(12 - name.size(), ' ');
    const bool timed = at && (is_done || is_on);
    out_ += timed ? ClockTime(*at) : std::string(8, ' ');
    if (!text.empty() && (is_done || is_on)) out_ += "   " + text;
    out_ += "\n";
  }
  void More(const std::string& text) {
    out_ += std::string(27, ' ') + text + "\n";
  }

  std::string Ready() const {
    const auto ready =
        std::count_if(rotation_.targets.begin(), rotation_.targets.end(),
                      [](const Target& target) { return target.ready; });
    return std::to_string(ready) + " of " +
           std::to_string(rotation_.targets.size()) + " targets ready";
  }
  std::string Created() const {
    const std::string made = Hints(rotation_, true);
    const std::string old = Hints(rotation_, false);
    std::string text = made.empty() ? "" : made + " issued";
    if (!old.empty()) text += (text.empty() ? "" : "; ") + old + " stays valid";
    return text;
  }
  std::string Revoked() const {
    std::string text;
    for (const Credential& credential : rotation_.credentials) {
      if (!credential.revoked_at) continue;
      text += (text.empty() ? "" : ", ") + Hint(credential);
    }
    return text.empty() ? text : text + " revoked";
  }

  void Deploy() {
    Step("deploy", Phase::kDeploying, Phase::kDeployed, "");
    if (!Entered(Phase::kDeploying)) return;
    for (const Target& target : rotation_.targets) {
      std::string line = ShortName(target.name);
      if (target.canary) line += " (canary)";
      line += "   " + EscapeTerminal(target.key) + ", " +
              engine::NameInWords(rotation::Name(target.state));
      if (target.overwritten > 0) line += ", overwritten by somebody else";
      if (target.tries.error != rotation::ErrorClass::kNone) {
        line += ": " + EscapeTerminal(target.tries.text);
        if (target.tries.next_at && *target.tries.next_at > now_) {
          line += "; next try " + ClockTime(*target.tries.next_at);
        }
      }
      More(line);
    }
  }

  void Verify() {
    Step("verify", Phase::kVerifying, Phase::kVerified,
         "by " + std::string(rotation::Name(rotation_.terms.evidence)));
    for (const Target& target : rotation_.targets) {
      if (target.refused) {
        More(ShortName(target.name) + " refused with the new one" +
             SeenFrom(*target.refused, options_.consumers));
      }
      if (!target.seen) continue;
      More(ShortName(target.name) + " seen using the new one" +
           SeenFrom(*target.seen, options_.consumers));
    }
  }

  void Drain() {
    std::string text;
    const rotation::Sighting* last = rotation::LastOldUse(rotation_);
    if (last != nullptr) {
      text = "old one last used " + ClockTime(last->at) +
             SeenFrom(*last, options_.consumers);
    }
    Step("drain", Phase::kDraining, Phase::kRevoking, text);
    const bool is_on = Current() == Phase::kDraining;
    if (!is_on || !rotation::WantsQuiet(rotation_)) return;
    if (!rotation_.complete_until) {
      More("no gateway records use yet, so quiet can't be seen");
      return;
    }
    More("wants " + FormatDuration(rotation::QuietWanted(rotation_)) +
         " of quiet; at the latest " +
         (rotation_.deadline ? FormatSeconds(*rotation_.deadline)
                             : std::string("never")) +
         " or pause");
  }

  void Tail() {
    if (rotation::IsOver(rotation_)) return;
    const std::string token = EscapeTerminal(rotation_.token);
    out_ += "\n  writ rotation ";
    out_ += rotation::IsStopped(rotation_) ? "resume|rollback|abandon "
                                           : "pause|rollback ";
    out_ += token + options_.same_state + "\n";
  }

  const Rotation& rotation_;
  Timestamp now_;
  RotationTextOptions options_;
  std::string out_;
};

}  // namespace

std::string RotationInOneLine(const Rotation& rotation, Timestamp now) {
  const char* mark = "↻ ";
  if (rotation::IsStopped(rotation)) mark = "! ";
  if (rotation::IsOver(rotation)) mark = "✓ ";
  std::string line = mark + EscapeTerminal(rotation.token) + "  " +
                     std::string(rotation::Name(rotation.phase));
  const auto since = rotation::EnteredAt(rotation, rotation.phase);
  if (since && !rotation::IsOver(rotation)) {
    line += ", " + FormatAge(*since, now);
  }
  if (!rotation.text.empty()) line += ": " + EscapeTerminal(rotation.text);
  return line;
}

std::string RenderRotation(const Rotation& rotation, Timestamp now,
                           const RotationTextOptions& options) {
  return Page(rotation, now, options).Render();
}

void PrintRound(Session& session, const RoundReport& report,
                const std::string& same_state) {
  const Timestamp now = session.clock.Now();
  std::size_t shown = 0;
  for (const auto& each : report.moved) {
    if (shown++ == kShown) break;
    session.out << "  " << RotationInOneLine(each, now) << "\n";
  }
  if (report.moved.size() > kShown) {
    session.out << "  … and " << report.moved.size() - kShown
                << " more: writ rotation list" << same_state << "\n";
  }
  for (const RoundFailure& failure : report.failed) {
    session.out << "  ✗ " << EscapeTerminal(failure.token.address()) << "  "
                << EscapeTerminal(Describe(failure.error)) << "\n";
    if (!failure.error.remedy.empty()) {
      session.out << "    " << EscapeTerminal(failure.error.remedy) << "\n";
    }
  }
  if (report.clock_behind) {
    session.out << "  This machine's clock is behind the state's: nothing is "
                   "rotated by schedule until it is right.\n";
  }
}

}  // namespace writ::reconciler
