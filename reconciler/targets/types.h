// One function a type of target, for make_target.cc alone. REQUIRES: the
// spec's block of that type stands.
#pragma once

#include <memory>

#include "reconciler/targets/make_target.h"

namespace writ::reconciler::targets {

using Made = Result<std::unique_ptr<Target>>;

Made MakeDotenv(TargetSetup& setup);
Made MakeExec(TargetSetup& setup);
Made MakeWebhook(TargetSetup& setup);
Made MakeVault(TargetSetup& setup);
Made MakeGithubActions(TargetSetup& setup);
Made MakeAwsSecretsManager(TargetSetup& setup);
Made MakeAwsParameterStore(TargetSetup& setup);
Made MakeKubernetes(TargetSetup& setup);
Made MakeGitlab(TargetSetup& setup);
Made MakeVercel(TargetSetup& setup);
Made MakeRender(TargetSetup& setup);
Made MakeRailway(TargetSetup& setup);
Made MakeFlyio(TargetSetup& setup);
Made MakeDoppler(TargetSetup& setup);

}  // namespace writ::reconciler::targets
