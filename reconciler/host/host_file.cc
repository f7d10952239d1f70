#include "reconciler/host/host_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "manifests/yaml_parser.h"
#include "schema/report/report.h"
#include "schema/text_list.h"
#include "schema/validator.h"

namespace writ::reconciler {
namespace {

constexpr char kDefaultPath[] = "/etc/writ/host.yaml";

Result<std::string> ReadTrusted(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    const ErrorCode code =
        errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo;
    return Fail(
        code, "can't read the host file " + path + ": " + std::strerror(errno));
  }
  struct stat facts = {};
  if (fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode) ||
      (facts.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    close(file);
    return Fail(ErrorCode::kPermission,
                "the host file " + path +
                    " is no regular file that only its owner may write",
                "chmod go-w " + path);
  }
  std::string text;
  std::array<char, 65536> buffer{};
  ssize_t got = 0;
  while ((got = read(file, buffer.data(), buffer.size())) > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  close(file);
  if (got < 0) return Fail(ErrorCode::kIo, "can't read " + path);
  return text;
}

std::vector<IpNetwork> Networks(const Value& spec) {
  std::vector<IpNetwork> networks;
  for (const std::string& text : TextsOf(spec.Find("networks"))) {
    // The kind's table has checked the syntax.
    if (const auto network = ParseIpNetwork(text)) networks.push_back(*network);
  }
  return networks;
}

void ReadEnvironments(const Value& spec, HostFile& host) {
  const Value* environments = spec.Find("environments");
  if (environments == nullptr || !environments->IsMap()) return;
  for (const Value::Entry& entry : environments->AsMap()) {
    const std::string_view ref = entry.value.FindString("applyFrom");
    if (!ref.empty()) host.apply_from[entry.key] = std::string(ref);
    const std::string_view root = entry.value.FindString("trustRoot");
    if (!root.empty()) host.trust_roots[entry.key] = std::string(root);
  }
}

void ReadHosts(const Value& spec, HostFile& host) {
  const Value* hosts = spec.Find("hosts");
  if (hosts == nullptr || !hosts->IsMap()) return;
  for (const Value::Entry& entry : hosts->AsMap()) {
    if (!entry.value.IsString()) continue;
    std::string url = entry.value.AsString();
    while (url.ends_with('/')) url.pop_back();
    host.hosts[entry.key] = std::move(url);
  }
}

void ReadAuthorities(const Value& spec, HostFile& host) {
  const Value* authorities = spec.Find("authorities");
  if (authorities == nullptr || !authorities->IsMap()) return;
  for (const Value::Entry& entry : authorities->AsMap()) {
    if (!entry.value.IsString()) continue;
    host.authorities[entry.key] = entry.value.AsString();
  }
}

HostFile FromValue(const Value& root) {
  HostFile host;
  const Value* spec = root.Find("spec");
  if (spec == nullptr) return host;
  ReadEnvironments(*spec, host);
  const Value* grants = spec->Find("exec");
  if (grants != nullptr && grants->IsList()) {
    for (const Value& grant : grants->AsList()) {
      host.exec.push_back(TextsOf(grant.Find("argv")));
    }
  }
  host.files = TextsOf(spec->Find("files"));
  host.dotenv = TextsOf(spec->Find("dotenv"));
  host.env = TextsOf(spec->Find("env"));
  host.networks = Networks(*spec);
  ReadHosts(*spec, host);
  ReadAuthorities(*spec, host);
  if (const Value* proxies = spec->Find("trustedProxies")) {
    host.trusted_proxies = TrustedProxies{
        Networks(*proxies), std::string(proxies->FindString("dialect"))};
  }
  if (const Value* sources = spec->Find("sources")) {
    host.ca_file = sources->FindString("caFile");
    host.known_hosts_file = sources->FindString("knownHostsFile");
  }
  return host;
}

// "line 3, column 7: unknown field …; line 5, …".
std::string Causes(Diagnostics& diagnostics) {
  if (diagnostics.empty()) return "it wants exactly one document of kind Host";
  diagnostics.Sort();
  std::string causes;
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    const Location& at = diagnostic.locations.at(0);
    if (!causes.empty()) causes += "; ";
    causes += "line " + std::to_string(at.line) + ", column " +
              std::to_string(at.column) + ": " + diagnostic.summary;
  }
  return causes;
}

}  // namespace

Result<HostFile> ReadHostFile(const std::string& path) {
  const bool is_default = path.empty();
  const std::string file = is_default ? kDefaultPath : path;
  auto text = ReadTrusted(file);
  if (!text && is_default && text.error().code == ErrorCode::kNotFound) {
    HostFile nothing;
    nothing.path = file;
    return nothing;
  }
  const std::string content = TRY(std::move(text));
  const SourceFiles files = {file};
  Diagnostics diagnostics;
  Reporter reporter(files, {}, diagnostics);
  const auto documents =
      manifests::ParseYaml(content, 0, manifests::YamlLimits{}, reporter);
  const bool is_host = documents.size() == 1 && documents[0].root.IsMap() &&
                       documents[0].root.FindString("kind") == "Host";
  if (is_host && !documents[0].broken) {
    ValidateDocument(documents[0].root, reporter);
  }
  if (!is_host || diagnostics.HasErrors()) {
    return Fail(ErrorCode::kInvalidManifest,
                "the host file " + file + " is wrong: " + Causes(diagnostics),
                "see: writ explain-kind Host");
  }
  HostFile host = FromValue(documents[0].root);
  host.path = file;
  return host;
}

}  // namespace writ::reconciler
