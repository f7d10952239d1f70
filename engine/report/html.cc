// One page that needs nothing else: no font, picture or script from anywhere,
// and a policy in its head that lets none be fetched. Changes are <details>,
// which fold without the script too.
#include <algorithm>
#include <set>
#include <utility>

#include "engine/plan/handover.h"
#include "engine/plan/next_step.h"
#include "engine/plan/plan_words.h"
#include "engine/plan/risk.h"
#include "engine/report/palette.h"
#include "engine/report/picture.h"
#include "engine/report/renderers.h"
#include "schema/digest.h"
#include "schema/report/escape.h"

namespace writ::engine {
namespace {

constexpr std::size_t kOpenAtOnce = 40;   // entries at the head
constexpr std::size_t kCellLimit = 4000;  // bytes of one value

std::string Text(const std::string& text) {
  return EscapeHtml(EscapeTerminal(text));
}

std::string Element(const std::string& tag, const std::string& classes,
                    const std::string& html) {
  return "<" + tag + (classes.empty() ? "" : " class=\"" + classes + "\"") +
         ">" + html + "</" + tag + ">";
}

std::string Base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group <<= 8U;
      if (i + j < bytes.size())
        group |= static_cast<unsigned char>(bytes[i + j]);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      out +=
          i + j > bytes.size() ? '=' : kDigits[(group >> (18 - 6 * j)) & 63U];
    }
  }
  return out;
}

// What the policy lets run: exactly this text.
std::string Allowed(std::string_view text) {
  return "'sha256-" + Base64(Sha256(text).Bytes()) + "'";
}

std::string PlaceSpan(const Location& at) {
  const std::string place = PlaceOnTerminal(at);
  return place.empty() ? "" : Element("span", "place", EscapeHtml(place));
}

std::string AddressSpan(const ResourceId& id) {
  const std::string address = Text(id.address());
  const std::size_t name = address.rfind('/');
  if (name == std::string::npos) return Element("span", "addr", address);
  return Element("span", "addr",
                 Element("small", "", address.substr(0, name + 1)) +
                     address.substr(name + 1));
}

std::string NoteItem(const std::string& tone, const std::string& text,
                     const Location& at = {}) {
  return Element("li", tone, Text(text) + PlaceSpan(at));
}

std::string FindingItems(const std::vector<Finding>& findings) {
  std::string items;
  for (const Finding& finding : findings) {
    if (finding.enforcement == Enforcement::kAudit) continue;
    const bool warns = finding.enforcement == Enforcement::kWarn &&
                       finding.verdict != Verdict::kExempt;
    items += NoteItem(finding.denies() ? "bad"
                      : warns          ? "warn"
                                       : "",
                      FindingInWords(finding), finding.policy_at);
  }
  return items;
}

std::string GuardItems(const std::vector<Guard>& guards) {
  std::string items;
  for (const Guard& guard : guards) {
    items += NoteItem(guard.allowed ? "ok" : "bad",
                      (guard.allowed ? "✓ allowed: " : "✗ ") + guard.message);
  }
  return items;
}

std::string ValueText(const Value& value) {
  std::string text = ValueInWords(value, 0);
  if (text.size() > kCellLimit) text = ValueInWords(value, kCellLimit / 4);
  return EscapeHtml(text);
}

std::string FieldCell(const FieldChange& field) {
  std::string cell;
  const bool simple = !field.sensitive &&
                      !(field.before && field.before->IsList()) &&
                      !(field.after && field.after->IsList());
  if (!simple) {
    cell = Text(FieldInWords(field, field.sensitive));
  } else {
    cell = field.before ? Element("span", "was", ValueText(*field.before))
                        : Element("span", "none", "(none)");
    cell += " → ";
    cell += field.known_after_apply
                ? Element("span", "none", "(known after apply)")
            : field.after ? Element("span", "now", ValueText(*field.after))
                          : Element("span", "none", "(none)");
    if (field.forces_replacement) cell += " <b>forces replacement</b>";
  }
  if (field.cause == Cause::kDrift) {
    cell += " " + Element("span", "badge amber", "drift");
  }
  return cell;
}

std::string FieldTable(const Change& change) {
  const bool goes =
      change.action == Action::kDelete || change.action == Action::kForget;
  if (goes || change.fields.empty()) return {};
  std::string rows;
  for (const FieldChange& field : change.fields) {
    const std::string place = PlaceSpan(field.written_at);
    rows += "<tr><th scope=\"row\" class=\"path\">" + Text(field.path) +
            "</th><td>" + FieldCell(field) + "</td>" +
            (place.empty() ? "" : "<td>" + place + "</td>") + "</tr>";
  }
  return "<table class=\"fields\">" + rows + "</table>";
}

std::string NotesOf(const Change& change) {
  std::string items;
  std::set<std::string> said;
  for (const Alarm& alarm : change.alarms) {
    if (said.insert(alarm.text).second) {
      items += NoteItem("warn", "! " + alarm.text);
    }
  }
  items += GuardItems(change.guards) + FindingItems(change.findings);
  if (change.compatibility && change.compatibility->breaking) {
    for (const std::string& reason : change.compatibility->reasons) {
      items += NoteItem("warn", "! " + reason);
    }
  }
  if (change.rotation) items += NoteItem("", StepsInWords(*change.rotation));
  if (IsHandedOver(change)) items += NoteItem("", kHandover);
  if (!change.status.empty()) items += NoteItem("", "live: " + change.status);
  for (const std::string& name : change.missing_values) {
    items += NoteItem("warn", "has no value yet in " + name);
  }
  for (const std::string& patch : change.patches) {
    items += NoteItem("", "by Patch " + patch);
  }
  if (change.dependent_count > 0) {
    std::string words = WithCommas(change.dependent_count) +
                        (change.dependent_count == 1 ? " depends" : " depend") +
                        " on it:";
    for (const ResourceId& id : change.dependents) words += " " + id.address();
    if (static_cast<std::int64_t>(change.dependents.size()) <
        change.dependent_count) {
      words += " …";
    }
    items += NoteItem("", words);
  }
  return items.empty() ? "" : Element("ul", "notes", items);
}

std::string_view RiskName(const Change& change) {
  const std::string_view tone = ToneOf(change);
  if (tone == "red") return "high";
  return tone == "amber" ? "look" : "low";
}

class HtmlPage {
 public:
  explicit HtmlPage(const ReportInput& input)
      : input_(input), plan_(input.plan) {
    if (plan_ != nullptr) order_ = ReadingOrderOf(*plan_);
  }

  std::string Print();

 private:
  std::string Title() const;
  std::string Header() const;
  std::string Tiles() const;
  std::string Banner() const;
  std::string WholePlan() const;
  std::string Tools() const;
  std::string Choice(const char* id, const char* all,
                     const std::set<std::string>& values) const;
  void PutEntry(const Change& change, bool open, std::string& out);
  void PutSection(const char* title, const std::vector<const Change*>& changes,
                  bool open, std::string& out);
  std::string Drawing() const;
  std::string Notices() const;
  std::string Invalid() const;
  std::string Footer() const;

  const ReportInput& input_;
  const Plan* plan_;
  ReadingOrder order_;
  std::size_t number_ = 0;
};

std::string HtmlPage::Title() const {
  std::string title = plan_ != nullptr && plan_->mode == "comparison"
                          ? "writ diff"
                          : "writ plan";
  if (plan_ != nullptr && !plan_->environment.empty()) {
    title += " · " + plan_->environment;
  }
  return Text(title);
}

std::string HtmlPage::Header() const {
  std::string out = Element("h1", "", Title());
  if (plan_ == nullptr) return out;
  const Commit& commit = plan_->commit;
  std::string about = Text(plan_->owner) + " at " +
                      Element("code", "", Text(ShortRevision(commit)));
  if (!commit.subject.empty()) about += " “" + Text(commit.subject) + "”";
  if (!commit.author_name.empty()) about += " by " + Text(commit.author_name);
  if (!plan_->merged_with.empty()) {
    about += ", merged with " + Element("code", "", Text(plan_->merged_with));
  }
  if (!plan_->compared_with.empty()) {
    about +=
        ", compared with " + Element("code", "", Text(plan_->compared_with));
  } else {
    about += plan_->lineage.empty()
                 ? " · no state yet"
                 : " · serial " + std::to_string(plan_->serial);
  }
  out += Element("p", "about", about);
  const std::string origins = OriginsInWords(*plan_);
  if (!origins.empty()) out += Element("p", "about", Text(origins));
  return out;
}

std::string HtmlPage::Tiles() const {
  const Counts counts = plan_->counts();
  const VerdictCounts verdicts = CountVerdicts(*plan_);
  std::string out;
  const auto add = [&](std::int64_t count, const char* tone, const char* what) {
    if (count == 0) return;
    out += "<li class=\"tile " + std::string(tone) + "\"><b>" +
           WithCommas(count) + "</b><span>" + what + "</span></li>";
  };
  add(verdicts.denied, "red", "denied");
  add(counts.remove, "red", "to destroy");
  add(counts.replace, "red", "to replace");
  add(counts.create, "green", "to add");
  add(counts.update, "blue", "to change");
  add(counts.move, "blue", "to move");
  add(counts.adopt, "blue", "to adopt");
  add(counts.forget, "blue", "to let go");
  add(counts.rotate, "amber", "to rotate");
  add(counts.suspended, "amber", "suspended");
  add(verdicts.overridden, "amber", "overridden");
  add(verdicts.exempt, "amber", "exempt");
  return out.empty() ? "" : Element("ul", "tiles", out);
}

std::string HtmlPage::Banner() const {
  if (plan_->empty() && !plan_->unsafe()) {
    return Element("div", "banner green",
                   "<p><strong>No changes.</strong> Live state matches "
                   "manifests (" +
                       Counted(plan_->resource_count, "resource", "resources") +
                       ").</p>");
  }
  std::string body;
  bool refused = false;
  for (const NextStep& step : NextStepsOf(*plan_, input_.apply_command)) {
    refused = refused || !step.refusal.empty();
    std::string words = Text(step.words);
    if (!step.refusal.empty()) {
      words.insert(0, Element("strong", "", Text(step.refusal)));
    }
    body += Element("p", "", words);
    if (step.names_guards && !plan_->guards.empty()) {
      body += Element("ul", "notes", GuardItems(plan_->guards));
    }
    if (!step.command.empty()) body += Element("pre", "", Text(step.command));
  }
  if (plan_->has_digest && plan_->mode == "normal") {
    body +=
        Element("p", "", "digest " + Element("code", "", plan_->digest.Hex()));
  }
  if (body.empty()) return {};
  return Element("div", refused ? "banner red" : "banner", body);
}

std::string HtmlPage::WholePlan() const {
  std::string items;
  for (const std::string& reason : plan_->untrusted) {
    items += NoteItem("warn", "✗ not trusted: " + reason);
  }
  for (const Alarm& alarm : plan_->alarms) {
    items += NoteItem("warn", "! " + alarm.path + ": " + alarm.text);
  }
  items += FindingItems(plan_->findings);
  if (items.empty()) return {};
  return Element(
      "div", "banner",
      Element("p", "", "The plan as a whole") + Element("ul", "notes", items));
}

std::string HtmlPage::Choice(const char* id, const char* all,
                             const std::set<std::string>& values) const {
  std::string out = "<select id=\"" + std::string(id) + "\" aria-label=\"" +
                    all + "\"><option value=\"\">" + all + "</option>";
  for (const std::string& value : values) {
    out += "<option>" + Text(value) + "</option>";
  }
  return out + "</select>";
}

std::string HtmlPage::Tools() const {
  std::set<std::string> actions;
  std::set<std::string> kinds;
  std::set<std::string> risks;
  for (const auto* changes : {&order_.head, &order_.rest}) {
    for (const Change* change : *changes) {
      actions.insert(std::string(Name(change->action)));
      kinds.insert(std::string(change->id.kind()));
      risks.insert(std::string(RiskName(*change)));
    }
  }
  return "<div class=\"tools\" id=\"tools\" role=\"search\">"
         "<input id=\"search\" type=\"search\" placeholder=\"Search\" "
         "aria-label=\"Search in changes\" autocomplete=\"off\">" +
         Choice("action", "Every action", actions) +
         Choice("kind", "Every kind", kinds) +
         Choice("risk", "Every risk", risks) +
         "<button type=\"button\" data-all=\"open\">Unfold</button>"
         "<button type=\"button\" data-all=\"close\">Fold</button>"
         "<output id=\"count\" aria-live=\"polite\"></output></div>"
         "<p class=\"none\" id=\"nothing\" hidden>No change is like that.</p>";
}

void HtmlPage::PutEntry(const Change& change, bool open, std::string& out) {
  const std::string tone(ToneOf(change));
  const std::string action(Name(change.action));
  std::string why = ActionInWords(*plan_, change);
  if (change.compatibility && change.compatibility->breaking) {
    why = BrokenPromise(change);
  }
  if (change.suspended) why += " (suspended: planned, not applied)";
  const std::string body = NotesOf(change) + FieldTable(change);
  const bool folds = !body.empty();
  out += std::string(folds ? "<details" : "<div") + " class=\"change " + tone +
         "\" id=\"c" + std::to_string(++number_) + "\" data-action=\"" +
         action + "\" data-kind=\"" + Text(std::string(change.id.kind())) +
         "\" data-risk=\"" + std::string(RiskName(change)) + "\"" +
         (folds && open ? " open" : "") + ">";
  out +=
      (folds ? "<summary>" : "<div class=\"plain\">") +
      Element("span", "badge " + tone,
              EscapeHtml(std::string(Symbol(change.action))) + " " + action) +
      AddressSpan(change.id) +
      (change.written_at.file.empty() ? "<span class=\"place\"></span>"
                                      : PlaceSpan(change.written_at)) +
      Element("span", "why", Text(why)) + (folds ? "</summary>" : "</div>");
  if (folds) out += Element("div", "body", body);
  out += folds ? "</details>\n" : "</div>\n";
}

void HtmlPage::PutSection(const char* title,
                          const std::vector<const Change*>& changes, bool open,
                          std::string& out) {
  if (changes.empty()) return;
  out += "<section class=\"changes\"><h2>" + std::string(title) +
         "</h2><div class=\"list\">\n";
  std::size_t shown = 0;
  for (const Change* change : changes) {
    PutEntry(*change, open && ++shown <= kOpenAtOnce, out);
  }
  out += "</div></section>\n";
}

std::string HtmlPage::Drawing() const {
  const Picture picture = LayOut(*plan_);
  const std::string svg = RenderSvg(picture);
  if (svg.empty()) return {};
  std::string left;
  if (picture.changes_left_out > 0) {
    left = WithCommas(static_cast<std::int64_t>(picture.changes_left_out)) +
           " more changes are not drawn. ";
  }
  if (picture.neighbours_left_out > 0) {
    left += WithCommas(static_cast<std::int64_t>(picture.neighbours_left_out)) +
            " more neighbours are not drawn. ";
  }
  if (picture.unlinked > 0) {
    left += Counted(static_cast<std::int64_t>(picture.unlinked),
                    "change is linked with nothing.",
                    "changes are linked with nothing.");
  }
  return "<section><h2>What depends on what</h2><div class=\"picture\" "
         "tabindex=\"0\" role=\"group\" aria-label=\"Dependency graph\">" +
         svg +
         "</div><p class=\"legend\"><span>From left to right: what is needed, "
         "what depends on it.</span><span>Filled: changes. Dashed: unchanged, "
         "depends on a change.</span><span>" +
         left + "</span></p></section>";
}

std::string HtmlPage::Notices() const {
  std::string items;
  for (const std::string& notice : plan_->notices) {
    items += Element("li", "", Text(notice));
  }
  for (const ExceptionNotice& notice : plan_->exceptions) {
    items += Element(
        "li", "", Text(ExceptionInWords(notice)) + " " + PlaceSpan(notice.at));
  }
  if (items.empty()) return {};
  return "<section><h2>Notes</h2>" + Element("ul", "plainlist", items) +
         "</section>";
}

std::string HtmlPage::Invalid() const {
  std::string items;
  std::size_t errors = 0;
  if (input_.diagnostics != nullptr) {
    errors = input_.diagnostics->error_count();
    for (const Diagnostic& item : input_.diagnostics->items()) {
      std::string text = item.summary;
      if (!item.hint.empty()) text += " – " + item.hint;
      items += NoteItem(
          item.severity == Severity::kError ? "bad" : "warn", text,
          item.locations.empty() ? Location() : item.locations.front());
    }
  }
  return Element(
      "div", "banner red",
      "<p><strong>Nothing was planned.</strong> " +
          Counted(static_cast<std::int64_t>(errors), "error", "errors") +
          " in the manifests.</p>" + Element("ul", "notes", items));
}

std::string HtmlPage::Footer() const {
  std::string words = "Made by writ";
  if (!input_.writ_version.empty()) words += " " + Text(input_.writ_version);
  if (plan_ != nullptr && plan_->planned_at) {
    words += " at " + FormatTimestamp(*plan_->planned_at);
  }
  return Element("footer", "",
                 words + ". Values that are sensitive are in no report.");
}

std::string HtmlPage::Print() {
  const std::string style = ReportStyle();
  const std::string script(ReportScript());
  std::string out =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
      "'none'; style-src " +
      Allowed(style) + "; script-src " + Allowed(script) +
      "; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light "
      "dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>" +
      Title() + "</title>\n<style>" + style +
      "</style>\n</head>\n<body>\n<header class=\"top\">" + Header();
  if (plan_ == nullptr) {
    out += "</header>\n<main>" + Invalid() + "</main>\n";
  } else {
    out += Tiles() + Banner() + WholePlan() + "</header>\n<main>\n";
    if (!plan_->empty()) out += Tools();
    PutSection("Read these first", order_.head, true, out);
    PutSection(plan_->mode == "refresh-only" ? "Drift" : "Changes", order_.rest,
               false, out);
    out += Drawing() + Notices() + "</main>\n";
  }
  out += Footer() + "\n<script>" + script + "</script>\n</body>\n</html>\n";
  return out;
}

}  // namespace

std::string RenderHtml(const ReportInput& input) {
  return HtmlPage(input).Print();
}

}  // namespace writ::engine
