// A plan's text fits the terminal, whatever its width and whatever others
// wrote.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/plan/plan_words.h"
#include "engine/plan/render_text.h"
#include "engine/plan/wrap.h"
#include "tests/support/hostile_texts.h"

namespace writ::engine {
namespace {

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t at = 0;
  for (std::size_t end; (end = text.find('\n', at)) != std::string::npos;
       at = end + 1) {
    lines.push_back(text.substr(at, end - at));
  }
  if (at < text.size()) lines.push_back(text.substr(at));
  return lines;
}

// What is there to be copied may be wider: the digest and commands.
bool MayBeWide(const std::string& line) {
  return line.starts_with("digest ") || line.starts_with("  writ ");
}

std::string WithoutColours(const std::string& text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\x1b') {
      at = text.find('m', at);
    } else {
      plain += text[at];
    }
  }
  return plain;
}

Change Everything(Action action, const std::string& name,
                  const std::string& text) {
  Change change;
  change.id = ResourceId("App", name);
  change.action = action;
  change.cause = Cause::kDrift;
  change.moved_from = ResourceId("App", text + "-before");
  FieldChange field;
  field.path = "spec." + text;
  field.before = Value(text);
  field.after = Value(Value::List{Value(text), Value(text + "b")});
  field.cause = Cause::kDrift;
  field.written_at = {"manifests/" + text, 1234, 56, 1, text};
  change.fields = {field, field};
  change.guards = {{GuardKind::kProtected, change.id, text,
                    "--allow-protected " + change.id.address(), false}};
  change.alarms = {{AlarmKind::kWidened, text, "may " + text}};
  change.compatibility = Compatibility{action == Action::kUpdate, {text}};
  change.status = change.drifted_by = text;
  change.missing_values.assign(12, text);
  change.patches = {text};
  change.written_at = {"manifests/" + text, 1234, 56, 1, text};
  change.dependents.assign(3, change.id);
  change.dependent_count = 30;
  Finding finding;
  finding.policy = finding.validation = finding.message = text;
  finding.verdict = Verdict::kViolation;
  finding.enforcement = Enforcement::kDeny;
  finding.policy_at = {"policies/" + text, 1, 2, 0, ""};
  change.findings = {finding};
  RotationOutlook outlook;
  outlook.schedule = text;
  outlook.targets.assign(9, text);
  if (action == Action::kRotate) change.rotation = outlook;
  return change;
}

Plan PlanOf(const std::string& name, const std::string& text) {
  Plan plan;
  plan.environment = plan.owner = text;
  plan.commit.subject = plan.commit.author_name = text;
  plan.targets = {text, text};
  plan.notices = {text};
  plan.alarms = {{AlarmKind::kWeakensGuard, text, text}};
  plan.guards = {{GuardKind::kEmptyDesired, {}, text, "--allow-empty", false}};
  for (const Action action :
       {Action::kCreate, Action::kUpdate, Action::kReplace, Action::kDelete,
        Action::kAdopt, Action::kMove, Action::kForget, Action::kRotate}) {
    plan.changes.push_back(Everything(action, name, text));
  }
  return plan;
}

void ExpectToFit(const Plan& plan, const std::string& what) {
  for (const std::size_t width :
       {std::size_t{60}, std::size_t{80}, std::size_t{120}, std::size_t{200}}) {
    for (const bool verbose : {false, true}) {
      PlanTextOptions options;
      options.width = width;
      options.verbose = verbose;
      const std::string text = RenderPlanText(plan, options);
      for (const std::string& line : LinesOf(text)) {
        if (MayBeWide(line)) continue;
        EXPECT_LE(Columns(line), width) << what << "\n" << line;
        EXPECT_FALSE(line.ends_with(' ')) << what << "\n" << line;
      }
      options.color = true;
      EXPECT_TRUE(WithoutColours(RenderPlanText(plan, options)) == text)
          << what;
    }
  }
}

TEST(PlanTextWidth, HoldsHostileTexts) {
  for (const testing::HostileText& hostile : testing::kHostileTexts) {
    const std::string text(hostile.text);
    ExpectToFit(PlanOf(text + "x", text + "x"), std::string(hostile.name));
  }
}

TEST(PlanTextWidth, HoldsLongNames) {
  ExpectToFit(PlanOf(std::string(250, 'a'), std::string(300, 'b')), "one word");
  std::string words;
  std::string path;
  std::string wide;
  for (int i = 0; i < 60; ++i) {
    words += "word" + std::to_string(i) + " ";
    path += "folder" + std::to_string(i) + "/";
    wide += "\u5b57\u7b26";
  }
  ExpectToFit(PlanOf("a", words + "end"), "words");
  ExpectToFit(PlanOf(path + "x", path + "x"), "a path");
  ExpectToFit(PlanOf("a", wide), "wide characters");
}

std::vector<std::string> LinesWith(const Plan& plan, std::size_t width,
                                   const std::string& part) {
  PlanTextOptions options;
  options.width = width;
  std::vector<std::string> found;
  for (const std::string& line : LinesOf(RenderPlanText(plan, options))) {
    if (line.find(part) != std::string::npos) found.push_back(line);
  }
  return found;
}

TEST(PlanTextWidth, IndentsAPlaceThatHasALineOfItsOwn) {
  Plan plan;
  plan.environment = "production";
  for (const char* name : {"chatbot", "chatbot-for-test-purposes-01"}) {
    Change change;
    change.id = ResourceId("Token", "acme", name);
    change.action = Action::kDelete;
    change.reason = Reason::kNotDeclared;
    change.written_at = {"manifests/platform/tokens.yaml", 36, 18, 1, ""};
    plan.changes.push_back(change);
  }
  const std::string place = "manifests/platform/tokens.yaml:36:18";
  const auto both = [&](std::size_t margin) {
    return std::vector<std::string>(2, std::string(margin, ' ') + place);
  };
  EXPECT_EQ(LinesWith(plan, 80, "tokens.yaml"), both(8));
  EXPECT_EQ(LinesWith(plan, 120, "tokens.yaml"), both(46));  // below the text
}

// Too wide for a line: in pieces, each of them indented.
TEST(PlanTextWidth, IndentsEachPieceOfALongPlace) {
  Plan plan;
  plan.environment = "production";
  Change change;
  change.id = ResourceId("App", "a");
  change.action = Action::kDelete;
  change.written_at = {"manifests/", 36, 18, 1, ""};
  for (int i = 0; i < 20; ++i) change.written_at.file += "folder/";
  plan.changes = {change};
  const std::vector<std::string> lines = LinesWith(plan, 80, "folder/");
  EXPECT_GT(lines.size(), 1U);
  for (const std::string& line : lines) {
    EXPECT_TRUE(line.starts_with(std::string(8, ' '))) << line;
    EXPECT_FALSE(line.starts_with(std::string(9, ' '))) << line;
  }
}

TEST(PlanTextWidth, IsLeftAloneInALog) {
  PlanTextOptions options;
  options.wraps = false;
  options.width = 60;
  const Plan plan = PlanOf("a", "some words that go on and on");
  for (const std::string& line : LinesOf(RenderPlanText(plan, options))) {
    EXPECT_FALSE(line.starts_with("        ")) << line;
  }
}

TEST(PlanTextWidth, GivesACommandALineOfItsOwn) {
  Plan plan;
  plan.environment = "production";
  Change change;
  change.id = ResourceId("App", "a");
  change.action = Action::kCreate;
  plan.changes = {change};
  PlanTextOptions options;
  options.apply_command =
      "writ apply --env production --state " + std::string(80, 's');
  options.width = 80;
  const std::string text = RenderPlanText(plan, options);
  EXPECT_NE(text.find("\nApply it:\n  " + options.apply_command + "\n"),
            std::string::npos)
      << text;
}

TEST(WrapLine, BreaksBetweenWords) {
  EXPECT_EQ(WrapLine("one two three four five six", 20, 2),
            "one two three four\n  five six");
  EXPECT_EQ(WrapLine("one two", 16, 2), "one two");
  EXPECT_EQ(WrapLine("", 16, 2), "");
  EXPECT_EQ(WrapLine("a     b", 16, 0), "a     b");
}

TEST(WrapLine, BreaksALongWordAtAStop) {
  EXPECT_EQ(WrapLine("manifests/orders/events.yaml", 20, 0),
            "manifests/orders/\nevents.yaml");
  EXPECT_EQ(WrapLine(std::string(40, 'x'), 16, 0),
            std::string(16, 'x') + "\n" + std::string(16, 'x') + "\n" +
                std::string(8, 'x'));
}

TEST(WrapLine, CarriesColoursOverTheMargin) {
  EXPECT_EQ(WrapLine("\x1b[31maaaaaaaaaaaa bbbbbbbbbb\x1b[0m end", 20, 2),
            "\x1b[31maaaaaaaaaaaa\x1b[0m\n  \x1b[31mbbbbbbbbbb\x1b[0m end");
}

TEST(WrapLine, CountsWideCharactersTwice) {
  EXPECT_EQ(
      WrapLine("\u5b57\u5b57\u5b57\u5b57 \u5b57\u5b57\u5b57\u5b57", 16, 0),
      "\u5b57\u5b57\u5b57\u5b57\n\u5b57\u5b57\u5b57\u5b57");
}

// A margin that leaves no room is none.
TEST(WrapLine, KeepsRoomForText) {
  EXPECT_EQ(WrapLine("aaaaaaaaaa bbbbbbbbbb cccccccccc", 20, 18),
            "aaaaaaaaaa\nbbbbbbbbbb\ncccccccccc");
}

}  // namespace
}  // namespace writ::engine
