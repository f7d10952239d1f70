// The HTML report: what it holds, its colours, and how a browser takes it. The
// cases that want a browser are skipped where there is no Chromium.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>

#include "engine/report/palette.h"
#include "engine/report/report.h"
#include "tests/engine/report/sample_plan.h"
#include "tests/support/hostile_texts.h"
#include "tests/support/temp_folder.h"

namespace writ::engine {
namespace {

namespace fs = std::filesystem;

std::string PageOf(const Plan& plan) {
  ReportInput input;
  input.plan = &plan;
  return RenderReport(ReportKind::kHtml, input).text;
}

bool Holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// WCAG 2.1, "relative luminance" and "contrast ratio".
double LuminanceOf(std::string_view color) {
  double sum = 0;
  constexpr double kWeights[] = {0.2126, 0.7152, 0.0722};
  for (std::size_t i = 0; i < 3; ++i) {
    const double part =
        std::stoi(std::string(color.substr(1 + 2 * i, 2)), nullptr, 16) / 255.0;
    sum +=
        kWeights[i] * (part <= 0.04045 ? part / 12.92
                                       : std::pow((part + 0.055) / 1.055, 2.4));
  }
  return sum;
}

double ContrastOf(std::string_view a, std::string_view b) {
  const double first = LuminanceOf(a);
  const double second = LuminanceOf(b);
  return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

const PaletteColor& ColorOf(std::string_view name) {
  for (const PaletteColor& color : kPalette) {
    if (color.name == name) return color;
  }
  throw std::out_of_range(std::string(name));
}

TEST(HtmlReport, HasTheContrastOfWcagAa) {
  EXPECT_NEAR(ContrastOf("#ffffff", "#000000"), 21, 0.01);
  EXPECT_NEAR(ContrastOf("#777777", "#ffffff"), 4.48, 0.01);
  for (const PalettePair& pair : kPalettePairs) {
    const PaletteColor& front = ColorOf(pair.front);
    const PaletteColor& back = ColorOf(pair.back);
    EXPECT_GE(ContrastOf(front.light, back.light), pair.least)
        << pair.front << " on " << pair.back << ", light";
    EXPECT_GE(ContrastOf(front.dark, back.dark), pair.least)
        << pair.front << " on " << pair.back << ", dark";
  }
}

// Only the palette's colours are in the style, so that the table above is all.
TEST(HtmlReport, HasNoColourBesidesThePalette) {
  const std::string style = ReportStyle();
  const std::string rules = style.substr(style.find("box-sizing"));
  const std::regex color("#[0-9a-fA-F]{3,6}\\b");
  for (std::sregex_iterator at(rules.begin(), rules.end(), color), end;
       at != end; ++at) {
    EXPECT_EQ(at->str(), "#fff") << "print alone has a colour of its own";
  }
}

TEST(HtmlReport, NeedsNothingFromOutside) {
  const std::string page = PageOf(testing::SamplePlan());
  for (const char* way : {"http:", "https:", "//cdn", "@import", "url(",
                          "src=", "<link", "<iframe", "onclick", "style=\""}) {
    EXPECT_FALSE(Holds(page, way)) << way;
  }
  EXPECT_TRUE(Holds(page, "default-src 'none'"));
  EXPECT_FALSE(Holds(page, "unsafe-inline"));
}

// T-17.
TEST(HtmlReport, HoldsHostileTexts) {
  const std::string plain = PageOf(testing::HostilePlan("x"));
  const auto count = [](const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos;
         at = text.find(part, at + 1)) {
      ++found;
    }
    return found;
  };
  for (const auto& hostile : writ::testing::kHostileTexts) {
    const std::string page =
        PageOf(testing::HostilePlan(std::string(hostile.text)));
    EXPECT_TRUE(writ::testing::IsHarmless(page, "\n\t")) << hostile.name;
    for (const char* tag : {"<script", "<details", "<!--", "<b>", " on"}) {
      if (std::string(tag) == " on") continue;
      EXPECT_EQ(count(page, tag), count(plain, tag))
          << hostile.name << " " << tag;
    }
    EXPECT_FALSE(Holds(page, "\" onmouseover=")) << hostile.name;
  }
}

std::string FindChromium() {
  for (const char* path : {"/usr/bin/chromium", "/usr/bin/chromium-browser",
                           "/usr/bin/google-chrome"}) {
    if (fs::exists(path)) return path;
  }
  return {};
}

class HtmlInBrowser : public ::testing::Test {
 protected:
  void SetUp() override {
    if (FindChromium().empty()) GTEST_SKIP() << "no Chromium";
  }

  // The page as the browser has it once its scripts have run.
  std::string DomOf(const std::string& page) {
    const fs::path file = folder_ / "page.html";
    std::ofstream(file, std::ios::binary) << page;
    const fs::path out = folder_ / "dom.html";
    const std::string command =
        "HOME='" + folder_.path() + "' '" + FindChromium() +
        "' --headless --no-sandbox --disable-gpu --disable-dev-shm-usage "
        "--no-first-run --user-data-dir='" +
        (folder_ / "profile") +
        "' --virtual-time-budget=20000 --dump-dom 'file://" + file.string() +
        "' > '" + out.string() + "' 2> '" + (folder_ / "errors") + "'";
    EXPECT_EQ(std::system(command.c_str()), 0);
    std::ifstream stream(out, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  // The page with a script of the test's, which its policy wouldn't let run.
  static std::string WithScript(std::string page, const std::string& script) {
    const std::size_t meta = page.find("<meta http-equiv");
    page.erase(meta, page.find('>', meta) + 1 - meta);
    page.insert(page.rfind("</body>"), "<script>" + script + "</script>");
    return page;
  }

 private:
  writ::testing::TempFolder folder_;
};

// The policy's hashes are those of the script and the style.
TEST_F(HtmlInBrowser, RunsItsScriptUnderItsPolicy) {
  const std::string dom = DomOf(PageOf(testing::SamplePlan()));
  EXPECT_TRUE(Holds(dom, "class=\"scripted\"")) << dom.substr(0, 2'000);
  EXPECT_TRUE(Holds(dom, ">7 changes</output>"));
}

TEST_F(HtmlInBrowser, RunsNoScriptOfOthers) {
  const std::string dom = DomOf(PageOf(testing::HostilePlan(
      "</title></style></script><script>document.title='pwned'</script>"
      "<img src=x onerror=\"document.title='pwned'\">")));
  EXPECT_FALSE(Holds(dom, "<title>pwned"));
  EXPECT_FALSE(Holds(dom, "<img"));
}

TEST_F(HtmlInBrowser, SearchesAndFilters) {
  const std::string dom = DomOf(WithScript(PageOf(testing::SamplePlan()), R"js(
var say=[],set=function(id,v){var e=document.getElementById(id);e.value=v;
e.dispatchEvent(new Event("input",{bubbles:true}))};
var steps=[function(){set("search","refund spike")},function(){set("search","");set("action","delete")},
function(){set("action","");set("risk","high")},function(){set("risk","");set("search","zzz")}];
var next=function(i){if(i===steps.length){document.title=say.join("|");return}
steps[i]();setTimeout(function(){say.push(document.getElementById("count").textContent);next(i+1)},300)};
next(0);
)js"));
  EXPECT_TRUE(Holds(dom,
                    "<title>3 of 7 changes|1 of 7 changes|2 of 7 "
                    "changes|0 of 7 changes</title>"))
      << dom.substr(dom.find("<title"), 200);
}

// At 390 pixels, a phone's width, nothing makes the page scroll sideways.
TEST_F(HtmlInBrowser, FitsAPhone) {
  Plan plan = testing::SamplePlan();
  plan.changes.push_back(
      testing::ChangeOf(Action::kCreate, "App/" + std::string(200, 'w'),
                        {"manifests/" + std::string(200, 'p'), 1, 1, 0, ""}));
  const std::string page = WithScript(PageOf(plan), "");
  // The window can't be made that narrow without a screen; a frame can.
  std::string quoted;
  for (const char c : page) {
    quoted += c == '&' ? "&amp;" : c == '"' ? "&quot;" : std::string(1, c);
  }
  const std::string dom = DomOf(
      "<!doctype html><iframe id=f width=390 height=844 srcdoc=\"" + quoted +
      "\"></iframe><script>f.onload=function(){document.title="
      "'wide '+f.contentDocument.documentElement.scrollWidth}</script>");
  EXPECT_TRUE(Holds(dom, "<title>wide 390<") || Holds(dom, "<title>wide 375<"))
      << dom.substr(dom.find("<title"), 60);
}

}  // namespace
}  // namespace writ::engine
