// One function a kind: each builds its table. schema/kind.cc calls each once.
#pragma once

#include "schema/kind.h"

namespace writ::kinds {

Kind RepositoryKind();
Kind WorkspaceKind();
Kind AppKind();
Kind EventSchemaKind();
Kind DestinationKind();
Kind NotificationRuleKind();
Kind SilenceKind();
Kind ProjectKind();
Kind SecretKind();
Kind ScopeSetKind();
Kind ApiRouteKind();
Kind TokenKind();
Kind RotationScheduleKind();
Kind DeployTargetKind();
Kind PolicyKind();
Kind PolicyExceptionKind();
Kind PatchKind();
Kind PolicyTestKind();
Kind RuleTestKind();
Kind HostKind();

Field MetadataTable();
Field LifecycleTable();

}  // namespace writ::kinds
