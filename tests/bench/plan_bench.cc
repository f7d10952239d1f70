// Times writ as its users meet it: whole processes over a generated repository
// of any size. Prints a line of JSON a case:
//
//   {"case":"noop_plan","resources":100000,"changed":0,"wall_s":0.041,
//    "user_s":0.021,"peak_rss_mb":22.1,"floor_s":0.085}
//
// floor_s is the work that a case is held against (floors.h), measured in the
// same run; null where there is none. Seconds are medians: of --rounds rounds
// for cases that the change decides, of a third of them for those that read
// everything.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/child.h"
#include "tests/bench/floors.h"

namespace writ::bench {
namespace {

namespace fs = std::filesystem;

struct Options {
  int resources = 10'000;
  int seed = 1;
  int rounds = 3;
  std::string writ = WRIT_BINARY;
  std::string floor;  // run a floor in this process: "parse" or "walk"
  std::string repository;
};

// Removes itself with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string path = fs::temp_directory_path() / "plan_bench-XXXXXX";
    if (mkdtemp(path.data()) == nullptr) Die("can't make a temporary folder");
    path_ = path;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string File(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

Usage Median(std::vector<Usage> rounds) {
  const auto middle = [&](double Usage::*member) {
    std::sort(
        rounds.begin(), rounds.end(),
        [&](const Usage& a, const Usage& b) { return a.*member < b.*member; });
    return rounds[rounds.size() / 2].*member;
  };
  return {middle(&Usage::wall_s), middle(&Usage::user_s),
          middle(&Usage::peak_rss_mb)};
}

class PlanBench {
 public:
  explicit PlanBench(const Options& options)
      : options_(options), repository_(folder_.File("repository")) {}

  void Run() {
    Execute({WRIT_SOURCE_DIR "/ci/generate-repository", "--resources",
             std::to_string(options_.resources), "--seed",
             std::to_string(options_.seed), "--out", repository_});
    FindSchemas();
    MeasureFirstPlan();
    MeasureReports();
    Print("apply", options_.resources, Writ("apply", {"--auto-approve"}, 0),
          std::nullopt);
    Print("noop_plan", 0, Repeat(options_.rounds, [&] { return Plan(0); }),
          Floor("walk", options_.rounds));
    MeasureChanges("one_changed_plan", 1);
    MeasureChanges("thousand_changed_plan",
                   std::clamp(options_.resources / 10, 1, 1000));
    MeasureColdPlan();
  }

 private:
  template <typename Round>
  static Usage Repeat(int rounds, const Round& round) {
    std::vector<Usage> all;
    for (int i = 0; i < rounds; ++i) all.push_back(round());
    return Median(std::move(all));
  }

  int SlowRounds() const { return std::max(1, options_.rounds / 3); }

  Usage Execute(std::vector<std::string> argv, int expected_exit = 0) {
    return RunChild({std::move(argv), CleanEnvironment(cache_),
                     folder_.File("log"), expected_exit});
  }

  Usage Writ(const std::string& command, std::vector<std::string> more,
             int expected_exit) {
    std::vector<std::string> argv = {options_.writ, command, "--source",
                                     repository_,   "--env", "production"};
    argv.insert(argv.end(), more.begin(), more.end());
    return Execute(std::move(argv), expected_exit);
  }

  // Exit code 2 says that there are changes, 0 that there are none.
  Usage Plan(int expected_exit, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"--detailed-exitcode"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Writ("plan", arguments, expected_exit);
  }

  void UseNewCache() {
    cache_ = folder_.File("cache-" + std::to_string(++caches_));
  }

  double Floor(const std::string& kind, int rounds) {
    return Repeat(rounds,
                  [&] {
                    return Execute({"/proc/self/exe", "--floor", kind,
                                    "--repository", repository_});
                  })
        .wall_s;
  }

  void MeasureFirstPlan() {
    const Usage usage = Repeat(SlowRounds(), [&] {
      UseNewCache();
      return Plan(2);
    });
    Print("first_plan", options_.resources, usage,
          Floor("parse", SlowRounds()));
  }

  // The first plan again, which has everything to tell, and every report of it.
  void MeasureReports() {
    std::vector<std::string> reports;
    for (const char* kind : {"markdown", "html", "sarif", "junit", "github"}) {
      reports.insert(reports.end(), {"--report", std::string(kind) + "=" +
                                                     folder_.File(kind)});
    }
    const Usage usage = Repeat(SlowRounds(), [&] {
      UseNewCache();
      return Plan(2, reports);
    });
    Print("reports", options_.resources, usage, Floor("parse", SlowRounds()));
  }

  // Everything is applied; nothing that is remembered may be used.
  void MeasureColdPlan() {
    Execute({"git", "-C", repository_, "reset", "-q", "--hard", "applied"});
    const Usage usage = Repeat(SlowRounds(), [&] {
      UseNewCache();
      return Plan(0, {"--no-incremental"});
    });
    Print("cold_plan", 0, usage, Floor("parse", SlowRounds()));
  }

  void FindSchemas() {
    Execute({"git", "-C", repository_, "branch", "applied"});
    const fs::path manifests = fs::path(repository_) / "manifests";
    for (const auto& entry : fs::recursive_directory_iterator(manifests)) {
      if (entry.path().filename().string().find("-eventschema-") !=
          std::string::npos) {
        schemas_.push_back(entry.path());
      }
    }
    std::sort(schemas_.begin(), schemas_.end());
    if (schemas_.empty()) Die("too few resources to change any of them");
  }

  // Each round commits contents that no cache has seen.
  void MeasureChanges(const std::string& name, int wanted) {
    const int count = std::min(wanted, static_cast<int>(schemas_.size()));
    const Usage usage = Repeat(options_.rounds, [&] {
      ChangeSchemas(static_cast<std::size_t>(count));
      return Plan(2);
    });
    Print(name, count, usage, Floor("walk", options_.rounds));
  }

  void ChangeSchemas(std::size_t count) {
    Execute({"git", "-C", repository_, "reset", "-q", "--hard", "applied"});
    ++changes_;
    const std::size_t stride = schemas_.size() / count;
    for (std::size_t i = 0; i < count; ++i) {
      const fs::path& path = schemas_[i * stride];
      std::ostringstream read;
      read << std::ifstream(path).rdbuf();
      std::string text = read.str();
      const std::string anchor = "  description: ";
      const std::size_t at = text.find(anchor);
      if (at == std::string::npos) Die(path.string() + " has no description");
      text.insert(at + anchor.size(),
                  "Round " + std::to_string(changes_) + ", ");
      std::ofstream(path) << text;
    }
    Execute({"git", "-C", repository_, "-c", "gc.auto=0", "commit", "-q", "-a",
             "-m", "Round " + std::to_string(changes_)});
  }

  void Print(const std::string& name, int changed, const Usage& usage,
             std::optional<double> floor_s) const {
    std::string floor = "null";
    if (floor_s) {
      std::array<char, 32> text{};
      std::snprintf(text.data(), text.size(), "%.4f", *floor_s);
      floor = text.data();
    }
    std::printf(
        "{\"case\":\"%s\",\"resources\":%d,\"changed\":%d,\"wall_s\":%.4f,"
        "\"user_s\":%.4f,\"peak_rss_mb\":%.1f,\"floor_s\":%s}\n",
        name.c_str(), options_.resources, changed, usage.wall_s, usage.user_s,
        usage.peak_rss_mb, floor.c_str());
    std::fflush(stdout);
  }

  Options options_;
  TemporaryFolder folder_;
  std::string repository_;
  std::string cache_ = folder_.File("cache-0");
  std::vector<fs::path> schemas_;
  int caches_ = 0;
  int changes_ = 0;
};

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Times writ over a generated repository");
  app.add_option("--resources", options.resources)
      ->check(CLI::Range(20, 1 << 24));
  app.add_option("--seed", options.seed);
  app.add_option("--rounds", options.rounds)->check(CLI::Range(1, 1000));
  app.add_option("--writ", options.writ, "the binary to time");
  app.add_option("--floor", options.floor)
      ->check(CLI::IsMember({"parse", "walk"}))
      ->group("");
  app.add_option("--repository", options.repository)->group("");
  CLI11_PARSE(app, argc, argv);
  if (options.floor == "parse") {
    ParseEveryBlob(options.repository);
  } else if (options.floor == "walk") {
    WalkTreeAndRows(options.repository,
                    options.repository + "/state/production/state.db");
  } else {
    PlanBench(options).Run();
  }
  return 0;
}

}  // namespace
}  // namespace writ::bench

int main(int argc, char** argv) { return writ::bench::Main(argc, argv); }
