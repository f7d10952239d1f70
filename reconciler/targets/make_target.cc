#include "reconciler/targets/make_target.h"

#include <array>
#include <string_view>
#include <utility>

#include "reconciler/targets/api_client.h"
#include "reconciler/targets/types.h"

namespace writ::reconciler {
namespace {

struct Row {
  std::string_view type;
  targets::Made (*make)(TargetSetup& setup);
};

// The one table of types.
constexpr std::array kTypes = {
    Row{"dotenv", targets::MakeDotenv},
    Row{"exec", targets::MakeExec},
    Row{"webhook", targets::MakeWebhook},
    Row{"vault", targets::MakeVault},
    Row{"githubActions", targets::MakeGithubActions},
    Row{"awsSecretsManager", targets::MakeAwsSecretsManager},
    Row{"awsParameterStore", targets::MakeAwsParameterStore},
    Row{"kubernetes", targets::MakeKubernetes},
    Row{"gitlab", targets::MakeGitlab},
    Row{"vercel", targets::MakeVercel},
    Row{"render", targets::MakeRender},
    Row{"railway", targets::MakeRailway},
    Row{"flyio", targets::MakeFlyio},
    Row{"doppler", targets::MakeDoppler},
};

}  // namespace

std::vector<AccessField> AccessFieldsOf(const Value& spec) {
  std::vector<AccessField> fields;
  const Value* block = spec.Find(spec.FindString("type"));
  if (block == nullptr || !block->IsMap()) return fields;
  for (const Value::Entry& entry : block->AsMap()) {
    const Value* reference = entry.value.Find("secretRef");
    if (reference != nullptr) fields.push_back({entry.key, *reference});
  }
  return fields;
}

Result<std::unique_ptr<Target>> MakeTarget(TargetSetup setup) {
  const std::string type(setup.spec.FindString("type"));
  if (setup.spec.Find(type) == nullptr) {
    return Fail(ErrorCode::kInvalidArgument,
                "a target of type \"" + type + "\" has no block of that name");
  }
  TRY(targets::WantSecrets(setup));
  for (const Row& row : kTypes) {
    if (row.type == type) return row.make(setup);
  }
  return Fail(ErrorCode::kUnsupported,
              "targets of type " + type + " aren't known to this version");
}

}  // namespace writ::reconciler
