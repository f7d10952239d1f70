// Every file of tests/fuzz/corpus through its target: what a fuzzer once found
// stays found, in builds without a fuzzer too.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz_targets.h"

namespace writ {
namespace {

void Replay(const std::string& corpus,
            const std::function<void(std::string_view)>& target) {
  const std::filesystem::path folder =
      std::filesystem::path(WRIT_SOURCE_DIR) / "tests/fuzz/corpus" / corpus;
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  ASSERT_FALSE(paths.empty());
  for (const auto& path : paths) {
    SCOPED_TRACE(path.filename().string());
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    target(bytes);
    // Cut off anywhere, it still only makes errors.
    const std::size_t step = std::max<std::size_t>(1, bytes.size() / 50);
    for (std::size_t size = 0; size < bytes.size(); size += step) {
      target(std::string_view(bytes).substr(0, size));
    }
  }
}

TEST(FuzzCorpus, Cel) { Replay("cel", FuzzCel); }
TEST(FuzzCorpus, Http) { Replay("http", FuzzHttp); }
TEST(FuzzCorpus, Ingest) { Replay("ingest", FuzzIngest); }
TEST(FuzzCorpus, PlainYaml) { Replay("plain_yaml", FuzzPlainYaml); }
TEST(FuzzCorpus, Policies) { Replay("policies", FuzzPolicies); }
TEST(FuzzCorpus, Signatures) { Replay("signatures", FuzzSignatures); }
TEST(FuzzCorpus, Yaml) { Replay("yaml", FuzzYaml); }

}  // namespace
}  // namespace writ
