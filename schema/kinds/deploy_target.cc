#include <algorithm>
#include <array>
#include <string_view>

#include "schema/kinds/builder.h"
#include "schema/kinds/kinds.h"
#include "schema/kinds/rules.h"
#include "schema/kinds/target_blocks.h"

namespace writ::kinds {
namespace {

constexpr std::string_view kDeployTargetExample = R"yaml(apiVersion: writ/v1
kind: DeployTarget
metadata: {name: github-ci}
spec:
  workspace: acme
  type: githubActions
  githubActions:
    repository: acme/shop
    environment: production
    token: {secretRef: {project: platform, key: GITHUB_TOKEN}}
  consumer: {networks: [10.0.4.0/24], userAgent: "checkout/*"}
  probe: {http: {url: "https://shop.example.org/health", expectStatus: 200}}
  expectedPeriod: 24h
)yaml";

Field Consumer() {
  return Object(
      "consumer",
      "Whose use of the credential counts as evidence. Without it "
      "every use counts.",
      {Set("networks", "Networks that the consumer calls from.",
           Text("", "A network or address.").As(Format::kCidr))
           .Example("[10.0.4.0/24]"),
       Line("userAgent", "The agent it names itself by; * stands for anything.")
           .Example("checkout/*")});
}

Field Probe() {
  return Object(
             "probe",
             "How to ask whether the consumer works with the new credential.",
             {Object("http", "A request of writ's own.",
                     {Text("url", "What is asked for.")
                          .As(Format::kUrl)
                          .Required()
                          .Example("https://shop.example.org/health"),
                      Integer("expectStatus", "The status that means yes.")
                          .Min(100)
                          .Max(599)
                          .Default("200")})})
      .ExactlyOneOf({"http"});
}

void CheckGithub(const Value& block, Reporter& reporter) {
  constexpr std::string_view kPath = "spec.githubActions";
  const Value* repository = block.Find("repository");
  if (repository != nullptr && repository->IsString()) {
    const std::string& text = repository->AsString();
    const std::size_t slash = text.find('/');
    if (slash == std::string::npos || slash == 0 || slash + 1 == text.size() ||
        text.find('/', slash + 1) != std::string::npos) {
      Violate(reporter, "bad-format", *repository, Join(kPath, "repository"),
              "is not an owner and a repository", "write it like acme/shop");
    }
  }
  const Value* environment = block.Find("environment");
  if (environment != nullptr && block.Find("organization") != nullptr) {
    Violate(reporter, "misplaced-field", *environment,
            Join(kPath, "environment"),
            "goes with repository, not with organization");
  }
  const Value* visibility = block.Find("visibility");
  if (visibility != nullptr && repository != nullptr) {
    Violate(reporter, "misplaced-field", *visibility, Join(kPath, "visibility"),
            "goes with organization, not with repository");
  }
}

void CheckVercel(const Value& block, Reporter& reporter) {
  const Value* sensitive = block.Find("sensitive");
  const Value* targets = block.Find("targets");
  if (sensitive == nullptr || targets == nullptr || !targets->IsList() ||
      !(*sensitive == Value(true))) {
    return;
  }
  for (const Value& target : targets->AsList()) {
    if (target == Value("development")) {
      Violate(reporter, "misplaced-field", target, "spec.vercel.targets",
              "has development, where Vercel takes no sensitive variables");
    }
  }
}

void CheckRestarts(const Value& block, Reporter& reporter) {
  constexpr std::array<std::string_view, 3> kWorkloads = {
      "deployment", "statefulset", "daemonset"};
  const Value* restarts = block.Find("restart");
  if (restarts == nullptr || !restarts->IsList()) return;
  for (const Value& restart : restarts->AsList()) {
    if (!restart.IsString()) continue;
    const std::string_view text = restart.AsString();
    const std::size_t slash = text.find('/');
    const std::string_view workload = text.substr(0, slash);
    const bool known = std::find(kWorkloads.begin(), kWorkloads.end(),
                                 workload) != kWorkloads.end();
    if (known && slash != std::string_view::npos &&
        Matches(Format::kName, text.substr(slash + 1))) {
      continue;
    }
    Violate(reporter, "bad-format", restart, "spec.kubernetes.restart",
            "has an entry that names no workload",
            known ? "write it like deployment/checkout"
                  : DidYouMean(workload, kWorkloads));
  }
}

void CheckDeployTarget(const Value& spec, Reporter& reporter) {
  if (const Value* github = spec.Find("githubActions")) {
    CheckGithub(*github, reporter);
  }
  if (const Value* vercel = spec.Find("vercel")) CheckVercel(*vercel, reporter);
  if (const Value* kubernetes = spec.Find("kubernetes")) {
    CheckRestarts(*kubernetes, reporter);
  }
}

}  // namespace

Kind DeployTargetKind() {
  Kind kind;
  kind.name = "DeployTarget";
  kind.doc =
      "A place that credentials are delivered to, and how it is known that "
      "they are used there.";
  kind.example = kDeployTargetExample;
  kind.parent_fields = {"workspace"};
  kind.check = CheckDeployTarget;
  std::vector<Field> blocks = TargetBlocks();
  std::vector<std::string> types;
  for (const Field& block : blocks) types.push_back(block.name);
  Fields fields = {
      Parent("workspace", "Workspace", "The workspace it belongs to."),
      OneOf("type", std::move(types),
            "What it is; the block of that name has to stand.")
          .Required()
          .Immutable()};
  for (Field& block : blocks) fields.push_back(std::move(block));
  fields.push_back(Consumer());
  fields.push_back(Probe());
  fields.push_back(
      Span("expectedPeriod",
           "How rarely a healthy consumer may use its credential; quiet "
           "shorter than this proves nothing.")
          .Min(1)
          .Example("24h"));
  kind.spec = Object("spec", "The target.", std::move(fields));
  return kind;
}

}  // namespace writ::kinds
