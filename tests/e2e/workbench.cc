#include "tests/e2e/workbench.h"

#include <algorithm>
#include <utility>

namespace writ::e2e {

std::string AppText(const std::string& name, const std::string& lifecycle,
                    const std::string& retention) {
  std::string text =
      "apiVersion: writ/v1\nkind: App\nmetadata: {name: " + name + "}\n";
  if (!lifecycle.empty()) text += "lifecycle: {" + lifecycle + "}\n";
  return text + "spec: {workspace: acme, retention: " + retention + "}\n";
}

std::string SchemasText(const std::string& stem, int count,
                        const std::string& description) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += "---\napiVersion: writ/v1\nkind: EventSchema\nmetadata: {name: " +
            stem + "." + std::to_string(i) + "}\nspec:\n  app: order-service\n";
    if (!description.empty()) text += "  description: " + description + "\n";
    text += "  fields:\n    - {name: id, type: string, required: true}\n";
  }
  return text;
}

Invocation Workbench::Call(Arguments arguments) const {
  Invocation invocation;
  invocation.arguments = std::move(arguments);
  invocation.folder = repository();
  invocation.home = home();
  return invocation;
}

Ran Workbench::Writ(Arguments arguments) const {
  return testing::RunWrit(Call(std::move(arguments)));
}

Ran Workbench::Expect(int code, Arguments arguments) const {
  std::string command = "writ";
  for (const std::string& argument : arguments) command += " " + argument;
  Ran ran = Writ(std::move(arguments));
  EXPECT_EQ(ran.code, code) << command << ran.all();
  return ran;
}

json Workbench::ExpectJson(int code, Arguments arguments) const {
  const Ran ran = Expect(code, std::move(arguments));
  json parsed = json::parse(ran.out, nullptr, /*allow_exceptions=*/false);
  EXPECT_FALSE(parsed.is_discarded()) << "no JSON on stdout" << ran.all();
  if (parsed.is_discarded()) return json::object();
  return parsed;
}

void Workbench::WriteShop(const std::filesystem::path& folder) {
  git_.Write(folder / "writ.yaml", kRepository);
  git_.Write(folder / "manifests/workspace.yaml", kWorkspace);
  git_.Write(folder / "manifests/orders.yaml", kOrders);
  git_.Write(folder / "environments/production/orders.yaml",
             kLongerInProduction);
  git_.Write(folder / ".gitignore", "/state/\n");
  git_.Commit("Open the shop");
}

void Workbench::WriteManySchemas(int count, const std::string& description) {
  constexpr int kEach = 500;
  for (int file = 0; file * kEach < count; ++file) {
    const std::string stem = "many" + std::to_string(file);
    git_.Write(
        "manifests/many/" + stem + ".yaml",
        SchemasText(stem, std::min(kEach, count - file * kEach), description));
  }
}

void Workbench::Edit(const std::filesystem::path& path, std::string_view from,
                     std::string_view to) {
  std::string text = Read(path);
  const std::size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << path << " has no " << from;
  git_.Write(path, text.replace(at, from.size(), to));
}

void Workbench::Apply(Arguments more) {
  git_.Commit("Change the shop");
  more.insert(more.begin(), {"apply", "--auto-approve"});
  Expect(0, std::move(more));
}

std::string Workbench::Read(const std::filesystem::path& path) const {
  return testing::GitFixture::ReadFile(repository() / path);
}

::testing::AssertionResult Says(const Ran& ran, std::string_view part) {
  const bool holds = ran.out.find(part) != std::string::npos ||
                     ran.err.find(part) != std::string::npos;
  if (holds) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << "no \"" << part << "\" in" << ran.all();
}

::testing::AssertionResult Holds(const std::string& text,
                                 std::string_view part) {
  if (text.find(part) != std::string::npos) {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure() << "no \"" << part << "\" in\n" << text;
}

::testing::AssertionResult Lacks(const std::string& text,
                                 std::string_view part) {
  if (text.find(part) == std::string::npos) {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure() << "\"" << part << "\" in\n" << text;
}

}  // namespace writ::e2e
