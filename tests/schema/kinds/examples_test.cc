// The example repositories hold by the tables, document by document.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/schema/kinds/validated.h"

namespace writ {
namespace {

std::string ReadText(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Examples, AreValidDocumentByDocument) {
  std::size_t documents = 0;
  const std::filesystem::path root =
      std::filesystem::path(WRIT_SOURCE_DIR) / "examples";
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".yaml") continue;
    const std::string text = ReadText(entry.path());
    // What a variable stands for is filled in before documents are judged.
    if (text.find("${vars.") != std::string::npos) continue;
    for (const Validated& result : ValidateAll(text)) {
      ++documents;
      EXPECT_THAT(result.said, testing::IsEmpty()) << entry.path();
    }
  }
  EXPECT_GT(documents, 10U);
}

}  // namespace
}  // namespace writ
