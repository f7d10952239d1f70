#include "reconciler/credentials/terms.h"

#include <algorithm>
#include <set>
#include <span>
#include <utility>

#include "schema/json.h"
#include "schema/value.h"

namespace writ::reconciler {
namespace {

tl::unexpected<Error> BadContent(const ResourceId& id) {
  return Fail(ErrorCode::kCorrupt,
              "the live content of " + id.address() + " can't be read",
              "see: writ state verify");
}

void AddTexts(const Value* list, std::set<std::string>& texts) {
  if (list == nullptr || !list->IsList()) return;
  for (const Value& item : list->AsList()) {
    if (item.IsString()) texts.insert(item.AsString());
  }
}

std::optional<Timestamp> TimeAt(const Value& spec, std::string_view field) {
  return ParseTimestamp(spec.FindString(field));
}

// The resolved reference that a name or an address in the spec means.
std::optional<ResourceId> FindReference(const StoredResource& stored,
                                        std::string_view kind,
                                        std::string_view text) {
  for (const ResourceId& id : stored.references) {
    if (id.kind() != kind) continue;
    if (id.name() == text || id.address() == text) return id;
  }
  return std::nullopt;
}

class TermsReader {
 public:
  TermsReader(StateStore& store, const StoredResource& stored,
              const Value& spec)
      : store_(store), stored_(stored), spec_(spec) {}

  Result<TokenTerms> Read();

 private:
  Status ReadRights(CredentialRights& rights);
  Status AddScopeSets(std::set<std::string>& scopes);
  void ReadLife(TokenTerms& terms) const;
  Status ReadDeliveries(TokenTerms& terms) const;

  StateStore& store_;
  const StoredResource& stored_;
  const Value& spec_;
};

Status TermsReader::AddScopeSets(std::set<std::string>& scopes) {
  std::vector<ResourceId> sets;
  for (const ResourceId& id : stored_.references) {
    if (id.kind() == "ScopeSet") sets.push_back(id);
  }
  const auto live = TRY(store_.ReadResources(sets));
  if (live.size() != sets.size()) {
    return Fail(ErrorCode::kNotFound,
                "a scope set that " + stored_.live.id.address() +
                    " refers to is not live",
                "see: writ plan");
  }
  for (const engine::LiveResource& set : live) {
    const auto content = ParseJson(set.content);
    if (!content) return BadContent(set.id);
    AddTexts(content->FindPath("spec.scopes"), scopes);
  }
  return {};
}

Status TermsReader::ReadRights(CredentialRights& rights) {
  rights.type = spec_.FindString("type");
  rights.parent = stored_.live.parent;
  const auto parents =
      TRY(store_.ReadResources(std::span(&stored_.live.parent, 1)));
  if (parents.empty()) {
    return Fail(ErrorCode::kNotFound,
                stored_.live.parent.address() + " is not live");
  }
  rights.parent_uid = parents.front().uid;
  std::set<std::string> networks;
  AddTexts(spec_.Find("ipAllowlist"), networks);
  for (const std::string& text : networks) {
    const auto network = ParseIpNetwork(text);
    if (!network) return BadContent(stored_.live.id);
    rights.allow_from.push_back(*network);
  }
  if (rights.type == "projectKey") rights.role = spec_.FindString("role");
  if (rights.type != "workspaceToken") return {};
  rights.mode = spec_.FindString("mode");
  std::set<std::string> scopes;
  AddTexts(spec_.Find("scopes"), scopes);
  TRY(AddScopeSets(scopes));
  rights.scopes.assign(scopes.begin(), scopes.end());
  return {};
}

void TermsReader::ReadLife(TokenTerms& terms) const {
  terms.not_before = TimeAt(spec_, "notBefore");
  terms.expires_at = TimeAt(spec_, "expiresAt");
  terms.expires_after = ParseDuration(spec_.FindString("expiresAfter"));
  if (const Value* most = spec_.Find("maxActive");
      most != nullptr && most->IsInteger()) {
    terms.max_active = static_cast<int>(most->AsInteger());
  }
  const std::string_view rotation = spec_.FindString("rotation");
  if (!rotation.empty()) {
    terms.rotation = FindReference(stored_, "RotationSchedule", rotation);
  }
}

Status TermsReader::ReadDeliveries(TokenTerms& terms) const {
  const Value* deliveries = spec_.Find("deliverTo");
  if (deliveries == nullptr || !deliveries->IsList()) return {};
  for (const Value& item : deliveries->AsList()) {
    const auto target =
        FindReference(stored_, "DeployTarget", item.FindString("target"));
    if (!target) return BadContent(stored_.live.id);
    const Value* dedicated = item.Find("dedicated");
    terms.deliver_to.push_back({*target, std::string(item.FindString("name")),
                                dedicated != nullptr &&
                                    dedicated->IsBoolean() &&
                                    dedicated->AsBoolean()});
  }
  return {};
}

Result<TokenTerms> TermsReader::Read() {
  TokenTerms terms;
  terms.token = stored_.live.id;
  terms.token_uid = stored_.live.uid;
  terms.label = spec_.FindString("label");
  if (terms.label.empty()) terms.label = stored_.live.id.name();
  const auto family =
      FamilyFor(spec_.FindString("type"), spec_.FindString("mode"));
  if (!family) return BadContent(stored_.live.id);
  terms.family = *family;
  TRY(ReadRights(terms.rights));
  ReadLife(terms);
  TRY(ReadDeliveries(terms));
  return terms;
}

}  // namespace

std::optional<Timestamp> TokenTerms::ExpiryOf(Timestamp issued_at) const {
  if (expires_at) return expires_at;
  if (expires_after) return issued_at + *expires_after;
  return std::nullopt;
}

Result<TokenTerms> ReadTerms(StateStore& store, const ResourceId& token) {
  if (token.kind() != "Token") {
    return Fail(ErrorCode::kInvalidArgument, token.address() + " is no Token");
  }
  const auto stored = TRY(store.ReadStored(token));
  if (!stored) {
    return Fail(ErrorCode::kNotFound, token.address() + " is not live",
                "see: writ token list; what is declared becomes live by: "
                "writ apply");
  }
  const auto content = ParseJson(stored->live.content);
  const Value* spec = content ? content->Find("spec") : nullptr;
  if (spec == nullptr) return BadContent(token);
  return TermsReader(store, *stored, *spec).Read();
}

}  // namespace writ::reconciler
